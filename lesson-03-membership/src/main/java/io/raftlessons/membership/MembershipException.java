package io.raftlessons.membership;

import io.raftlessons.membership.MembershipEffect.ChangeFailed;
import io.raftlessons.membership.MembershipEffect.Reached;
import io.raftlessons.membership.MembershipEffect.Reason;
import io.raftlessons.membership.MembershipEffect.TransferFailed;
import io.raftlessons.replication.RaftException;

/**
 * Why the configuration was not changed, or not as far as asked for, or leadership not handed over.
 */
public final class MembershipException extends RaftException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;
  private final Reached reached;
  private final long index;
  private final String leader;

  private MembershipException(
      String message, Reason reason, Reached reached, long index, String leader) {
    super(message);
    this.reason = reason;
    this.reached = reached;
    this.index = index;
    this.leader = leader;
  }

  static RaftException of(ChangeFailed failed) {
    String message =
        failed.reached() == Reached.NOTHING
            ? failed.why()
            : failed.why() + " (reached: " + failed.reached() + " at " + failed.index() + ")";
    return of(failed.reason(), message, failed.reached(), failed.index(), failed.leader());
  }

  static RaftException of(TransferFailed failed) {
    return of(failed.reason(), failed.why(), Reached.NOTHING, 0, failed.leader());
  }

  private static RaftException of(
      Reason reason, String message, Reached reached, long index, String leader) {
    return switch (reason) {
      case NOT_LEADER -> new NotLeader(leader);
      case TRANSFERRING -> new TransferInProgress(message);
      case BUSY -> new Busy(message);
      case LEADERSHIP_LOST, INVALID, CONFLICT, TIMEOUT, TOO_SLOW ->
          new MembershipException(message, reason, reached, index, leader);
    };
  }

  static MembershipException invalid(String message) {
    return new MembershipException(message, Reason.INVALID, Reached.NOTHING, 0, "");
  }

  /**
   * LEADERSHIP_LOST, INVALID, CONFLICT, TIMEOUT or TOO_SLOW. After LEADERSHIP_LOST the next leader
   * commits what was only logged, or undoes it: its configuration tells.
   */
  public Reason reason() {
    return reason;
  }

  /** How far the change came; NOTHING for anything but a change. */
  public Reached reached() {
    return reached;
  }

  /** The index of the configuration that {@link #reached} speaks of; 0 if none. */
  public long index() {
    return index;
  }

  /**
   * Who led when the change or the hand-over failed, as far as this server knew: the one to go to
   * after LEADERSHIP_LOST. "" if nobody was known to.
   */
  public String leader() {
    return leader;
  }
}
