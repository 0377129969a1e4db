package seams;

import io.raftlessons.core.Effect;
import io.raftlessons.core.Step;
import io.raftlessons.replication.Replication;

/**
 * What lesson 2 still needs so that lesson 3 and lesson 4 can stand on it. All else of lesson 2 is
 * code already: see the package {@code io.raftlessons.replication}.
 */
interface Lesson2 {
  /** What a leader learns of one follower. Transfer, staging and snapshots hang on it. */
  interface PeerListener {
    default void matchAdvanced(Step step, String peer, long matchIndex) {}

    /** The follower needs entries that the log no longer has. */
    default void fellBehind(Step step, String peer) {}
  }

  /** Methods that Replication will have more. */
  interface ReplicationToCome extends Replication {
    /** A snapshot took the place of the log up to {@code index}. */
    void startAfter(Step step, long index, long term);

    /** The follower's progress waits for a snapshot (a proposal). */
    void snapshotSent(Step step, String peer);

    /**
     * It waits no longer (a proposal).
     *
     * @param installed the index of the snapshot that the peer has now; 0 if it failed
     */
    void snapshotEnded(Step step, String peer, long installed);
  }

  /**
   * The log up to {@code index} is no longer needed. It joins what {@code LogWrite} permits, for
   * writes to one store keep their order.
   *
   * @param keepSuffix whether what follows stays; false if it contradicts the snapshot
   */
  record TrimLog(long index, long term, boolean keepSuffix) implements Effect.Write {}
}
