package io.raftlessons.membership;

import static io.raftlessons.core.CoreFixture.MS;
import static io.raftlessons.core.CoreFixture.vote;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.CoreFixture;
import io.raftlessons.core.Effect.SaveHardState;
import io.raftlessons.core.Effects;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.RaftCore;
import io.raftlessons.core.Role;
import io.raftlessons.core.Step;
import io.raftlessons.election.Election;
import io.raftlessons.election.ElectionParts;
import io.raftlessons.replication.InmemLogStore;
import io.raftlessons.replication.LogStart;
import io.raftlessons.replication.LogWrite;
import io.raftlessons.replication.RaftLog;
import io.raftlessons.replication.ReadEffect;
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
import io.raftlessons.wire.ReadIndex;
import io.raftlessons.wire.ReadIndexReply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * The server s1 of a group with all parts of lesson 3. Time and network are the test's; its disk is
 * fast: what is written is durable at once.
 */
final class ReadFixture {
  /** The reads that are tested. */
  static final ReadLevels.Factory FACTORY = MembershipParts.READS;

  /** Leases of two thirds of the minimum election timeout: 100 ms. */
  static final ReadOptions LEASES = ReadOptions.withLeases(0.5);

  static final long LEASE = 100 * MS;

  final RaftCore core;
  final Transfer transfer = new Transfer();
  final ConfigurationHistory history = new ConfigurationHistory();
  final Replication replication;
  final ReadLevels reads;
  final Membership membership;
  long now = 10_000 * MS;
  Effects effects;
  private final RaftLog log;
  private final Election election;

  /**
   * A follower that has the configuration in its log and has heard nobody yet.
   *
   * @param starts how often it was started on its disk, this time included
   */
  static ReadFixture of(Configuration configuration, ReadOptions options, int starts) {
    SplittableRandom random = new SplittableRandom(1);
    long life = 0;
    for (int i = 0; i < starts; i++) {
      life = Life.next(life, random);
    }
    return new ReadFixture(configuration, options, life);
  }

  /** The same, of so many voters, in its first life. */
  static ReadFixture of(int voters, ReadOptions options) {
    return of(Configurations.ofVoters(CoreFixture.servers(voters)), options, 1);
  }

  private ReadFixture(Configuration configuration, ReadOptions options, long life) {
    RaftConfig config = RaftConfig.defaults("s1");
    HardState stored = HardState.newBuilder().setCurrentTerm(1).setLife(life).build();
    log = load(configuration);
    election =
        ElectionParts.ELECTION.create(config, log, history, transfer, new SplittableRandom(1));
    replication =
        ReplicationParts.REPLICATION.create(
            config, ReplicationConfig.defaults(), log, history, transfer, () -> 0);
    reads = FACTORY.create(config, options, stored, replication, history, transfer);
    membership =
        MembershipParts.MEMBERSHIP.create(
            config, stored, log, history, transfer, election, replication);
    core = new RaftCore(config, stored, List.of(election, replication, reads, membership), now);
    effects = core.onTime(now);
  }

  private RaftLog load(Configuration configuration) {
    InmemLogStore store = new InmemLogStore();
    Entry first =
        Entry.newBuilder()
            .setIndex(1)
            .setTerm(1)
            .setType(Entry.Type.CONFIGURATION)
            .setData(configuration.toByteString())
            .build();
    try {
      store.write(1, List.of(first));
      return RaftLog.load(store, 1 << 20, LogStart.BEGINNING, history::load);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Time passes. */
  Effects pass(long nanos) {
    now += nanos;
    return keep(core.onTime(now));
  }

  Effects step(Consumer<Step> call) {
    return keep(core.step(now, call));
  }

  Effects receive(String from, long term, Envelope.Builder body) {
    return keep(core.onMessage(now, CoreFixture.message(from, term, body)));
  }

  private Effects keep(Effects next) {
    effects = next; // what the disk's completions lead to is seen in the state
    persist(next);
    return next;
  }

  private void persist(Effects written) {
    for (SaveHardState save : written.of(SaveHardState.class)) {
      persist(core.step(now, s -> election.persisted(s, save.state())));
    }
    for (LogWrite.WriteLog write : written.of(LogWrite.WriteLog.class)) {
      persist(core.step(now, s -> replication.persisted(s, write)));
    }
  }

  /** A message of a leader whose log is as long as ours. */
  Effects hear(String leader, long term) {
    AppendEntries append =
        AppendEntries.newBuilder()
            .setPrevLogIndex(log.lastIndex())
            .setPrevLogTerm(log.lastTerm())
            .build();
    return receive(leader, term, Envelope.newBuilder().setAppendEntries(append));
  }

  /** Campaigns and wins. No entry of its term is committed yet. */
  ReadFixture lead() {
    step(s -> election.campaign(s, false));
    for (String peer : history.members()) {
      if (core.role() == Role.CANDIDATE && !peer.equals("s1")) {
        keep(core.onMessage(now, vote(peer, core.currentTerm(), true)));
      }
    }
    assertThat(core.role()).isEqualTo(Role.LEADER);
    return this;
  }

  /** Leads, and all others have its whole log. */
  ReadFixture leadSettled() {
    lead();
    history.members().stream().filter(peer -> !peer.equals("s1")).forEach(peer -> answer(peer, 0));
    assertThat(replication.commitIndex()).isEqualTo(log.lastIndex());
    return this;
  }

  /** The follower has the whole log, and a message that carried this round. */
  Effects answer(String follower, long round) {
    AppendEntriesReply reply =
        AppendEntriesReply.newBuilder()
            .setSuccess(true)
            .setPrevLogIndex(log.lastIndex())
            .setReadRound(round)
            .build();
    return receive(
        follower, core.currentTerm(), Envelope.newBuilder().setAppendEntriesReply(reply));
  }

  /** A heartbeat interval passes and all followers are sent something; its round. */
  long heartbeat() {
    pass(50 * MS);
    List<Envelope> sent = sent(BodyCase.APPEND_ENTRIES);
    assertThat(sent).hasSize(replication.followers().size());
    return sent.get(0).getAppendEntries().getReadRound();
  }

  Effects read(long id, ReadLevel level) {
    return step(s -> reads.read(s, id, level));
  }

  /** The answers to reads in the last step. */
  List<ReadEffect> answers() {
    return effects.list().stream()
        .filter(ReadEffect.class::isInstance)
        .map(ReadEffect.class::cast)
        .toList();
  }

  List<Envelope> sent(BodyCase kind) {
    return CoreFixture.sent(effects, kind);
  }

  /** The one question to a leader in the last step. */
  long asked(String leader) {
    List<Envelope> sent = sent(BodyCase.READ_INDEX);
    assertThat(sent).hasSize(1);
    assertThat(sent.get(0).getTo()).isEqualTo(leader);
    return sent.get(0).getReadIndex().getRequestId();
  }

  Effects ask(String follower, long question) {
    ReadIndex ask = ReadIndex.newBuilder().setRequestId(question).build();
    return receive(follower, core.currentTerm(), Envelope.newBuilder().setReadIndex(ask));
  }

  Effects told(String leader, long question, boolean ready, long readIndex) {
    ReadIndexReply reply =
        ReadIndexReply.newBuilder()
            .setRequestId(question)
            .setReady(ready)
            .setReadIndex(readIndex)
            .build();
    return receive(leader, core.currentTerm(), Envelope.newBuilder().setReadIndexReply(reply));
  }

  /** What a follower was told in the last step. */
  List<ReadIndexReply> toldTo(String follower) {
    return sent(BodyCase.READ_INDEX_REPLY).stream()
        .filter(m -> m.getTo().equals(follower))
        .map(Envelope::getReadIndexReply)
        .toList();
  }
}
