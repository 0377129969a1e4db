package io.raftlessons.replication;

import io.raftlessons.core.Effect;

/** The answer to a read. */
public sealed interface ReadEffect extends Effect {
  /** When the machine has applied everything up to {@code readIndex}, it may be read. */
  record ReadReady(long requestId, long readIndex) implements ReadEffect {}

  /**
   * The read was not confirmed and never will be.
   *
   * @param leader "" if unknown
   */
  record ReadFailed(long requestId, Reason reason, String why, String leader)
      implements ReadEffect {}

  /** Why a read failed. */
  enum Reason {
    NOT_LEADER,
    /** Leadership ended before a quorum had answered. */
    LEADERSHIP_LOST,
    /** Too many reads wait, or a gate is closed for the moment. */
    BUSY
  }
}
