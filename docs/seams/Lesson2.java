package seams;

import com.google.protobuf.ByteString;
import io.raftlessons.core.Effect;
import io.raftlessons.core.LogView;
import io.raftlessons.core.Part;
import io.raftlessons.core.Step;
import io.raftlessons.wire.Entry;
import java.util.List;

/** What lesson 2 adds to the frame, until the package {@code io.raftlessons.replication} has it. */
interface Lesson2 {
  /** Told to every part, in lesson order, after the method that caused it has returned. */
  interface LogListener {
    default void appended(Step step, List<Entry> entries) {}

    default void truncated(Step step, long from) {}

    default void committed(Step step, long commitIndex) {}
  }

  /** What a leader learns of one follower. Transfer, staging and snapshots hang on it. */
  interface PeerListener {
    default void matchAdvanced(Step step, String peer, long matchIndex) {}

    /** The follower needs entries that the log no longer has. */
    default void fellBehind(Step step, String peer) {}
  }

  /** The answer to a proposal, at once. What became of it is known when it is applied. */
  sealed interface Proposal {
    record Accepted(long index, long term) implements Proposal {}

    /**
     * @param leader "" if unknown
     */
    record Refused(String reason, String leader) implements Proposal {}
  }

  /**
   * The part. It sends and moves commitIndex in {@code endOfStep} only, from its state alone.
   *
   * <p>Tried out: propose, persisted, startAfter. Still proposals: applied, snapshotSent,
   * snapshotEnded, progress.
   */
  interface Replication extends Part {
    Proposal propose(Step step, Entry.Type type, ByteString data);

    /** This write is on disk. Ignored if the log was cut by a later write. */
    void persisted(Step step, LogWrite.WriteLog write);

    /** The apply loop has come so far. */
    void applied(Step step, long index);

    /** A snapshot took the place of the log up to {@code index}. */
    void startAfter(Step step, long index, long term);

    void snapshotSent(Step step, String peer);

    /**
     * @param installed the index of the snapshot that the peer has now; 0 if it failed
     */
    void snapshotEnded(Step step, String peer, long installed);

    ProgressView progress(String peer);

    long commitIndex();

    /** Whether an entry of the current term is committed: before that nothing may be concluded. */
    boolean committedInOwnTerm(Step step);

    /** The round that the next AppendEntries carries; its replies echo it (a proposal). */
    long startReadRound(Step step);
  }

  /** What other parts may know of a follower's progress (a proposal). */
  interface ProgressView {
    enum State {
      PROBE,
      REPLICATE,
      SNAPSHOT
    }

    State state();

    long nextIndex();

    long matchIndex();

    /** The newest read round that the follower has answered. */
    long readRound();
  }

  /** ReadIndex (thesis 6.4) and its forwarding, as a part of its own (a proposal). */
  interface Reads extends Part {
    /** Ends in a {@link ReadReady} or a {@link ReadFailed} with the same id. */
    void read(Step step, long requestId);
  }

  /** The writes to one store keep their order, so they are one kind. */
  sealed interface LogWrite extends Effect.Write {
    /** From {@code from} on the log becomes these entries: truncation and append are one write. */
    record WriteLog(long sequence, long from, List<Entry> entries) implements LogWrite {}

    /**
     * The log up to {@code index} is no longer needed.
     *
     * @param keepSuffix whether what follows stays; false if it contradicts the snapshot
     */
    record TrimLog(long index, long term, boolean keepSuffix) implements LogWrite {}
  }

  /** Committed; for the apply loop, on leader and follower alike. */
  record Apply(List<Entry> entries) implements Effect {}

  /** The read may be served when the machine has applied {@code readIndex}. */
  record ReadReady(long requestId, long readIndex) implements Effect {}

  /**
   * @param leader "" if unknown
   */
  record ReadFailed(long requestId, String leader) implements Effect {}

  /** The log: cached entries over a boundary, the index and term of what was dropped. */
  interface RaftLog extends LogView {
    long boundaryIndex();

    long termAt(long index);

    Entry get(long index);

    List<Entry> slice(long from, long maxBytes);

    long persistedIndex();
  }
}
