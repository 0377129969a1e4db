package io.raftlessons.cluster.launcher;

/** A command cannot do what it was asked. The message is all that the user sees. */
public final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CommandException(String message) {
    super(message);
  }

  public CommandException(String message, Throwable cause) {
    super(message, cause);
  }
}
