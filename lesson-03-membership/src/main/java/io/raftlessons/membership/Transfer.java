package io.raftlessons.membership;

import io.raftlessons.core.Gate;
import io.raftlessons.core.Step;
import java.util.Optional;

/**
 * A leader hands over (thesis 3.10): until it is done, or given up, this server takes no proposals,
 * so that the target can catch up. Changed by {@link Membership} only.
 */
public final class Transfer implements Gate {
  private static final Refusal UNDER_WAY =
      new Refusal(Why.TRANSFERRING, "leadership is being handed over");

  private long requestId;
  private String target = "";
  private long deadline;
  private long saidInTerm;

  /** Whether a hand-over is under way. */
  public boolean underWay() {
    return !target.isEmpty();
  }

  /** Who is to lead next; "" if no hand-over is under way. */
  public String target() {
    return target;
  }

  long requestId() {
    return requestId;
  }

  long deadline() {
    return deadline;
  }

  void start(long requestId, String target, long deadline) {
    this.requestId = requestId;
    this.target = target;
    this.deadline = deadline;
  }

  void end() {
    target = "";
  }

  /** A TimeoutNow left: from now on somebody may campaign whom the others vote for at once. */
  void said(long term) {
    saidInTerm = Math.max(saidInTerm, term);
  }

  /** Whether this server has told another one in this term to campaign, in vain or not. */
  public boolean saidIn(long term) {
    return saidInTerm >= term;
  }

  @Override
  public Optional<Refusal> proposalRefused(Step step) {
    return underWay() ? Optional.of(UNDER_WAY) : Optional.empty();
  }
}
