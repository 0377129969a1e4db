package io.raftlessons.replication;

import io.raftlessons.core.Step;

/** Told what a leader finds out about a follower, after the fact. */
public interface PeerListener {
  /**
   * The follower needs what is not in the log any more. Nothing but heartbeats is sent to it until
   * {@link Replication#snapshotEnded}.
   */
  default void fellBehind(Step step, String peer) {}
}
