package io.raftlessons.membership;

import static io.raftlessons.core.CoreFixture.MS;
import static io.raftlessons.core.CoreFixture.servers;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.raftlessons.core.CoreFixture;
import io.raftlessons.core.Effect.SaveHardState;
import io.raftlessons.core.Effects;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.RaftCore;
import io.raftlessons.core.Role;
import io.raftlessons.core.Step;
import io.raftlessons.election.Election;
import io.raftlessons.election.ElectionParts;
import io.raftlessons.membership.MembershipEffect.ChangeDone;
import io.raftlessons.membership.MembershipEffect.ChangeFailed;
import io.raftlessons.membership.MembershipEffect.ConfigurationChanged;
import io.raftlessons.membership.MembershipEffect.TransferDone;
import io.raftlessons.membership.MembershipEffect.TransferFailed;
import io.raftlessons.replication.InmemLogStore;
import io.raftlessons.replication.LogStart;
import io.raftlessons.replication.LogWrite;
import io.raftlessons.replication.Proposal;
import io.raftlessons.replication.RaftLog;
import io.raftlessons.replication.Replication;
import io.raftlessons.replication.ReplicationConfig;
import io.raftlessons.replication.ReplicationParts;
import io.raftlessons.wire.AppendEntries;
import io.raftlessons.wire.AppendEntriesReply;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import io.raftlessons.wire.HardState;
import io.raftlessons.wire.RequestVoteReply;
import io.raftlessons.wire.Server;
import io.raftlessons.wire.StorageRefused;
import io.raftlessons.wire.TimeoutNow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Server s1 with an election, a replicated log and a membership, whose time, network and disk are
 * the test's: nothing is durable before {@link #persist}. Server sN keeps its state on disk N and
 * is in its first life, if the test does not say otherwise.
 */
final class MembershipFixture {
  /** The membership that is tested. */
  static final Membership.Factory FACTORY = MembershipParts.MEMBERSHIP;

  /** No caller of a test gives up before this, if it does not say so. */
  static final long NEVER = Long.MAX_VALUE;

  /** Settings of a test; what is not said is a server with the first configuration in its log. */
  static final class Setup {
    private List<Entry> entries;
    private ReplicationConfig bounds = ReplicationConfig.defaults();
    private boolean checkQuorum;
    private long joined;
    private long term;

    private Setup(List<Entry> entries) {
      this.entries = entries;
    }

    /** The log on disk. */
    Setup log(Entry... stored) {
      entries = List.of(stored);
      return this;
    }

    Setup bounds(ReplicationConfig bounds) {
      this.bounds = bounds;
      return this;
    }

    Setup checkQuorum() {
      checkQuorum = true;
      return this;
    }

    /** A leader has said where in the log this server joined. */
    Setup joined(long index) {
      joined = index;
      return this;
    }

    Setup term(long currentTerm) {
      term = currentTerm;
      return this;
    }

    MembershipFixture start() {
      return new MembershipFixture(this);
    }
  }

  final RaftCore core;
  final RaftLog log;
  final ConfigurationHistory history;
  final Transfer transfer = new Transfer();
  final Replication replication;
  final Membership membership;
  final InmemLogStore store = new InmemLogStore();
  final ArrayDeque<LogWrite.WriteLog> unsynced = new ArrayDeque<>();

  /** What was said of the configuration, oldest first: "latest/committed", by index. */
  final List<String> announced = new ArrayList<>();

  long now = 10_000 * MS;
  Effects effects;
  private final Election election;
  private final Map<Long, String> answers = new TreeMap<>();
  private HardState hardState;
  private long lastRequest;

  /** A group of sN servers that was bootstrapped, all disks known. */
  static Setup group(int servers) {
    return new Setup(List.of(configuration(1, 1, voters(servers))));
  }

  /** As {@link #group}, but nobody knows yet which disks the servers have. */
  static Setup groupOfUnknownDisks(int servers) {
    return new Setup(List.of(configuration(1, 1, Configurations.ofVoters(servers(servers)))));
  }

  /** A server that waits for its first configuration. */
  static Setup empty() {
    return new Setup(List.of());
  }

  private MembershipFixture(Setup setup) {
    RaftConfig config = RaftConfig.builder("s1").checkQuorum(setup.checkQuorum).build();
    store.write(1, setup.entries);
    HardState disk =
        HardState.newBuilder()
            .setStorage(diskOf("s1"))
            .setLife(life(1))
            .setJoined(setup.joined)
            .build();
    history = new ConfigurationHistory(disk);
    log = load(setup.bounds);
    hardState = disk.toBuilder().setCurrentTerm(Math.max(setup.term, log.lastTerm())).build();
    election =
        ElectionParts.ELECTION.create(config, log, history, transfer, new SplittableRandom(1));
    replication =
        ReplicationParts.REPLICATION.create(
            config, setup.bounds, log, history, transfer, () -> 1_000);
    membership = FACTORY.create(config, hardState, log, history, transfer, election, replication);
    core =
        new RaftCore(
            config,
            hardState,
            List.of(
                election,
                replication,
                ReplicationParts.READS.create(replication, history, transfer),
                membership),
            now);
    keep(core.onTime(now));
  }

  private RaftLog load(ReplicationConfig bounds) {
    try {
      return RaftLog.load(store, bounds.maxCachedBytes(), LogStart.BEGINNING, history::load);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Voter sN on disk N. */
  static Server voter(String id) {
    return Configurations.voter(id, id).toBuilder().setStorage(diskOf(id)).build();
  }

  /** Nonvoter sN on disk N. */
  static Server nonvoter(String id) {
    return Configurations.nonvoter(id, id).toBuilder().setStorage(diskOf(id)).build();
  }

  static Configuration configuration(Server... servers) {
    return Configuration.newBuilder().addAllServers(List.of(servers)).build();
  }

  static Configuration voters(int servers) {
    Configuration.Builder all = Configuration.newBuilder();
    servers(servers).forEach(id -> all.addServers(voter(id)));
    return all.build();
  }

  static Entry configuration(long index, long term, Configuration configuration) {
    return Entry.newBuilder()
        .setIndex(index)
        .setTerm(term)
        .setType(Entry.Type.CONFIGURATION)
        .setData(configuration.toByteString())
        .build();
  }

  static Entry command(long index, long term) {
    return Entry.newBuilder()
        .setIndex(index)
        .setTerm(term)
        .setData(ByteString.copyFromUtf8(index + ":" + term))
        .build();
  }

  private static long diskOf(String id) {
    return Long.parseLong(id.substring(1));
  }

  /** A message of a server from its own disk, in its first life. */
  static Envelope message(String from, long term, Envelope.Builder body) {
    return CoreFixture.message(from, term, body.setStorage(diskOf(from)).setLife(life(1)));
  }

  Effects receive(Envelope message) {
    return keep(core.onMessage(now, message));
  }

  Effects step(Consumer<Step> call) {
    return keep(core.step(now, call));
  }

  /** An AppendEntries of s2, which leads. */
  Effects append(long term, long prevIndex, long prevTerm, long commit, Entry... entries) {
    AppendEntries request =
        AppendEntries.newBuilder()
            .setPrevLogIndex(prevIndex)
            .setPrevLogTerm(prevTerm)
            .setLeaderCommit(commit)
            .addAllEntries(List.of(entries))
            .build();
    return receive(message("s2", term, Envelope.newBuilder().setAppendEntries(request)));
  }

  /** s2 leads another term: this server follows. */
  Effects deposed() {
    return append(core.currentTerm() + 1, 0, 0, 0);
  }

  /** The follower's disk has all of our log. */
  Effects hasAll(String from) {
    return has(from, log.lastIndex());
  }

  Effects has(String from, long index) {
    return receive(success(from, index));
  }

  Envelope success(String from, long index) {
    AppendEntriesReply reply =
        AppendEntriesReply.newBuilder().setSuccess(true).setPrevLogIndex(index).build();
    return message(from, core.currentTerm(), Envelope.newBuilder().setAppendEntriesReply(reply));
  }

  /** The follower does not have what we thought, and its log ends at {@code last}. */
  Envelope rejection(String from, long prev, long last) {
    AppendEntriesReply reply =
        AppendEntriesReply.newBuilder()
            .setPrevLogIndex(prev)
            .setHintIndex(0)
            .setHintTerm(0)
            .setLastIndex(last)
            .build();
    return message(from, core.currentTerm(), Envelope.newBuilder().setAppendEntriesReply(reply));
  }

  static Envelope vote(String from, long term) {
    RequestVoteReply reply = RequestVoteReply.newBuilder().setGranted(true).build();
    return message(from, term, Envelope.newBuilder().setRequestVoteReply(reply));
  }

  static Envelope timeoutNow(String from, long term) {
    return message(
        from, term, Envelope.newBuilder().setTimeoutNow(TimeoutNow.getDefaultInstance()));
  }

  /** The start of that number; whatever is drawn at it. */
  static long life(int number) {
    return ((long) number << 20) + 17;
  }

  /** The same message from another disk, or of another life. */
  static Envelope from(Envelope message, long storage, int life) {
    return message.toBuilder().setStorage(storage).setLife(life(life)).build();
  }

  Proposal propose(String data) {
    Proposal[] answer = new Proposal[1];
    step(
        s -> answer[0] = replication.propose(s, Entry.Type.COMMAND, ByteString.copyFromUtf8(data)));
    return answer[0];
  }

  /** Campaigns; its own vote is on disk. */
  void campaign() {
    step(s -> election.campaign(s, false));
    saved();
  }

  /** What is to be in the hard state is on disk. */
  void saved() {
    HardState state = hardState;
    step(s -> election.persisted(s, state));
  }

  private List<String> peers() {
    return history.members().stream().filter(id -> !id.equals("s1")).toList();
  }

  /** Campaigns and wins: all voters vote for this server. Its no-op is not on disk yet. */
  MembershipFixture lead() {
    campaign();
    for (String peer : peers()) {
      if (core.role() == Role.CANDIDATE && history.votes(peer)) {
        receive(vote(peer, core.currentTerm()));
      }
    }
    assertThat(core.role()).isEqualTo(Role.LEADER);
    return this;
  }

  /** Leads, and has its no-op committed and on every disk. */
  MembershipFixture leadSettled() {
    lead();
    replicate();
    assertThat(replication.commitIndex()).isEqualTo(log.lastIndex());
    return this;
  }

  /** Everybody has all of the log, as it is now. What that leads to is not replicated yet. */
  void replicate() {
    long last = log.lastIndex();
    persist();
    for (String peer : peers()) {
      if (core.role() == Role.LEADER) {
        has(peer, last);
      }
    }
  }

  /** All that was to be written is on disk. */
  Effects persist() {
    while (!unsynced.isEmpty()) {
      LogWrite.WriteLog write = unsynced.remove();
      store.write(write.from(), write.entries());
      step(s -> replication.persisted(s, write));
    }
    return effects;
  }

  /** Lets time pass. */
  Effects pass(long nanos) {
    now += nanos;
    return keep(core.onTime(now));
  }

  /** Asks for a change of whatever is newest, without a deadline. */
  long change(Change change) {
    return change(change, 0, NEVER);
  }

  long change(Change change, long prevIndex, long deadline) {
    long id = ++lastRequest;
    step(s -> membership.change(s, id, change, prevIndex, deadline));
    return id;
  }

  long addVoter(String id) {
    return change(new Change.AddVoter(id, id));
  }

  long addNonvoter(String id) {
    return change(new Change.AddNonvoter(id, id));
  }

  long demote(String id) {
    return change(new Change.DemoteVoter(id));
  }

  long remove(String id) {
    return change(new Change.RemoveServer(id));
  }

  long transferTo(String target) {
    long id = ++lastRequest;
    step(s -> membership.transfer(s, id, target));
    return id;
  }

  /** What a caller was told, as text; "" while it waits. */
  String answer(long request) {
    return answers.getOrDefault(request, "");
  }

  /** The newest configuration as text, as in "s1 s2 s3(nonvoter)". */
  String latest() {
    return Configurations.text(history.latest());
  }

  Server member(String id) {
    return requireNonNull(Configurations.find(history.latest(), id));
  }

  /** What the last step sent of this kind. */
  List<Envelope> sent(BodyCase kind) {
    return CoreFixture.sent(effects, kind);
  }

  /** Whom the last step told to campaign. */
  List<String> toldToCampaign() {
    return sent(BodyCase.TIMEOUT_NOW).stream().map(Envelope::getTo).toList();
  }

  /** What the last step refused, by whom it came from. */
  Map<String, StorageRefused> refused() {
    Map<String, StorageRefused> refused = new TreeMap<>();
    sent(BodyCase.STORAGE_REFUSED).forEach(m -> refused.put(m.getTo(), m.getStorageRefused()));
    return refused;
  }

  /** As the last step left it, or the steps before. */
  HardState hardState() {
    return hardState;
  }

  /** Why this server's disk is refused; "" if it is not. */
  String diskRefused() {
    return hardState.getRefused();
  }

  private Effects keep(Effects next) {
    next.of(SaveHardState.class).forEach(save -> hardState = save.state());
    unsynced.addAll(next.of(LogWrite.WriteLog.class));
    next.of(ConfigurationChanged.class)
        .forEach(c -> announced.add(c.latestIndex() + "/" + c.committedIndex()));
    next.of(ChangeDone.class)
        .forEach(
            done ->
                answer(
                    done.requestId(),
                    done.index()
                        + (done.logged() ? ": " : " unchanged: ")
                        + Configurations.text(done.configuration())));
    next.of(ChangeFailed.class)
        .forEach(
            failed ->
                answer(
                    failed.requestId(),
                    failed.reason()
                        + (failed.index() > 0
                            ? " (" + failed.reached() + " " + failed.index() + ")"
                            : "")
                        + ": "
                        + failed.why()));
    next.of(TransferDone.class).forEach(done -> answer(done.requestId(), "done"));
    next.of(TransferFailed.class)
        .forEach(failed -> answer(failed.requestId(), failed.reason() + ": " + failed.why()));
    effects = next;
    return next;
  }

  private void answer(long request, String text) {
    assertThat(answers.put(request, text)).as("the first answer to " + request).isNull();
  }
}
