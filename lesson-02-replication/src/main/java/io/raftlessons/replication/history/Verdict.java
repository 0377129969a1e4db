package io.raftlessons.replication.history;

/**
 * What a check found.
 *
 * @param explanation for people; "" if all is well
 */
public record Verdict(Outcome outcome, String explanation) {
  /** Whether there is an order. */
  public enum Outcome {
    /** One machine could have answered all this. */
    OK,
    /** No machine could. */
    VIOLATION,
    /** The budget was spent before it was known. Nothing was shown, so whoever asked has failed. */
    INCONCLUSIVE
  }

  static final Verdict OK = new Verdict(Outcome.OK, "");

  public boolean isOk() {
    return outcome == Outcome.OK;
  }
}
