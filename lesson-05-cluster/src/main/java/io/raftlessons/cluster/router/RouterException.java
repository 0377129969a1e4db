package io.raftlessons.cluster.router;

/** Why a call has no answer. */
public final class RouterException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What ended the call. */
  public enum Kind {
    /** Its deadline passed. */
    TIMEOUT,
    /** The group no longer knows whether it carried the call out. */
    UNKNOWN,
    /** There are too many calls, or too many bytes of them, under way. */
    TOO_MANY,
    /** The router was closed. */
    CLOSED
  }

  private final Kind kind;
  private final boolean changedNothing;

  RouterException(Kind kind, boolean changedNothing, String message) {
    super(message);
    this.kind = kind;
    this.changedNothing = changedNothing;
  }

  public Kind kind() {
    return kind;
  }

  /** True: the call did nothing and never will. False: it may have been carried out, or may yet. */
  public boolean changedNothing() {
    return changedNothing;
  }
}
