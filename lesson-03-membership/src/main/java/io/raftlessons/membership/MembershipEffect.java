package io.raftlessons.membership;

import io.raftlessons.core.Effect;
import io.raftlessons.wire.Configuration;

/** What the membership of a server asks for, or lets its caller know. */
public sealed interface MembershipEffect extends Effect {
  /**
   * Another configuration counts, or is committed, than before: whoever connects to the members, or
   * shows them, must know.
   */
  record ConfigurationChanged(
      Configuration latest, long latestIndex, Configuration committed, long committedIndex)
      implements MembershipEffect {}

  /**
   * A change is committed.
   *
   * @param index of the configuration that it led to
   * @param logged false if nothing had to change
   */
  record ChangeDone(long requestId, long index, Configuration configuration, boolean logged)
      implements MembershipEffect {}

  /**
   * A change was not made, or not as far as asked for.
   *
   * @param index of the configuration that {@code reached} speaks of; 0 if none
   * @param leader who leads, as far as known; ""
   */
  record ChangeFailed(
      long requestId, Reason reason, String why, Reached reached, long index, String leader)
      implements MembershipEffect {}

  /** The term of a leader that was to hand over has ended. */
  record TransferDone(long requestId) implements MembershipEffect {}

  /** A leader that was to hand over still leads, or did not at all. */
  record TransferFailed(long requestId, Reason reason, String why, String leader)
      implements MembershipEffect {}

  /** This leader has not heard a member for an election timeout; once, until it is heard again. */
  record HeartbeatFailed(String member, long silentNanos) implements MembershipEffect {}

  /** This leader hears a member again. */
  record HeartbeatResumed(String member) implements MembershipEffect {}

  /** What the caller may conclude. */
  enum Reason {
    NOT_LEADER,
    LEADERSHIP_LOST,
    /** Leadership is being handed over. */
    TRANSFERRING,
    /** What is asked for is wrong, now and later. */
    INVALID,
    /** The configuration is not the one that the caller started from. */
    CONFLICT,
    TIMEOUT,
    /** The server to be added could not keep up. */
    TOO_SLOW,
    BUSY
  }

  /** How far a change has come that did not come to its end. */
  enum Reached {
    /** Nothing was logged, and nothing will be. */
    NOTHING,
    /** An entry is in the leader's log: it may be committed later, or never. */
    LOGGED,
    /** The server to be added belongs to the group and does not vote. */
    NONVOTER,
    /** As NONVOTER; and the entry that makes it a voter is in the leader's log. */
    PROMOTION_LOGGED
  }
}
