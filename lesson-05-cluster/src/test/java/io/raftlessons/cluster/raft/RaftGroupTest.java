package io.raftlessons.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.raftlessons.cluster.GroupException;
import io.raftlessons.cluster.GroupException.Outcome;
import io.raftlessons.core.HandRunHost;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.Role;
import io.raftlessons.membership.Configurations;
import io.raftlessons.membership.MembershipNode;
import io.raftlessons.membership.ReadOptions;
import io.raftlessons.replication.InmemLogStore;
import io.raftlessons.replication.LogStore;
import io.raftlessons.replication.keyvalue.KeyValueMachine;
import io.raftlessons.runtime.InmemStableStore;
import io.raftlessons.runtime.StableStore;
import io.raftlessons.snapshots.InmemSnapshotStore;
import io.raftlessons.snapshots.Raft;
import io.raftlessons.snapshots.SnapshotConfig;
import io.raftlessons.wire.AppendEntries;
import io.raftlessons.wire.AppendEntriesReply;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Forward;
import io.raftlessons.wire.ForwardReply;
import io.raftlessons.wire.PreVoteReply;
import io.raftlessons.wire.ReadIndexReply;
import io.raftlessons.wire.RequestVoteReply;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a follower may conclude from what the leader answers to a forwarded call. */
class RaftGroupTest {
  private static final long TIMEOUT = 2_000_000_000L;
  private static final byte[] CALL = {1, 2, 3};

  private final HandRunHost host = new HandRunHost(new Random(1));
  private Raft node;
  private RaftGroup group;

  @BeforeEach
  void followsN2() throws IOException {
    begin(ReadPolicy.LEADER, ReadOptions.DEFAULTS);
    from("n2", 1, Envelope.newBuilder().setAppendEntries(AppendEntries.getDefaultInstance()));
    assertThat(node.leader()).contains("n2");
  }

  private void begin(ReadPolicy reads, ReadOptions options) throws IOException {
    SharedTransport transport = new SharedTransport(host.transport());
    StableStore stable = new InmemStableStore();
    LogStore log = new InmemLogStore();
    MembershipNode.bootstrapCluster(
        stable, log, Configurations.ofVoters(List.of("n1", "n2", "n3")));
    node =
        Raft.create(
            Raft.Setup.reference(RaftConfig.defaults("n1"), SnapshotConfig.defaults(), options),
            new KeyValueMachine(),
            log,
            stable,
            new InmemSnapshotStore(() -> 1, 2),
            transport.on(host));
    group = new RaftGroup(host.loop("group"), transport, node, query -> query, reads, 0, 100);
  }

  private void from(String sender, long term, Envelope.Builder message) {
    host.settle();
    host.deliver(message.setFrom(sender).setTo("n1").setTerm(term).build());
    host.settle();
  }

  private void answer(String sender, ForwardReply.Outcome outcome) {
    ForwardReply reply =
        ForwardReply.newBuilder()
            .setRequestId(forwarded().getRequestId())
            .setOutcome(outcome)
            .build();
    from(sender, 1, Envelope.newBuilder().setForwardReply(reply));
  }

  private Forward forwarded() {
    host.settle();
    return host.sent.get(host.sent.size() - 1).getForward();
  }

  private static Outcome outcome(CompletableFuture<byte[]> call) {
    assertThat(call).isCompletedExceptionally();
    return call.handle((result, failure) -> ((GroupException) failure).outcome()).getNow(null);
  }

  /** A message may be doubled, and the copy may have come when n2 still led. */
  @Test
  void aRefusedCommandMayHaveBeenAppendedAllTheSame() {
    CompletableFuture<byte[]> command = group.append(CALL, TIMEOUT);
    assertThat(forwarded().getCommand().toByteArray()).isEqualTo(CALL);
    answer("n2", ForwardReply.Outcome.NOT_LEADER);
    assertThat(outcome(command)).isEqualTo(Outcome.REFUSED);
    CompletableFuture<byte[]> another = group.append(CALL, TIMEOUT);
    answer("n2", ForwardReply.Outcome.BUSY);
    assertThat(outcome(another)).isEqualTo(Outcome.UNKNOWN);
  }

  @Test
  void aRefusedQueryDidNothing() {
    CompletableFuture<byte[]> query = group.read(CALL, TIMEOUT);
    assertThat(forwarded().getQuery().toByteArray()).isEqualTo(CALL);
    answer("n2", ForwardReply.Outcome.NOT_LEADER);
    assertThat(outcome(query)).isEqualTo(Outcome.NOT_APPENDED);
    CompletableFuture<byte[]> another = group.read(CALL, TIMEOUT);
    answer("n2", ForwardReply.Outcome.BUSY);
    assertThat(outcome(another)).isEqualTo(Outcome.BUSY);
    CompletableFuture<byte[]> lost = group.read(CALL, TIMEOUT);
    answer("n2", ForwardReply.Outcome.UNKNOWN);
    assertThat(outcome(lost)).isEqualTo(Outcome.NOT_APPENDED);
  }

  /** The log of n1 begins with the configuration, n2 has all of it, and n3 is away. */
  private void leadsTerm2() {
    host.advance(700);
    host.settle();
    long round = host.sent.get(host.sent.size() - 1).getPreVote().getRound();
    PreVoteReply.Builder preVote = PreVoteReply.newBuilder().setGranted(true).setRound(round);
    from("n2", 2, Envelope.newBuilder().setPreVoteReply(preVote));
    from(
        "n2",
        2,
        Envelope.newBuilder().setRequestVoteReply(RequestVoteReply.newBuilder().setGranted(true)));
    assertThat(node.state()).isEqualTo(Role.LEADER);
    AppendEntriesReply.Builder stored =
        AppendEntriesReply.newBuilder().setSuccess(true).setPrevLogIndex(1).setCount(1);
    from("n2", 2, Envelope.newBuilder().setAppendEntriesReply(stored));
  }

  @Test
  void aLeaderThatHandsOverHasSurelyNotAppended() {
    leadsTerm2();
    node.leadershipTransfer();
    CompletableFuture<byte[]> command = group.append(CALL, TIMEOUT);
    host.settle();
    assertThat(outcome(command)).isEqualTo(Outcome.NOT_APPENDED);
    from("n3", 2, Envelope.newBuilder().setForward(Forward.newBuilder().setRequestId(1)));
    ForwardReply refusal = host.sent.get(host.sent.size() - 1).getForwardReply();
    assertThat(refusal.getOutcome()).isEqualTo(ForwardReply.Outcome.NOT_LEADER);
  }

  private void pass(long millis) {
    host.advance(millis);
    host.loop("group").execute(() -> {}); // a loop without tasks does not look at its alarms
    host.settle();
  }

  /** A message of a later term says that n2 leads no more, and not who does. */
  private void knowsNoLeader() {
    from("n3", 5, Envelope.newBuilder().setAppendEntriesReply(AppendEntriesReply.newBuilder()));
    assertThat(node.leader()).isEmpty();
  }

  @Test
  void aCallWaitsAMomentForALeader() {
    knowsNoLeader();
    CompletableFuture<byte[]> command = group.append(CALL, TIMEOUT);
    host.settle();
    host.advance(150);
    from("n3", 5, Envelope.newBuilder().setAppendEntries(AppendEntries.getDefaultInstance()));
    assertThat(command).isNotDone();
    assertThat(forwarded().getCommand().toByteArray()).isEqualTo(CALL);
    assertThat(host.sent.get(host.sent.size() - 1).getTo()).isEqualTo("n3");
  }

  @Test
  void aCallThatFindsNoLeaderHasSurelyNotBeenAppendedAndHearsItBeforeItsEnd() {
    knowsNoLeader();
    CompletableFuture<byte[]> command = group.append(CALL, TIMEOUT);
    CompletableFuture<byte[]> inHaste = group.append(CALL, 100_000_000);
    host.settle();
    pass(60);
    assertThat(outcome(inHaste)).isEqualTo(Outcome.NOT_APPENDED);
    assertThat(command).isNotDone();
    pass(150);
    assertThat(outcome(command)).isEqualTo(Outcome.NOT_APPENDED);
  }

  @Test
  void onlyTheOneThatWasAskedAnswers() {
    CompletableFuture<byte[]> command = group.append(CALL, TIMEOUT);
    answer("n3", ForwardReply.Outcome.NOT_LEADER);
    assertThat(command).isNotDone();
    answer("n2", ForwardReply.Outcome.APPLIED);
    assertThat(command.getNow(CALL)).isEmpty();
  }

  @Test
  void aLeaderThatIsReplacedAnswersNobody() {
    CompletableFuture<byte[]> command = group.append(CALL, TIMEOUT);
    from("n3", 2, Envelope.newBuilder().setAppendEntries(AppendEntries.getDefaultInstance()));
    assertThat(outcome(command)).isEqualTo(Outcome.UNKNOWN);
  }

  private void begins(ReadPolicy reads, ReadOptions options) throws IOException {
    node.shutdown();
    host.settle();
    host.sent.clear();
    begin(reads, options);
    from("n2", 1, Envelope.newBuilder().setAppendEntries(AppendEntries.getDefaultInstance()));
  }

  private Envelope lastSent() {
    host.settle();
    return host.sent.get(host.sent.size() - 1);
  }

  private void leaderConfirms(long readIndex) {
    Envelope question = lastSent();
    assertThat(question.getTo()).isEqualTo("n2");
    assertThat(question.hasReadIndex()).isTrue();
    ReadIndexReply reply =
        ReadIndexReply.newBuilder()
            .setRequestId(question.getReadIndex().getRequestId())
            .setReady(true)
            .setReadIndex(readIndex)
            .build();
    from("n2", 1, Envelope.newBuilder().setReadIndexReply(reply));
  }

  @Test
  void aNodeThatAnswersItsReadsAsksTheLeaderForTheIndexOnly() throws IOException {
    begins(ReadPolicy.FOLLOWER, ReadOptions.DEFAULTS);
    CompletableFuture<byte[]> query = group.read(CALL, TIMEOUT);
    leaderConfirms(0);
    assertThat(query.getNow(null)).isEqualTo(CALL);
    assertThat(host.sent).noneMatch(Envelope::hasForward);
    group.append(CALL, TIMEOUT);
    assertThat(forwarded().getCommand().toByteArray()).isEqualTo(CALL);
  }

  @Test
  void aReadThatTheLeaderDoesNotConfirmDidNothingAndEndsInTime() throws IOException {
    begins(ReadPolicy.FOLLOWER, ReadOptions.DEFAULTS);
    CompletableFuture<byte[]> query = group.read(CALL, 100_000_000);
    host.settle();
    pass(110);
    assertThat(outcome(query)).isEqualTo(Outcome.NOT_APPENDED);
    knowsNoLeader();
    CompletableFuture<byte[]> another = group.read(CALL, TIMEOUT);
    host.settle();
    assertThat(outcome(another)).isEqualTo(Outcome.NOT_APPENDED);
  }

  @Test
  void aReadThatMayBeStaleNeedsNobodyForAWhile() throws IOException {
    begins(ReadPolicy.stale(Duration.ofMillis(50)), ReadOptions.DEFAULTS);
    CompletableFuture<byte[]> first = group.read(CALL, TIMEOUT);
    leaderConfirms(0);
    assertThat(first.getNow(null)).isEqualTo(CALL);
    int sent = host.sent.size();
    pass(40);
    CompletableFuture<byte[]> second = group.read(CALL, TIMEOUT);
    host.settle();
    assertThat(second.getNow(null)).isEqualTo(CALL);
    knowsNoLeader();
    CompletableFuture<byte[]> third = group.read(CALL, TIMEOUT);
    host.settle();
    assertThat(third.getNow(null)).isEqualTo(CALL);
    assertThat(host.sent.subList(sent, host.sent.size())).noneMatch(Envelope::hasReadIndex);
    pass(20);
    CompletableFuture<byte[]> tooOld = group.read(CALL, TIMEOUT);
    host.settle();
    assertThat(outcome(tooOld)).isEqualTo(Outcome.NOT_APPENDED);
  }

  private void confirmsTheRound() {
    AppendEntries round =
        host.sent.stream()
            .filter(envelope -> envelope.getTo().equals("n2") && envelope.hasAppendEntries())
            .reduce((earlier, later) -> later)
            .orElseThrow()
            .getAppendEntries();
    AppendEntriesReply.Builder stored =
        AppendEntriesReply.newBuilder()
            .setSuccess(true)
            .setPrevLogIndex(round.getPrevLogIndex())
            .setCount(round.getEntriesCount())
            .setReadRound(round.getReadRound());
    from("n2", 2, Envelope.newBuilder().setAppendEntriesReply(stored));
  }

  private ForwardReply queryOf(String other) {
    Forward query =
        Forward.newBuilder().setRequestId(9).setQuery(ByteString.copyFrom(CALL)).build();
    from(other, node.status().term(), Envelope.newBuilder().setForward(query));
    return lastSent().getForwardReply();
  }

  /** Whatever the leader does with its own clients' reads. */
  @Test
  void aReadThatIsSentToTheLeaderIsNeverStale() throws IOException {
    begins(ReadPolicy.stale(Duration.ofDays(1)), ReadOptions.DEFAULTS);
    group.read(CALL, TIMEOUT);
    leaderConfirms(0);
    leadsTerm2();
    assertThat(queryOf("n3").getRequestId()).as("a quorum is asked first").isZero();
    confirmsTheRound();
    ForwardReply reply = lastSent().getForwardReply();
    assertThat(reply.getOutcome()).isEqualTo(ForwardReply.Outcome.APPLIED);
    assertThat(reply.getResult().toByteArray()).isEqualTo(CALL);
  }

  @Test
  void aLeaderWithALeaseAnswersAtOnceWhoeverAsks() throws IOException {
    begins(ReadPolicy.LEASE, ReadOptions.withLeases(0.01));
    group.read(CALL, TIMEOUT);
    assertThat(forwarded().getQuery().toByteArray()).isEqualTo(CALL);
    leadsTerm2();
    host.advance(60);
    host.settle();
    confirmsTheRound();
    int sent = host.sent.size();
    CompletableFuture<byte[]> query = group.read(CALL, TIMEOUT);
    host.settle();
    assertThat(query.getNow(null)).isEqualTo(CALL);
    ForwardReply reply = queryOf("n3");
    assertThat(reply.getRequestId()).isEqualTo(9);
    assertThat(reply.getOutcome()).isEqualTo(ForwardReply.Outcome.APPLIED);
    assertThat(host.sent).hasSize(sent + 1);
  }

  /** It was the leader when the other one sent the query, and is removed before it has that log. */
  @Test
  void aReadForAnotherEndsInTimeWhereItsIndexNeverComes() throws IOException {
    begins(ReadPolicy.LEASE, ReadOptions.withLeases(0.01));
    queryOf("n3");
    leaderConfirms(1_000);
    assertThat(host.sent).noneMatch(Envelope::hasForwardReply);
    pass(10_100);
    assertThat(host.sent)
        .filteredOn(Envelope::hasForwardReply)
        .singleElement()
        .extracting(envelope -> envelope.getForwardReply().getOutcome())
        .isEqualTo(ForwardReply.Outcome.NOT_LEADER);
  }
}
