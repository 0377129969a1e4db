package io.raftlessons.cluster.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.raftlessons.cluster.operator.wire.AddServerRequest;
import io.raftlessons.cluster.operator.wire.Answer;
import io.raftlessons.cluster.operator.wire.ChangeServerRequest;
import io.raftlessons.cluster.operator.wire.Changed.Standing;
import io.raftlessons.cluster.operator.wire.Failed;
import io.raftlessons.cluster.operator.wire.Member;
import io.raftlessons.cluster.operator.wire.MemberList;
import io.raftlessons.cluster.operator.wire.Question;
import io.raftlessons.cluster.operator.wire.SnapshotTaken;
import io.raftlessons.core.HandRunHost;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.membership.Configurations;
import io.raftlessons.membership.MembershipNode;
import io.raftlessons.replication.InmemLogStore;
import io.raftlessons.replication.LogStore;
import io.raftlessons.replication.keyvalue.KeyValueMachine;
import io.raftlessons.runtime.InmemStableStore;
import io.raftlessons.runtime.StableStore;
import io.raftlessons.snapshots.InmemSnapshotStore;
import io.raftlessons.snapshots.Raft;
import io.raftlessons.snapshots.SnapshotConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperatorServiceTest {
  private static final long CLUSTER = 7;

  private final HandRunHost host = new HandRunHost(new Random(1));
  private final OperatorService service = new OperatorService(CLUSTER);
  private final List<Answer> answers = new ArrayList<>();
  private final List<Throwable> errors = new ArrayList<>();

  private final StreamObserver<Answer> caller =
      new StreamObserver<>() {
        @Override
        public void onNext(Answer answer) {
          answers.add(answer);
        }

        @Override
        public void onError(Throwable error) {
          errors.add(error);
        }

        @Override
        public void onCompleted() {}
      };

  private void serve(String... voters) throws IOException {
    StableStore stable = new InmemStableStore();
    LogStore log = new InmemLogStore();
    MembershipNode.bootstrapCluster(stable, log, Configurations.ofVoters(List.of(voters)));
    Raft node =
        Raft.create(
            Raft.Setup.reference(RaftConfig.defaults("node-1"), SnapshotConfig.defaults()),
            new KeyValueMachine(),
            log,
            stable,
            new InmemSnapshotStore(() -> 1, 2),
            host);
    service.serve(node, Optional.empty());
    host.advance(1_000);
    host.settle();
  }

  private Answer answer() {
    for (int wait = 0; answers.isEmpty() && wait < 100; wait++) {
      host.advance(10);
      host.settle();
    }
    assertThat(errors).isEmpty();
    assertThat(answers).hasSize(1);
    return answers.remove(0);
  }

  private static ChangeServerRequest server(String id, long prevIndex) {
    return ChangeServerRequest.newBuilder()
        .setCluster(CLUSTER)
        .setId(id)
        .setTimeoutMillis(500)
        .setPrevIndex(prevIndex)
        .build();
  }

  private static AddServerRequest addition(String id, long prevIndex) {
    return AddServerRequest.newBuilder()
        .setCluster(CLUSTER)
        .setId(id)
        .setAddress("127.0.0.1:5126")
        .setTimeoutMillis(500)
        .setPrevIndex(prevIndex)
        .build();
  }

  private MemberList members() {
    service.members(Question.newBuilder().setCluster(CLUSTER).build(), caller);
    return answer().getMembers();
  }

  private static void assertStanding(Answer answer, Standing standing, boolean logged) {
    assertThat(answer.getChanged().getStanding()).as("%s", answer).isEqualTo(standing);
    assertThat(answer.getChanged().getLogged()).as("%s", answer).isEqualTo(logged);
  }

  @Test
  void aChangeSaysWhatTheServerIsAfterIt() throws IOException {
    serve("node-1");
    service.addNonvoter(addition("node-4", 0), caller);
    assertStanding(answer(), Standing.NONVOTER, true);
    assertThat(members().getMembersList())
        .extracting(Member::getId, Member::getVoter)
        .containsExactly(tuple("node-1", true), tuple("node-4", false));
    service.demoteVoter(server("node-4", 0), caller);
    assertStanding(answer(), Standing.NONVOTER, false);
    service.demoteVoter(server("node-3", 0), caller);
    assertStanding(answer(), Standing.NO_MEMBER, false);
    service.removeServer(server("node-4", 0), caller);
    assertStanding(answer(), Standing.NO_MEMBER, true);
    service.demoteVoter(server("node-1", 0), caller);
    assertThat(answer().getFailed().getWhy()).contains("node-1");
  }

  @Test
  void theLeaderTakesASnapshot() throws IOException {
    serve("node-1");
    service.takeSnapshot(Question.newBuilder().setCluster(CLUSTER).build(), caller);
    SnapshotTaken taken = answer().getSnapshotTaken();
    assertThat(taken.getIndex()).isPositive();
    assertThat(taken.getId()).startsWith(taken.getTerm() + "-" + taken.getIndex() + "-");
  }

  @Test
  void aVoterThatIsAddedAsANonvoterElsewhereKeepsItsVote() throws IOException {
    serve("node-1");
    service.addNonvoter(addition("node-1", 0), caller);
    assertStanding(answer(), Standing.VOTER, true);
    assertThat(members().getMembers(0).getAddress()).isEqualTo("127.0.0.1:5126");
  }

  @Test
  void aChangeOfAConfigurationThatIsNoMoreNamesBoth() throws IOException {
    serve("node-1");
    long seen = members().getConfigurationIndex();
    service.addNonvoter(addition("node-4", seen), caller);
    Answer added = answer();
    assertStanding(added, Standing.NONVOTER, true);
    String conflict =
        "the configuration is that of index "
            + added.getChanged().getIndex()
            + " and no longer that of index "
            + seen;
    service.addNonvoter(addition("node-5", seen), caller);
    assertThat(answer().getFailed().getWhy()).isEqualTo(conflict);
    service.addVoter(addition("node-5", seen), caller);
    assertThat(answer().getFailed().getWhy()).isEqualTo(conflict);
    service.demoteVoter(server("node-4", seen), caller);
    assertThat(answer().getFailed().getWhy()).isEqualTo(conflict);
    service.removeServer(server("node-4", seen), caller);
    Failed last = answer().getFailed();
    assertThat(last.getWhy()).isEqualTo(conflict);
    assertThat(last.getPassing()).isFalse();
    assertThat(last.getPerhapsMade()).isFalse();
    assertThat(members().getMembersCount()).isEqualTo(2);
  }

  /** A node that never answers. */
  @Test
  void anAdditionThatDoesNotEndInTimeMayBeMade() throws IOException {
    serve("node-1");
    service.addVoter(addition("node-4", 0), caller);
    Failed failed = answer().getFailed();
    assertThat(failed.getWhy()).contains("node-4 is no voter yet (reached: NONVOTER at ");
    assertThat(failed.getPassing()).isFalse();
    assertThat(failed.getPerhapsMade()).isTrue();
  }

  @Test
  void whoDoesNotLeadSaysSo() throws IOException {
    serve("node-1", "node-2");
    service.demoteVoter(server("node-2", 0), caller);
    assertThat(answer().hasNotLeader()).isTrue();
    service.takeSnapshot(Question.newBuilder().setCluster(CLUSTER).build(), caller);
    assertThat(answer().hasNotLeader()).isTrue();
  }

  @Test
  void whoStartsOrIsOfAnotherClusterRefuses() throws IOException {
    service.demoteVoter(server("node-2", 0), caller);
    serve("node-1");
    service.demoteVoter(server("node-2", 0).toBuilder().setCluster(8).build(), caller);
    assertThat(answers).isEmpty();
    assertThat(errors)
        .extracting(error -> Status.fromThrowable(error).getCode())
        .containsExactly(Status.Code.FAILED_PRECONDITION, Status.Code.PERMISSION_DENIED);
  }

  /** What must not come into the log, for every node would have to live with it. */
  @ParameterizedTest
  @CsvSource({
    "node-4, 127.0.0.1:5126, ",
    "node-9, [::1]:5131, ",
    "node-4, foo, host:port",
    "node-4, foo:0, host:port",
    "node-4, '', host:port",
    "node-10, 127.0.0.1:5126, node-1 to node-9",
    "node-0, 127.0.0.1:5126, node-1 to node-9",
    "n4, 127.0.0.1:5126, node-1 to node-9",
    "'', 127.0.0.1:5126, node-1 to node-9"
  })
  void onlyWhatThisProgramCanUseIsAdded(String id, String address, String problem) {
    if (problem == null) {
      assertThat(OperatorService.unusable(id, address)).isEmpty();
    } else {
      assertThat(OperatorService.unusable(id, address)).get().asString().contains(problem);
    }
  }
}
