package io.raftlessons.replication;

import static io.raftlessons.core.CoreFixture.MS;
import static io.raftlessons.core.CoreFixture.hardState;
import static io.raftlessons.core.CoreFixture.servers;
import static io.raftlessons.core.CoreFixture.vote;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.raftlessons.core.CoreFixture;
import io.raftlessons.core.Effect.SaveHardState;
import io.raftlessons.core.Effects;
import io.raftlessons.core.Electorate;
import io.raftlessons.core.Gate;
import io.raftlessons.core.Part;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.RaftCore;
import io.raftlessons.core.Role;
import io.raftlessons.core.Step;
import io.raftlessons.election.Election;
import io.raftlessons.election.ElectionParts;
import io.raftlessons.wire.AppendEntries;
import io.raftlessons.wire.AppendEntriesReply;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import io.raftlessons.wire.HardState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * One server with an election and a replicated log, whose time, network, disk and state machine are
 * the test's: nothing is durable before {@link #persist}, nothing applied before {@link #applied}.
 */
final class ReplicationFixture {
  /** The replication that is tested. */
  static final Replication.Factory FACTORY = ReplicationParts.REPLICATION;

  /** The reads that are tested. */
  static final Reads.Factory READS = ReplicationParts.READS;

  /** Settings of a test; what is not said is a voter of its group with an empty log. */
  static final class Setup {
    private final int servers;
    private String id = "s1";
    private long term;
    private long[] terms = {};
    private ReplicationConfig bounds = ReplicationConfig.defaults();
    private Gate gate = Gate.OPEN;
    private List<Entry> entries = List.of();
    private Electorate electorate;

    private Setup(int servers) {
      this.servers = servers;
      electorate = Electorate.fixed(servers(servers));
    }

    Setup id(String id) {
      this.id = id;
      return this;
    }

    Setup term(long currentTerm) {
      term = currentTerm;
      return this;
    }

    /** The log on disk: the terms of its entries, from index 1 on. */
    Setup log(long... terms) {
      this.terms = terms.clone();
      return this;
    }

    /** The log on disk, entry by entry. */
    Setup stored(List<Entry> entries) {
      this.entries = entries;
      return this;
    }

    Setup bounds(ReplicationConfig bounds) {
      this.bounds = bounds;
      return this;
    }

    /** Who belongs to the group, if that is not as many servers as it begins with for ever. */
    Setup electorate(Electorate electorate) {
      this.electorate = electorate;
      return this;
    }

    Setup gate(Gate gate) {
      this.gate = gate;
      return this;
    }

    ReplicationFixture start() {
      return new ReplicationFixture(this);
    }
  }

  final RaftCore core;
  final RaftLog log;
  final Replication replication;
  final Reads reads;
  final InmemLogStore store = new InmemLogStore();
  final ArrayDeque<LogWrite.WriteLog> unsynced = new ArrayDeque<>();

  /** All that was handed to the state machine. */
  final List<Entry> handedOut = new ArrayList<>();

  /** What a later part was told of the log. */
  final List<String> heard = new ArrayList<>();

  final ArrayDeque<LogEffect.LoadLog> loads = new ArrayDeque<>();
  long now = 10_000 * MS;
  long clockMillis = 1_000;
  Effects effects;
  private final Election election;
  private HardState hardState;
  private final List<String> peers;

  static Setup group(int servers) {
    return new Setup(servers);
  }

  private ReplicationFixture(Setup setup) {
    RaftConfig config = RaftConfig.builder(setup.id).checkQuorum(false).build();
    Electorate electorate = setup.electorate;
    peers = servers(setup.servers).stream().filter(id -> !id.equals(setup.id)).toList();
    store.write(1, setup.terms.length > 0 ? log(setup.terms) : setup.entries);
    log = load(setup.bounds);
    election =
        ElectionParts.ELECTION.create(config, log, electorate, setup.gate, new SplittableRandom(1));
    replication =
        FACTORY.create(config, setup.bounds, log, electorate, setup.gate, () -> clockMillis);
    reads = READS.create(replication, electorate, setup.gate);
    hardState = hardState(Math.max(setup.term, log.lastTerm()), "");
    core = new RaftCore(config, hardState, List.of(election, replication, reads, new Ears()), now);
    effects = core.onTime(now);
  }

  private final class Ears implements Part, LogListener, PeerListener {
    @Override
    public Set<BodyCase> handles() {
      return EnumSet.noneOf(BodyCase.class);
    }

    @Override
    public void onMessage(Step step, Envelope message) {
      throw new IllegalArgumentException("not mine: " + message.getBodyCase());
    }

    @Override
    public void appended(Step step, List<Entry> entries) {
      heard.add("appended " + entries.stream().map(Entry::getIndex).toList());
    }

    @Override
    public void truncated(Step step, long from) {
      heard.add("truncated " + from);
    }

    @Override
    public void committed(Step step, long commitIndex) {
      heard.add("committed " + commitIndex);
    }

    @Override
    public void fellBehind(Step step, String peer) {
      heard.add("fellBehind " + peer);
    }
  }

  private RaftLog load(ReplicationConfig bounds) {
    try {
      return RaftLog.load(store, bounds.maxCachedBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An entry whose data say where it is from. */
  static Entry entry(long index, long term) {
    return Entry.newBuilder()
        .setIndex(index)
        .setTerm(term)
        .setData(ByteString.copyFromUtf8(index + ":" + term))
        .build();
  }

  /** Entries of these terms, from index 1 on. */
  static List<Entry> log(long... terms) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < terms.length; i++) {
      entries.add(entry(i + 1, terms[i]));
    }
    return entries;
  }

  /** The terms of the whole log. */
  List<Long> terms() {
    List<Long> terms = new ArrayList<>();
    for (long i = 1; i <= log.lastIndex(); i++) {
      terms.add(log.termAt(i));
    }
    return terms;
  }

  Effects receive(Envelope message) {
    return keep(core.onMessage(now, message));
  }

  Effects step(Consumer<Step> call) {
    return keep(core.step(now, call));
  }

  /** An AppendEntries of s2, which leads. */
  Effects append(long term, long prevIndex, long prevTerm, long commit, Entry... entries) {
    return receive(appendEntries("s2", term, prevIndex, prevTerm, commit, List.of(entries)));
  }

  static Envelope appendEntries(
      String from, long term, long prevIndex, long prevTerm, long commit, List<Entry> entries) {
    AppendEntries request =
        AppendEntries.newBuilder()
            .setPrevLogIndex(prevIndex)
            .setPrevLogTerm(prevTerm)
            .setLeaderCommit(commit)
            .addAllEntries(entries)
            .build();
    return CoreFixture.message(from, term, Envelope.newBuilder().setAppendEntries(request));
  }

  /** The follower has what a message with {@code count} entries after {@code prev} carried. */
  Effects success(String from, long prev, long count) {
    return receive(
        reply(
            from,
            AppendEntriesReply.newBuilder()
                .setSuccess(true)
                .setPrevLogIndex(prev)
                .setCount(count)));
  }

  /** The follower's disk has all of our log. */
  Effects hasAll(String from) {
    return success(from, log.lastIndex(), 0);
  }

  Effects rejection(String from, long prev, long hintIndex, long hintTerm) {
    return receive(
        reply(
            from,
            AppendEntriesReply.newBuilder()
                .setPrevLogIndex(prev)
                .setHintIndex(hintIndex)
                .setHintTerm(hintTerm)));
  }

  /** The follower has a message that carried this read round, and no entries. */
  Effects answersRound(String from, long round) {
    return receive(
        reply(
            from,
            AppendEntriesReply.newBuilder()
                .setSuccess(true)
                .setPrevLogIndex(log.lastIndex())
                .setReadRound(round)));
  }

  /** All these reads come in one step. */
  Effects read(long... requestIds) {
    return step(
        s -> {
          for (long id : requestIds) {
            reads.read(s, id);
          }
        });
  }

  /** The answers to reads in the last step, in order. */
  List<ReadEffect> readAnswers() {
    return effects.list().stream()
        .filter(ReadEffect.class::isInstance)
        .map(ReadEffect.class::cast)
        .toList();
  }

  private Envelope reply(String from, AppendEntriesReply.Builder reply) {
    return CoreFixture.message(
        from, core.currentTerm(), Envelope.newBuilder().setAppendEntriesReply(reply));
  }

  Proposal propose(String data) {
    return propose(ByteString.copyFromUtf8(data));
  }

  Proposal propose(int bytes) {
    return propose(ByteString.copyFrom(new byte[bytes]));
  }

  private Proposal propose(ByteString data) {
    Proposal[] answer = new Proposal[1];
    step(s -> answer[0] = replication.propose(s, Entry.Type.COMMAND, data));
    return answer[0];
  }

  /** Campaigns; its own vote is on disk. */
  void campaign() {
    step(s -> election.campaign(s, false));
    saved();
  }

  /** Campaigns and wins: all peers vote for this server. Its no-op is not on disk yet. */
  ReplicationFixture lead() {
    campaign();
    for (String peer : peers) {
      if (core.role() == Role.CANDIDATE) {
        receive(vote(peer, core.currentTerm(), true));
      }
    }
    assertThat(core.role()).isEqualTo(Role.LEADER);
    return this;
  }

  /** Leads, and has its no-op committed and on every disk. */
  ReplicationFixture leadSettled() {
    lead();
    persist();
    peers.forEach(this::hasAll);
    assertThat(replication.commitIndex())
        .as("commitIndex of a leader whose first entry is on all disks")
        .isEqualTo(log.lastIndex());
    return this;
  }

  private void saved() {
    HardState state = hardState;
    step(s -> election.persisted(s, state));
  }

  /** All that was to be written is on disk. */
  Effects persist() {
    while (!unsynced.isEmpty()) {
      persistOne();
    }
    return effects;
  }

  /** The oldest write is on disk. */
  Effects persistOne() {
    LogWrite.WriteLog write = unsynced.remove();
    store.write(write.from(), write.entries());
    return step(s -> replication.persisted(s, write));
  }

  /** The machine has applied up to {@code index}. */
  Effects applied(long index) {
    return step(s -> replication.applied(s, index));
  }

  /** Lets a heartbeat interval pass. */
  Effects heartbeat() {
    now += 50 * MS;
    return keep(core.onTime(now));
  }

  /** The store answers the oldest wish. */
  Effects answerLoad() {
    LogEffect.LoadLog load = loads.remove();
    return loaded(load.peer(), load.from(), read(load));
  }

  Effects loaded(String peer, long from, List<Entry> entries) {
    return step(s -> replication.loaded(s, peer, from, entries));
  }

  private List<Entry> read(LogEffect.LoadLog load) {
    try {
      return store.read(load.from(), load.maxBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the last step sent to a follower. */
  List<AppendEntries> sentTo(String peer) {
    return CoreFixture.sent(effects, BodyCase.APPEND_ENTRIES).stream()
        .filter(m -> m.getTo().equals(peer))
        .map(Envelope::getAppendEntries)
        .toList();
  }

  /** The one message that the last step sent to a follower. */
  AppendEntries onlySentTo(String peer) {
    List<AppendEntries> sent = sentTo(peer);
    assertThat(sent).hasSize(1);
    return sent.get(0);
  }

  /** The one answer to an AppendEntries in the last step. */
  AppendEntriesReply reply() {
    List<Envelope> replies = CoreFixture.sent(effects, BodyCase.APPEND_ENTRIES_REPLY);
    assertThat(replies).hasSize(1);
    return replies.get(0).getAppendEntriesReply();
  }

  List<Long> handedOutIndexes() {
    return handedOut.stream().map(Entry::getIndex).toList();
  }

  private Effects keep(Effects next) {
    next.of(SaveHardState.class).forEach(save -> hardState = save.state());
    unsynced.addAll(next.of(LogWrite.WriteLog.class));
    next.of(LogEffect.Apply.class).forEach(apply -> handedOut.addAll(apply.entries()));
    loads.addAll(next.of(LogEffect.LoadLog.class));
    effects = next;
    return next;
  }
}
