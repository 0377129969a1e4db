package io.raftlessons.script;

/** A script that makes no sense; the message begins with file and line. */
public final class ScriptException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ScriptException(String file, int line, String why) {
    super(file + ":" + line + ": " + why);
  }
}
