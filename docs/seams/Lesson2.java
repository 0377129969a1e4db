package seams;

import io.raftlessons.core.Effect;
import io.raftlessons.core.Part;
import io.raftlessons.core.Step;
import io.raftlessons.replication.Replication;

/**
 * What lesson 2 still needs so that reads, lesson 3 and lesson 4 can stand on it. All else of
 * lesson 2 is code already: see the package {@code io.raftlessons.replication}.
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
    /** Whether an entry of the current term is committed: before that nothing may be concluded. */
    boolean committedInOwnTerm(Step step);

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

    /** The round that the next AppendEntries carry; their replies echo it (a proposal). */
    long startReadRound(Step step);

    /** The newest read round that the follower has answered (a proposal). */
    long readRound(String peer);
  }

  /** ReadIndex (thesis 6.4) and its forwarding to the leader, as a part of its own (a proposal). */
  interface Reads extends Part {
    /** Ends in a {@link ReadReady} or a {@link ReadFailed} with the same id. */
    void read(Step step, long requestId);
  }

  /** The read may be served when the machine has applied {@code readIndex}. */
  record ReadReady(long requestId, long readIndex) implements Effect {}

  /**
   * The leader or the term changed before the read was confirmed.
   *
   * @param leader "" if unknown
   */
  record ReadFailed(long requestId, String leader) implements Effect {}

  /**
   * The log up to {@code index} is no longer needed. It joins what {@code LogWrite} permits, for
   * writes to one store keep their order.
   *
   * @param keepSuffix whether what follows stays; false if it contradicts the snapshot
   */
  record TrimLog(long index, long term, boolean keepSuffix) implements Effect.Write {}
}
