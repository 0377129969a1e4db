package io.raftlessons.replication;

import io.raftlessons.core.Electorate;
import io.raftlessons.core.Step;
import io.raftlessons.wire.AppendEntries;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.Envelope;
import java.util.List;

/**
 * Sends followers what they lack of the log: one probe at a time until the logs are known to agree,
 * then message after message, as far as the follower's window goes.
 */
final class LogSender {
  private final RaftLog log;
  private final Electorate electorate;
  private final ReplicationConfig bounds;

  /** The newest round of the question whether we still lead; all that is sent carries it. */
  private long readRound;

  LogSender(RaftLog log, Electorate electorate, ReplicationConfig bounds) {
    this.log = log;
    this.electorate = electorate;
    this.bounds = bounds;
  }

  long readRound() {
    return readRound;
  }

  /** From now on messages carry a new round, above all before it. */
  long nextReadRound() {
    return ++readRound;
  }

  /**
   * Empty, but with the check of what came before: so it finds out that messages were lost, and is
   * the next probe if the last one was.
   */
  void heartbeat(Step step, String peer, Progress follower, long commitIndex) {
    send(step, peer, follower, List.of(), commitIndex);
  }

  void sendWhatItLacks(Step step, String peer, Progress follower, long commitIndex) {
    if (isTooFarBehind(follower)) {
      if (follower.state() != Progress.State.SNAPSHOT) {
        follower.snapshot();
        step.tell(PeerListener.class, l -> l.fellBehind(step, peer));
      }
      return;
    }
    if (follower.loading() || follower.state() == Progress.State.SNAPSHOT) {
      return;
    }
    if (follower.state() == Progress.State.PROBE) {
      if (!follower.probeSent()) {
        probe(step, peer, follower, commitIndex);
      }
      return;
    }
    while (follower.nextIndex() <= log.lastIndex() && follower.mayPipeline(bounds)) {
      if (!log.cached(follower.nextIndex())) {
        follower.loading(true);
        step.emit(new LogEffect.LoadLog(peer, follower.nextIndex(), bounds.maxAppendBytes()));
        return;
      }
      List<Entry> entries =
          log.slice(follower.nextIndex(), log.lastIndex(), bounds.maxAppendBytes());
      replicate(step, peer, follower, entries, commitIndex);
    }
  }

  private boolean isTooFarBehind(Progress follower) {
    return follower.nextIndex() <= log.boundary();
  }

  /** One message, with entries if they are at hand; its answer tells where the logs agree. */
  private void probe(Step step, String peer, Progress follower, long commitIndex) {
    follower.sentProbe();
    List<Entry> entries =
        log.cached(follower.nextIndex())
            ? log.slice(follower.nextIndex(), log.lastIndex(), bounds.maxAppendBytes())
            : List.of();
    send(step, peer, follower, entries, commitIndex);
  }

  /** These are the next entries for a follower that is not probed any more. */
  void replicate(Step step, String peer, Progress follower, List<Entry> entries, long commitIndex) {
    send(step, peer, follower, entries, commitIndex);
    int bytes = 0;
    for (Entry entry : entries) {
      bytes += entry.getSerializedSize();
    }
    follower.sent(entries.get(entries.size() - 1).getIndex(), bytes);
  }

  /** Leaves at once: a leader's followers write while it writes itself (thesis 10.2.1). */
  private void send(
      Step step, String peer, Progress follower, List<Entry> entries, long commitIndex) {
    // Where nothing can be compared any more, nothing is: it says that the leader is there.
    long prev = isTooFarBehind(follower) ? 0 : follower.nextIndex() - 1;
    AppendEntries.Builder append =
        AppendEntries.newBuilder()
            .setPrevLogIndex(prev)
            .setPrevLogTerm(prev == 0 ? 0 : log.termAt(prev))
            .addAllEntries(entries)
            .setLeaderCommit(commitIndex)
            .setReadRound(readRound)
            .setReceiverJoined(electorate.joinedAt(peer));
    step.sendNow(peer, Envelope.newBuilder().setAppendEntries(append));
  }
}
