package io.raftlessons.replication;

import com.google.protobuf.ByteString;
import io.raftlessons.core.Electorate;
import io.raftlessons.core.Gate;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.Role;
import io.raftlessons.core.Step;
import io.raftlessons.wire.AppendEntries;
import io.raftlessons.wire.AppendEntriesReply;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.LongSupplier;

/**
 * Log replication (§5.3, §5.4): AppendEntries on both sides, the commit rule, and what is handed to
 * the state machine.
 *
 * <p>What to send and what is committed is decided once, at the end of each step, from state alone:
 * a thousand proposals make one write and one message.
 */
public final class ReferenceReplication implements Replication {
  private final RaftConfig config;
  private final RaftLog log;
  private final Electorate electorate;
  private final Admission admission;
  private final LogClock clock;
  private final LogSender sender;
  private final MachineFeed machine;
  private final Followers followers;
  private long commitIndex;
  private long heartbeatAt = Long.MAX_VALUE;
  private boolean roundsWithHeartbeats;

  /** A leader's first entry of its term, and the bytes of its own that are not committed. */
  private long firstOfTerm;

  private long uncommittedBytes;

  public ReferenceReplication(
      RaftConfig config,
      ReplicationConfig bounds,
      RaftLog log,
      Electorate electorate,
      Gate gate,
      LongSupplier clock) {
    this.config = config;
    this.log = log;
    this.electorate = electorate;
    admission = new Admission(bounds, log, gate);
    this.clock = new LogClock(log, clock);
    sender = new LogSender(log, electorate, bounds);
    followers = new Followers(log, electorate, sender);
    machine = new MachineFeed(log, bounds.maxApplyBytes());
    commitIndex = log.snapshotIndex();
  }

  @Override
  public Set<BodyCase> handles() {
    return EnumSet.of(BodyCase.APPEND_ENTRIES, BodyCase.APPEND_ENTRIES_REPLY);
  }

  @Override
  public void becameLeader(Step step) {
    followers.clear();
    followers.update(step, commitIndex);
    heartbeatAt = step.now() + config.heartbeatNanos(); // the no-op is the first one
    // exercise 2.1: an entry of the new term at once, so that what is older can commit.
    firstOfTerm = log.lastIndex() + 1;
    uncommittedBytes = 0;
    clock.newTerm();
    // §5.4.2, §8: nothing of an earlier term commits until an entry of this term does.
    append(step, next(step, Entry.Type.NOOP, ByteString.EMPTY, clock.next(Entry.Type.NOOP)));
    // end of exercise 2.1
  }

  @Override
  public void becameFollower(Step step) {
    followers.clear();
    heartbeatAt = Long.MAX_VALUE;
  }

  @Override
  public Proposal propose(Step step, Entry.Type type, ByteString data, ByteString extensions) {
    // exercise 2.1: append a command, unless this server may not take it now; say where it is.
    int bytes = data.size() + extensions.size();
    Optional<Proposal.Refused> refused = admission.refuse(step, bytes, uncommittedBytes);
    if (refused.isPresent()) {
      return refused.get();
    }
    Entry entry = append(step, next(step, type, data, clock.next(type)).setExtensions(extensions));
    return new Proposal.Accepted(entry.getIndex(), entry.getTerm());
    // end of exercise 2.1
  }

  @Override
  public void bootstrap(Step step, ByteString configuration) {
    if (log.lastIndex() != 0 || step.role() == Role.LEADER) {
      throw new IllegalStateException("only a server without a log is bootstrapped");
    }
    // The same on every server.
    append(step, next(step, Entry.Type.CONFIGURATION, configuration, 0));
  }

  private Entry.Builder next(Step step, Entry.Type type, ByteString data, long time) {
    return Entry.newBuilder()
        .setIndex(log.lastIndex() + 1)
        .setTerm(step.currentTerm())
        .setType(type)
        .setData(data)
        .setTime(time);
  }

  private Entry append(Step step, Entry.Builder next) {
    Entry entry = next.build();
    log.append(entry);
    uncommittedBytes += entry.getSerializedSize();
    step.tell(LogListener.class, l -> l.appended(step, List.of(entry)));
    return entry;
  }

  @Override
  public void persisted(Step step, LogWrite.WriteLog write) {
    log.persisted(write);
  }

  @Override
  public void onTime(Step step) {
    if (step.role() == Role.LEADER && step.now() >= heartbeatAt) {
      heartbeatAt = step.now() + config.heartbeatNanos();
      if (roundsWithHeartbeats) {
        sender.nextReadRound();
      }
      followers.heartbeat(step, commitIndex);
    }
  }

  @Override
  public long wakeAt(Step step) {
    return heartbeatAt;
  }

  @Override
  public void endOfStep(Step step) {
    if (step.role() == Role.LEADER) {
      advanceCommit(step);
      followers.update(step, commitIndex);
      followers.sendWhatTheyLack(step, commitIndex);
    }
    log.takeWrite().ifPresent(step::emit);
    machine.handOut(step, commitIndex);
  }

  /**
   * §5.3, §5.4.2: the highest index that a quorum has on disk, if it is of the leader's own term. A
   * leader that is no member any more leads on, but does not count.
   */
  private void advanceCommit(Step step) {
    // exercise 2.5: commit what a quorum has on disk, if it is of the current term.
    long highest = commitIndex;
    for (String id : electorate.members()) {
      long n = onDisk(step, id);
      if (n > highest && electorate.isQuorum(voter -> onDisk(step, voter) >= n)) {
        highest = n;
      }
    }
    if (highest > commitIndex && log.termAt(highest) == step.currentTerm()) {
      commitUpTo(step, highest);
    }
    // end of exercise 2.5
  }

  private long onDisk(Step step, String id) {
    // exercise 2.5: up to which index a member, this server too, surely has the log on disk.
    if (id.equals(step.self())) {
      return log.persistedIndex();
    }
    Progress follower = followers.get(id);
    return follower == null ? 0 : follower.matchIndex();
    // end of exercise 2.5
  }

  private void commitUpTo(Step step, long index) {
    if (step.role() == Role.LEADER) {
      for (long i = Math.max(commitIndex + 1, firstOfTerm); i <= index; i++) {
        uncommittedBytes -= log.get(i).getSerializedSize();
      }
    }
    commitIndex = index;
    step.emit(new LogEffect.Committed(index));
    step.tell(LogListener.class, l -> l.committed(step, index));
  }

  @Override
  public void loaded(Step step, String peer, long from, List<Entry> entries) {
    List<Entry> valid = log.stillThere(from, entries);
    if (peer.equals(MachineFeed.NAME)) {
      machine.loaded(step, from, valid, commitIndex);
      return;
    }
    Progress follower = followers.get(peer);
    if (step.role() != Role.LEADER || follower == null || !follower.loading()) {
      return;
    }
    follower.loading(false);
    if (follower.state() == Progress.State.REPLICATE
        && follower.nextIndex() == from
        && !valid.isEmpty()) {
      sender.replicate(step, peer, follower, valid, commitIndex);
    }
  }

  @Override
  public void compact(Step step, long index) {
    long before = log.boundary();
    long boundary = log.compact(Math.min(index, machine.lastApplied()));
    if (boundary > before) {
      step.emit(new LogWrite.TrimLog(boundary));
    }
  }

  @Override
  public void restoring(Step step) {
    machine.restoring();
  }

  @Override
  public void restored(Step step, LogStart snapshot) {
    machine.restored(snapshot.index());
    if (!log.covers(snapshot.index(), snapshot.term())) {
      log.reset(snapshot);
      step.emit(new LogWrite.ResetLog());
      step.tell(LogListener.class, l -> l.truncated(step, snapshot.index() + 1));
    }
    if (snapshot.index() > commitIndex) {
      commitUpTo(step, snapshot.index());
    }
    compact(step, snapshot.index());
  }

  @Override
  public void snapshotEnded(Step step, String peer, long installed) {
    followers.snapshotEnded(peer, installed);
  }

  @Override
  public void applied(Step step, long index) {
    machine.applied(index);
  }

  @Override
  public void onMessage(Step step, Envelope message) {
    if (message.getBodyCase() == BodyCase.APPEND_ENTRIES) {
      onAppendEntries(step, message.getFrom(), message.getAppendEntries());
    } else {
      onReply(step, message.getFrom(), message.getAppendEntriesReply());
    }
  }

  /**
   * Figure 2, AppendEntries RPC, receiver steps 2 to 5; step 1 is the term rule. The core has seen
   * to it that the entries follow {@code prevLogIndex} and that their terms do not decrease.
   */
  private void onAppendEntries(Step step, String leader, AppendEntries request) {
    if (request.getReceiverJoined() > 0) {
      step.tell(LogListener.class, l -> l.joinedAt(step, request.getReceiverJoined()));
    }
    long prev = request.getPrevLogIndex();
    // exercise 2.2: refuse what does not fit; else take over the entries that are not here yet.
    if (!log.covers(prev, request.getPrevLogTerm())) {
      reply(step, leader, refusalOf(request, prev - 1));
      return;
    }
    for (int i = 0; i < request.getEntriesCount(); i++) {
      Entry entry = request.getEntries(i);
      if (!log.covers(entry.getIndex(), entry.getTerm())) {
        truncateFrom(step, entry.getIndex());
        appendAll(step, request.getEntriesList().subList(i, request.getEntriesCount()));
        break;
      }
    }
    // end of exercise 2.2
    // exercise 2.3: commit what the leader has committed, as far as this message verified the log.
    // Only what this message verified: our log may go on with entries the leader does not have.
    long commit = Math.min(request.getLeaderCommit(), prev + request.getEntriesCount());
    if (commit > commitIndex) {
      commitUpTo(step, commit);
    }
    // end of exercise 2.3
    reply(step, leader, replyTo(request).setSuccess(true));
  }

  private void truncateFrom(Step step, long index) {
    // exercise 2.2: drop the entries from here on, if there are any; what is committed must stay.
    if (index > log.lastIndex()) {
      return;
    }
    if (index <= commitIndex) {
      throw new IllegalStateException(
          "entry " + index + " is committed and the leader has another one");
    }
    log.truncate(index);
    step.tell(LogListener.class, l -> l.truncated(step, index));
    // end of exercise 2.2
  }

  private void appendAll(Step step, List<Entry> entries) {
    entries.forEach(log::append);
    step.tell(LogListener.class, l -> l.appended(step, entries));
  }

  private static AppendEntriesReply.Builder replyTo(AppendEntries request) {
    return AppendEntriesReply.newBuilder()
        .setPrevLogIndex(request.getPrevLogIndex())
        .setCount(request.getEntriesCount())
        .setReadRound(request.getReadRound());
  }

  private AppendEntriesReply.Builder refusalOf(AppendEntries request, long mayAgreeUpTo) {
    // exercise 2.6: a refusal that says which entry may agree: see RaftLog.conflictHint.
    long hint = Math.max(log.boundary(), log.conflictHint(request.getPrevLogTerm(), mayAgreeUpTo));
    return replyTo(request)
        .setHintIndex(hint)
        .setHintTerm(log.termAt(hint))
        .setLastIndex(log.lastIndex());
    // end of exercise 2.6
  }

  private static void reply(Step step, String to, AppendEntriesReply.Builder reply) {
    step.sendAfterSync(to, Envelope.newBuilder().setAppendEntriesReply(reply));
  }

  /**
   * Nothing was compared, yet the hint must be true: the answer may come late, when the refused
   * server leads our term, and look like an answer of that term. For the same reason it names no
   * round: that one may be of an earlier life of the server, which counted from 1 too.
   */
  @Override
  public void refuse(Step step, Envelope message) {
    AppendEntries request = message.getAppendEntries();
    reply(step, message.getFrom(), refusalOf(request, request.getPrevLogIndex()).clearReadRound());
  }

  private void onReply(Step step, String from, AppendEntriesReply reply) {
    Progress follower = followers.get(from);
    if (step.role() != Role.LEADER || follower == null) {
      return;
    }
    if (reply.getReadRound() <= sender.readRound()) { // nobody can answer what was not asked
      follower.answeredRound(reply.getReadRound());
    }
    if (reply.getSuccess()) {
      // exercise 2.4: note how far the follower has the log, if this server has it so far, too.
      long match = reply.getPrevLogIndex() + reply.getCount();
      if (match <= log.lastIndex()) {
        follower.acknowledged(match);
      }
      // end of exercise 2.4
    } else {
      // exercise 2.6: where to try next: skip all entries that cannot agree.
      // §5.3's optimisation, both ways: skip all entries that cannot agree.
      long hint = log.conflictHint(reply.getHintTerm(), reply.getHintIndex());
      follower.rejected(reply.getPrevLogIndex(), hint);
      // end of exercise 2.6
    }
  }

  @Override
  public long commitIndex() {
    return commitIndex;
  }

  @Override
  public long lastApplied() {
    return machine.lastApplied();
  }

  @Override
  public boolean committedInOwnTerm(Step step) {
    return step.role() == Role.LEADER && commitIndex >= firstOfTerm;
  }

  @Override
  public long startReadRound(Step step) {
    long round = sender.nextReadRound();
    followers.heartbeat(step, commitIndex);
    return round;
  }

  @Override
  public void startRoundsWithHeartbeats() {
    roundsWithHeartbeats = true;
  }

  @Override
  public long newestReadRound() {
    return sender.readRound();
  }

  @Override
  public long readRound(String peer) {
    Progress follower = followers.get(peer);
    return follower == null ? 0 : follower.readRound();
  }

  @Override
  public SortedSet<String> followers() {
    return followers.ids();
  }

  @Override
  public Progress progress(String peer) {
    Progress follower = followers.get(peer);
    if (follower == null) {
      throw new IllegalArgumentException("no follower " + peer);
    }
    return follower;
  }

  @Override
  public void describe(StringBuilder text) {
    text.append(" commitIndex=")
        .append(commitIndex)
        .append(" lastApplied=")
        .append(machine.lastApplied());
    log.describe(text);
    followers.describe(text);
  }
}
