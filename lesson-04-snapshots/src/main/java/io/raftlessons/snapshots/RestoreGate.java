package io.raftlessons.snapshots;

import io.raftlessons.core.Gate;
import io.raftlessons.core.Step;
import java.util.Optional;

/**
 * While the parts of a user's snapshot go into the log, nothing may come between them. Changed by
 * {@link Restores} only.
 */
final class RestoreGate implements Gate {
  private static final Refusal RESTORING =
      new Refusal(Why.RESTORING, "a snapshot of the user's is being restored");

  private final Gate behind;
  private boolean closed;

  /**
   * @param behind must say yes as well
   */
  RestoreGate(Gate behind) {
    this.behind = behind;
  }

  void close() {
    closed = true;
  }

  void open() {
    closed = false;
  }

  @Override
  public Optional<Refusal> campaignRefused(Step step) {
    return behind.campaignRefused(step);
  }

  @Override
  public Optional<Refusal> proposalRefused(Step step) {
    return closed ? Optional.of(RESTORING) : behind.proposalRefused(step);
  }

  @Override
  public Optional<Refusal> readRefused(Step step) {
    return behind.readRefused(step);
  }
}
