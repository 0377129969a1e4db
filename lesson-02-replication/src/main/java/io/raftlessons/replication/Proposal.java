package io.raftlessons.replication;

/** The immediate answer to a proposal. */
public sealed interface Proposal {
  /**
   * Appended at the leader, not yet committed. If another term's entry gets this index, it is lost.
   */
  record Accepted(long index, long term) implements Proposal {}

  /** Not appended, and never will be. */
  record Refused(Reason reason, String why, String leader) implements Proposal {}

  /** Why a proposal was refused. */
  enum Reason {
    NOT_LEADER,
    /** Too much is uncommitted, or a gate is closed for the moment. */
    BUSY,
    /** The leader is handing over to another server. */
    TRANSFERRING,
    /** The leader restores a snapshot of its user. */
    RESTORING,
    TOO_LARGE
  }
}
