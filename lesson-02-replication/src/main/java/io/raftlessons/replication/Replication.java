package io.raftlessons.replication;

import com.google.protobuf.ByteString;
import io.raftlessons.core.Electorate;
import io.raftlessons.core.Gate;
import io.raftlessons.core.Part;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.Step;
import io.raftlessons.wire.Entry;
import java.util.List;
import java.util.SortedSet;
import java.util.function.LongSupplier;

/**
 * Lesson 2's part: a leader's log becomes everybody's (§5.3). {@link ReferenceReplication} is ours;
 * a student writes another.
 */
public interface Replication extends Part {
  /**
   * Appends an entry to the log, if this server leads.
   *
   * @param extensions travel with the data; empty for all but some commands
   */
  Proposal propose(Step step, Entry.Type type, ByteString data, ByteString extensions);

  /** As the other one, without extensions. */
  default Proposal propose(Step step, Entry.Type type, ByteString data) {
    return propose(step, type, data, ByteString.EMPTY);
  }

  /**
   * The first entry of a log, a configuration (lesson 3), of this server's term. On a server that
   * has none and does not lead.
   */
  void bootstrap(Step step, ByteString configuration);

  /** The write is on disk: only now do this server's own entries count. */
  void persisted(Step step, LogWrite.WriteLog write);

  /**
   * Entries up to {@code index}, which a snapshot covers, may go (§7). Not more than has been
   * applied.
   */
  void compact(Step step, long index);

  /**
   * The state machine is about to be replaced by a snapshot: it gets no entries before {@link
   * #restored}. The snapshot ends behind {@link #commitIndex}.
   */
  void restoring(Step step);

  /**
   * The state machine has the state of a snapshot (Figure 13, receiver steps 6 to 8): entries
   * behind it stay in the log if they follow it, all others go.
   */
  void restored(Step step, LogStart snapshot);

  /**
   * The sending of a snapshot to a follower has ended.
   *
   * @param installed the index that the follower has on disk now; 0 if that is not known
   */
  void snapshotEnded(Step step, String peer, long installed);

  /** The state machine has applied everything up to {@code index}. */
  void applied(Step step, long index);

  /**
   * The answer to a {@link LogEffect.LoadLog}; entries that are not in the log any more are
   * ignored.
   */
  void loaded(Step step, String peer, long from, List<Entry> entries);

  long commitIndex();

  long lastApplied();

  /**
   * Whether this server leads and an entry of its term is committed. Before that its commitIndex
   * may be older than what earlier leaders have acknowledged (§5.4.2, §8).
   */
  boolean committedInOwnTerm(Step step);

  /**
   * A leader asks all followers whether they still follow: each gets a message now that carries
   * this round, and so do all later ones until the next round.
   *
   * @return the round's number, larger than that of any round since the start of this server
   */
  long startReadRound(Step step);

  /**
   * From now on every heartbeat starts a round, at no cost (lesson 3's leases live on the answers).
   */
  void startRoundsWithHeartbeats();

  /** The newest round that was started; 0 if none. */
  long newestReadRound();

  /** The newest round in this term that the follower has answered; 0 if none. */
  long readRound(String peer);

  /**
   * Whom a leader replicates to: all other members, and who has just ceased to be one. Empty if
   * this server does not lead.
   */
  SortedSet<String> followers();

  /** What a leader knows of a follower; throws if there is none of that name. */
  Progress progress(String peer);

  /** How replication is made: {@code ReferenceReplication::new}, or a student's. */
  interface Factory {
    /**
     * @param clock wall-clock milliseconds, for log time
     */
    Replication create(
        RaftConfig config,
        ReplicationConfig bounds,
        RaftLog log,
        Electorate electorate,
        Gate gate,
        LongSupplier clock);
  }
}
