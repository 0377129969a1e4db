package io.raftlessons.replication;

import io.raftlessons.core.Effects;
import io.raftlessons.core.RaftCore;
import io.raftlessons.core.Standing;
import io.raftlessons.core.StepObserver;
import io.raftlessons.replication.Replica.Indexes;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** What threads other than the raft loop may see of a server; up to date after every step. */
final class PublishedState implements StepObserver {
  private final RaftLog log;
  private final Replication replication;
  private final Reads reads;
  private final StepObserver next;
  private volatile Indexes indexes = new Indexes(0, 0, 0, 0);
  private volatile OptionalLong leaderHeardAt = OptionalLong.empty();
  private volatile Reads.Counts readCounts = new Reads.Counts(0, 0);

  /**
   * @param next is told of every step after this
   */
  PublishedState(RaftLog log, Replication replication, Reads reads, StepObserver next) {
    this.log = log;
    this.replication = replication;
    this.reads = reads;
    this.next = next;
  }

  @Override
  public void stepped(RaftCore core, Object input, Effects effects) {
    Indexes now =
        new Indexes(
            log.lastIndex(), log.lastTerm(), replication.commitIndex(), replication.lastApplied());
    if (!now.equals(indexes)) {
      indexes = now;
    }
    if (leaderHeardAt.isPresent() || !core.leader().isEmpty()) {
      leaderHeardAt = OptionalLong.of(core.leaderHeardAt());
    }
    if (!reads.counts().equals(readCounts)) {
      readCounts = reads.counts();
    }
    next.stepped(core, input, effects);
  }

  @Override
  public void failed(Throwable cause) {
    next.failed(cause);
  }

  Indexes indexes() {
    return indexes;
  }

  /** When a leader was heard last, in nanoseconds of the raft loop; empty if none was yet. */
  OptionalLong leaderHeardAt() {
    return leaderHeardAt;
  }

  /**
   * HashiCorp's keys, as far as lessons 1 and 2 have them, and two of our own for reads.
   *
   * @param lastContact empty if no leader was heard yet
   */
  Map<String, String> stats(Standing.Status now, int peers, Optional<Duration> lastContact) {
    Indexes at = indexes;
    Reads.Counts counts = readCounts;
    Map<String, String> stats = new TreeMap<>();
    stats.put("state", now.role().toString());
    stats.put("term", Long.toString(now.term()));
    stats.put("leader", now.leader());
    stats.put("last_contact", lastContact.map(PublishedState::text).orElse("never"));
    stats.put("num_peers", Integer.toString(peers));
    stats.put("last_log_index", Long.toString(at.lastLogIndex()));
    stats.put("last_log_term", Long.toString(at.lastLogTerm()));
    stats.put("commit_index", Long.toString(at.commitIndex()));
    stats.put("applied_index", Long.toString(at.lastApplied()));
    stats.put("fsm_pending", Long.toString(at.commitIndex() - at.lastApplied()));
    stats.put("read_rounds", Long.toString(counts.rounds()));
    stats.put("reads_confirmed", Long.toString(counts.confirmed()));
    return stats;
  }

  private static String text(Duration contact) {
    return contact.isZero() ? "0" : contact.toMillis() + "ms";
  }
}
