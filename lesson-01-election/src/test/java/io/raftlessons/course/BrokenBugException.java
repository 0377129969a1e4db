package io.raftlessons.course;

import java.nio.file.Path;

/** A bug that cannot be put into the code as its file says. The message names the file. */
public final class BrokenBugException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public BrokenBugException(Path bugFile, String problem) {
    super(bugFile + ": " + problem);
  }
}
