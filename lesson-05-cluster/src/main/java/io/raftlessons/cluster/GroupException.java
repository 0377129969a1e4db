package io.raftlessons.cluster;

/** Why an append or a read gave no answer. */
public final class GroupException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What is known of the command. */
  public enum Outcome {
    /**
     * It was not appended and never will be, as no query ever is: safe to try again at once,
     * perhaps elsewhere.
     */
    NOT_APPENDED,
    /**
     * The node that was asked did not append it. But the message may have been doubled on its way,
     * and the copy may have come when that node did lead: what is known is no more than for {@link
     * #UNKNOWN}, but it is worth another try at once, perhaps elsewhere.
     */
    REFUSED,
    /** Not appended, because there is too much to do: try again later. */
    BUSY,
    /** It may have been appended, or may yet be. */
    UNKNOWN
  }

  private final Outcome outcome;

  public GroupException(Outcome outcome, String message) {
    super(message);
    this.outcome = outcome;
  }

  public Outcome outcome() {
    return outcome;
  }
}
