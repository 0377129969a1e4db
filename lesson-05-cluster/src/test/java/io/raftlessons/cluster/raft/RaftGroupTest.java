package io.raftlessons.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.cluster.GroupException;
import io.raftlessons.cluster.GroupException.Outcome;
import io.raftlessons.core.HandRunHost;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.Role;
import io.raftlessons.membership.Configurations;
import io.raftlessons.membership.MembershipNode;
import io.raftlessons.replication.InmemLogStore;
import io.raftlessons.replication.LogStore;
import io.raftlessons.replication.keyvalue.KeyValueMachine;
import io.raftlessons.runtime.InmemStableStore;
import io.raftlessons.runtime.StableStore;
import io.raftlessons.wire.AppendEntries;
import io.raftlessons.wire.AppendEntriesReply;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Forward;
import io.raftlessons.wire.ForwardReply;
import io.raftlessons.wire.PreVoteReply;
import io.raftlessons.wire.RequestVoteReply;
import java.io.IOException;
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
  private MembershipNode node;
  private RaftGroup group;

  @BeforeEach
  void followsN2() throws IOException {
    SharedTransport transport = new SharedTransport(host.transport());
    StableStore stable = new InmemStableStore();
    LogStore log = new InmemLogStore();
    MembershipNode.bootstrapCluster(
        stable, log, Configurations.ofVoters(List.of("n1", "n2", "n3")));
    node =
        MembershipNode.start(
            MembershipNode.Setup.reference(RaftConfig.defaults("n1")),
            stable,
            log,
            new KeyValueMachine(),
            transport.on(host));
    group = new RaftGroup(host.loop("group"), transport, node, query -> query, 0, 100);
    from("n2", 1, Envelope.newBuilder().setAppendEntries(AppendEntries.getDefaultInstance()));
    assertThat(node.leader()).contains("n2");
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
}
