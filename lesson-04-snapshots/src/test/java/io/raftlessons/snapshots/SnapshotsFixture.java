package io.raftlessons.snapshots;

import static io.raftlessons.core.CoreFixture.MS;
import static io.raftlessons.core.CoreFixture.servers;
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
import io.raftlessons.membership.ConfigurationHistory;
import io.raftlessons.membership.Configurations;
import io.raftlessons.membership.Membership;
import io.raftlessons.membership.MembershipParts;
import io.raftlessons.membership.Transfer;
import io.raftlessons.replication.InmemLogStore;
import io.raftlessons.replication.LogStart;
import io.raftlessons.replication.LogWrite;
import io.raftlessons.replication.RaftLog;
import io.raftlessons.replication.Replication;
import io.raftlessons.replication.ReplicationConfig;
import io.raftlessons.replication.ReplicationParts;
import io.raftlessons.snapshots.SnapshotEffect.LoadChunk;
import io.raftlessons.snapshots.SnapshotEffect.StoreChunk;
import io.raftlessons.wire.AppendEntries;
import io.raftlessons.wire.AppendEntriesReply;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import io.raftlessons.wire.HardState;
import io.raftlessons.wire.InstallSnapshot;
import io.raftlessons.wire.InstallSnapshotReply;
import io.raftlessons.wire.RequestVoteReply;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Server s1 of three with all four parts, whose time, network and disk are the test's. Its log
 * begins with the configuration. Chunks have three bytes.
 */
final class SnapshotsFixture {
  /** The part that is tested. */
  static final Snapshots.Factory FACTORY = SnapshotParts.SNAPSHOTS;

  static final Configuration GROUP = Configurations.ofVoters(servers(3));
  static final ByteString CONTENT = ByteString.copyFromUtf8("abcdefg");
  private static final SnapshotConfig BOUNDS =
      new SnapshotConfig(100, Duration.ofSeconds(1), 0, 3, 1L << 40);

  final RaftCore core;
  final RaftLog log;
  final ConfigurationHistory history;
  final Replication replication;
  final Snapshots snapshots;
  final ArrayDeque<LogWrite.WriteLog> unsynced = new ArrayDeque<>();
  long now = 10_000 * MS;
  Effects effects;
  private final Election election;
  private HardState hardState;

  /** The terms of the entries behind the configuration, which is entry 1 of term 1. */
  static SnapshotsFixture start(long... terms) {
    return start(BOUNDS, terms);
  }

  static SnapshotsFixture start(SnapshotConfig bounds, long... terms) {
    List<Entry> entries = new ArrayList<>();
    entries.add(
        Entry.newBuilder()
            .setIndex(1)
            .setTerm(1)
            .setType(Entry.Type.CONFIGURATION)
            .setData(GROUP.toByteString())
            .build());
    for (int i = 0; i < terms.length; i++) {
      entries.add(entry(i + 2, terms[i]));
    }
    return new SnapshotsFixture(bounds, entries);
  }

  /** A server that has nothing. */
  static SnapshotsFixture empty() {
    return new SnapshotsFixture(BOUNDS, List.of());
  }

  private SnapshotsFixture(SnapshotConfig bounds, List<Entry> entries) {
    RaftConfig config = RaftConfig.builder("s1").checkQuorum(false).build();
    InmemLogStore store = new InmemLogStore();
    store.write(1, entries);
    hardState = HardState.newBuilder().setStorage(1).setLife(1 << 20).build();
    history = new ConfigurationHistory(hardState);
    try {
      log = RaftLog.load(store, 1 << 20, LogStart.BEGINNING, history::load);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    hardState = hardState.toBuilder().setCurrentTerm(log.lastTerm()).build();
    Transfer transfer = new Transfer();
    election =
        ElectionParts.ELECTION.create(config, log, history, transfer, new SplittableRandom(1));
    replication =
        ReplicationParts.REPLICATION.create(
            config, ReplicationConfig.defaults(), log, history, transfer, () -> 1_000);
    Membership membership =
        MembershipParts.MEMBERSHIP.create(
            config, hardState, log, history, transfer, election, replication);
    snapshots = FACTORY.create(config, bounds, Optional.empty(), history, replication, membership);
    core =
        new RaftCore(
            config,
            hardState,
            List.of(
                election,
                replication,
                ReplicationParts.READS.create(replication, history, transfer),
                membership,
                snapshots),
            now);
    keep(core.onTime(now));
  }

  static Entry entry(long index, long term) {
    return Entry.newBuilder()
        .setIndex(index)
        .setTerm(term)
        .setData(ByteString.copyFromUtf8(index + ":" + term))
        .build();
  }

  /** A snapshot whose content is {@link #CONTENT}. */
  static SnapshotMeta meta(long index, long term) {
    return SnapshotMeta.newBuilder()
        .setId(term + "-" + index)
        .setIndex(index)
        .setTerm(term)
        .setConfiguration(GROUP)
        .setConfigurationIndex(1)
        .setSize(CONTENT.size())
        .setChecksum(7)
        .build();
  }

  Effects receive(Envelope message) {
    return keep(core.onMessage(now, message));
  }

  Effects step(Consumer<Step> call) {
    return keep(core.step(now, call));
  }

  Effects pass(long nanos) {
    now += nanos;
    return keep(core.onTime(now));
  }

  private static Envelope message(String from, long term, Envelope.Builder body) {
    return CoreFixture.message(
        from, term, body.setStorage(Long.parseLong(from.substring(1))).setLife(1 << 20));
  }

  /** An AppendEntries of s2, which leads. */
  Effects append(long term, long prev, long prevTerm, long commit, Entry... entries) {
    AppendEntries request =
        AppendEntries.newBuilder()
            .setPrevLogIndex(prev)
            .setPrevLogTerm(prevTerm)
            .setLeaderCommit(commit)
            .addAllEntries(List.of(entries))
            .build();
    return receive(message("s2", term, Envelope.newBuilder().setAppendEntries(request)));
  }

  /** A part of a snapshot, of a server that leads. */
  Effects install(String from, long term, SnapshotMeta meta, int offset, int bytes) {
    InstallSnapshot install =
        InstallSnapshot.newBuilder()
            .setMeta(meta)
            .setOffset(offset)
            .setData(CONTENT.substring(offset, offset + bytes))
            .build();
    return receive(message(from, term, Envelope.newBuilder().setInstallSnapshot(install)));
  }

  /** A question where to go on. */
  Effects ask(String from, long term, SnapshotMeta meta) {
    return install(from, term, meta, 0, 0);
  }

  /** What the last step wants to be stored is stored. */
  Effects stored() {
    StoreChunk chunk = only(StoreChunk.class);
    return step(s -> snapshots.chunkStored(s, chunk));
  }

  <E extends SnapshotEffect> E only(Class<E> kind) {
    List<E> all = effects.of(kind);
    assertThat(all).as("effects of this step that are a %s", kind.getSimpleName()).hasSize(1);
    return all.get(0);
  }

  /** The one answer of the last step to s2 or s3. */
  InstallSnapshotReply answer() {
    List<Envelope> sent = CoreFixture.sent(effects, BodyCase.INSTALL_SNAPSHOT_REPLY);
    assertThat(sent).hasSize(1);
    return sent.get(0).getInstallSnapshotReply();
  }

  List<InstallSnapshotReply> answers() {
    return CoreFixture.sent(effects, BodyCase.INSTALL_SNAPSHOT_REPLY).stream()
        .map(Envelope::getInstallSnapshotReply)
        .toList();
  }

  /** What the last step sent of snapshots. */
  List<InstallSnapshot> installs() {
    return CoreFixture.sent(effects, BodyCase.INSTALL_SNAPSHOT).stream()
        .map(Envelope::getInstallSnapshot)
        .toList();
  }

  Effects replies(String from, SnapshotMeta meta, long offset, boolean installed) {
    InstallSnapshotReply reply =
        InstallSnapshotReply.newBuilder()
            .setId(meta.getId())
            .setOffset(offset)
            .setInstalled(installed)
            .build();
    return receive(
        message(from, core.currentTerm(), Envelope.newBuilder().setInstallSnapshotReply(reply)));
  }

  /** The store answers what the last step asked for. */
  Effects loaded() {
    LoadChunk load = only(LoadChunk.class);
    int from = (int) load.offset();
    int to = Math.min(CONTENT.size(), from + load.maxBytes());
    return step(
        s ->
            snapshots.chunkLoaded(
                s, load.to(), load.meta(), load.offset(), CONTENT.substring(from, to)));
  }

  /**
   * Leads; s3 has everything, it is applied, and a snapshot is taken up to the last entry. s2 has
   * not been heard, so it lacks what is gone.
   */
  SnapshotsFixture leadWithSnapshot() {
    step(s -> election.campaign(s, false));
    HardState state = hardState;
    step(s -> election.persisted(s, state));
    RequestVoteReply vote = RequestVoteReply.newBuilder().setGranted(true).build();
    receive(message("s3", core.currentTerm(), Envelope.newBuilder().setRequestVoteReply(vote)));
    assertThat(core.role()).isEqualTo(Role.LEADER);
    replicate("s3");
    replicate("s3"); // the disks are recorded meanwhile
    step(s -> replication.applied(s, log.lastIndex()));
    take();
    return this;
  }

  SnapshotMeta take() {
    SnapshotMeta meta = meta(log.lastIndex(), log.lastTerm());
    step(s -> snapshots.taken(s, meta, 0));
    return meta;
  }

  /** The disk of this server and that of a follower have all of the log. */
  void replicate(String follower) {
    while (!unsynced.isEmpty()) {
      LogWrite.WriteLog write = unsynced.remove();
      step(s -> replication.persisted(s, write));
    }
    AppendEntriesReply reply =
        AppendEntriesReply.newBuilder().setSuccess(true).setPrevLogIndex(log.lastIndex()).build();
    receive(
        message(follower, core.currentTerm(), Envelope.newBuilder().setAppendEntriesReply(reply)));
  }

  private Effects keep(Effects next) {
    next.of(SaveHardState.class).forEach(save -> hardState = save.state());
    unsynced.addAll(next.of(LogWrite.WriteLog.class));
    effects = next;
    return next;
  }
}
