package io.raftlessons.replication;

import static io.raftlessons.core.CoreFixture.heartbeat;
import static io.raftlessons.replication.NodeFixture.outcome;
import static io.raftlessons.replication.NodeFixture.readOutcome;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.StepObserver;
import io.raftlessons.wire.Envelope;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a caller of a server sees of reads. */
class ReplicationNodeReadTest {
  private static CompletableFuture<List<String>> read(NodeFixture f) {
    return f.node.read(() -> List.copyOf(f.machine.applied));
  }

  @Test
  void aReadIsConfirmedAndThenAskedOfTheMachine() throws IOException {
    NodeFixture f = new NodeFixture(3).leadSettled();
    f.apply("a");
    f.host.settle();
    f.acknowledge(2);
    f.host.settle();
    CompletableFuture<List<String>> read = read(f);
    CompletableFuture<Long> index = f.node.readIndex();
    CompletableFuture<?> verified = f.node.verifyLeader();
    f.host.settle();
    assertThat(List.of(read, index, verified)).noneMatch(CompletableFuture::isDone);
    f.answerRound();
    f.host.settle();
    assertThat(readOutcome(read)).isEqualTo("[a]");
    assertThat(readOutcome(index)).isEqualTo("2");
    assertThat(readOutcome(verified)).isEqualTo("null");
    assertThat(f.node.stats()).containsEntry("read_rounds", "1");
    assertThat(f.node.stats()).containsEntry("reads_confirmed", "3");
    assertThat(f.store.lastIndex()).as("nothing is written").isEqualTo(2);
  }

  @Test
  void callsThatComeTogetherShareAQuestion() throws IOException {
    NodeFixture f = new NodeFixture(3).leadSettled();
    f.host.sent.clear();
    for (int i = 0; i < 1000; i++) {
      f.node.readIndex();
    }
    f.host.settle();
    assertThat(f.host.sent).extracting(Envelope::getTo).containsExactlyInAnyOrder("s2", "s3");
  }

  /** Confirmed is not enough: the machine may be behind. */
  @Test
  void aConfirmedReadWaitsForTheMachineAndAVerificationDoesNot() throws IOException {
    NodeFixture f = new NodeFixture(3).leadSettled();
    f.apply("a");
    f.host.raft().run();
    f.host.io().run();
    f.host.raft().run();
    f.acknowledge(2);
    CompletableFuture<List<String>> read = read(f);
    CompletableFuture<?> verified = f.node.verifyLeader();
    f.host.raft().run();
    f.answerRound();
    f.host.loop("callbacks").run();
    assertThat(verified).isCompleted();
    assertThat(f.machine.applied).isEmpty();
    assertThat(read).isNotDone();
    f.host.settle();
    assertThat(readOutcome(read)).isEqualTo("[a]");
  }

  @Test
  void aSingleServerReadsByItself() throws IOException {
    NodeFixture f = new NodeFixture(1).lead();
    f.apply("a");
    f.host.settle();
    CompletableFuture<List<String>> read = read(f);
    f.host.settle();
    assertThat(readOutcome(read)).isEqualTo("[a]");
  }

  @Test
  void readsCompleteOnTheCallbacksExecutorOnly() throws IOException {
    NodeFixture f = new NodeFixture(1).lead();
    CompletableFuture<List<String>> read = read(f);
    CompletableFuture<?> verified = f.node.verifyLeader();
    for (int i = 0; i < 5; i++) {
      f.host.raft().run();
      f.host.loop("apply").run();
    }
    assertThat(read).isNotDone();
    assertThat(verified).isNotDone();
    f.host.loop("callbacks").run();
    assertThat(readOutcome(read)).isEqualTo("[]");
    assertThat(verified).isCompleted();
  }

  @Test
  void aFollowerNamesTheLeader() throws IOException {
    NodeFixture f = new NodeFixture(3);
    f.host.deliver(heartbeat("s2", 4));
    CompletableFuture<Long> index = f.node.readIndex();
    CompletableFuture<?> verified = f.node.verifyLeader();
    f.host.settle();
    assertThat(readOutcome(index)).isEqualTo("NotLeader: the leader is s2");
    assertThat(readOutcome(verified)).isEqualTo("NotLeader: the leader is s2");
  }

  @Test
  void losingTheLeadershipFailsWhatIsNotConfirmedAndNothingElse() throws IOException {
    NodeFixture f = new NodeFixture(3).leadSettled();
    CompletableFuture<List<String>> confirmed = read(f);
    f.host.raft().run();
    f.answerRound();
    CompletableFuture<List<String>> open = read(f);
    f.host.raft().run();
    f.host.deliver(heartbeat("s3", f.term() + 1));
    f.host.settle();
    assertThat(readOutcome(open))
        .isEqualTo("LeadershipLost: leadership was lost before the read was confirmed");
    assertThat(readOutcome(confirmed)).isEqualTo("[]");
  }

  @Test
  void shutdownFailsWhoWaitsWhereverAndWhoComesLater() throws IOException {
    ReplicationConfig oneByOne = new ReplicationConfig(100, 100, 100, 100, 100, 100, 1);
    NodeFixture f =
        new NodeFixture(3, oneByOne, StepObserver.NONE, 0, new InmemLogStore()).leadSettled();
    f.apply("a");
    f.apply("b");
    f.host.raft().run();
    f.host.io().run();
    f.host.raft().run();
    f.acknowledge(3);
    CompletableFuture<List<String>> forTheMachine = read(f);
    f.host.raft().run();
    f.answerRound();
    CompletableFuture<List<String>> forARound = read(f);
    f.host.raft().run();
    final CompletableFuture<List<String>> forTheLoop = read(f);
    f.node.shutdown();
    f.host.settle();
    assertThat(f.machine.applied).as("b was never handed out").containsExactly("a");
    CompletableFuture<List<String>> late = read(f);
    f.host.settle();
    for (CompletableFuture<List<String>> read :
        List.of(forTheMachine, forARound, forTheLoop, late)) {
      assertThat(readOutcome(read)).isEqualTo("Shutdown: the server was shut down");
    }
  }

  /** Its machine may hang: those who wait for it are told all the same. */
  @Test
  void shutdownDoesNotWaitForTheMachineToTellReaders() throws IOException {
    NodeFixture f = new NodeFixture(3).leadSettled();
    CompletableFuture<List<String>> confirmed = read(f);
    f.host.raft().run();
    f.answerRound();
    assertThat(f.host.loop("apply").idle()).as("the read is with the machine").isFalse();
    f.node.shutdown();
    f.host.raft().run();
    f.host.loop("callbacks").run();
    assertThat(readOutcome(confirmed)).isEqualTo("Shutdown: the server was shut down");
  }

  @Test
  void behindAMachineThatHangsConfirmedReadsDoNotPileUpWithoutBound() throws IOException {
    NodeFixture f = new NodeFixture(1).lead();
    f.host.settle();
    for (int i = 0; i < 20_000; i++) {
      f.node.readIndex();
    }
    f.host.raft().run();
    CompletableFuture<Long> oneTooMany = f.node.readIndex();
    f.host.raft().run();
    f.host.loop("callbacks").run();
    assertThat(readOutcome(oneTooMany)).isEqualTo("Busy: 20000 reads are not answered yet");
    f.host.settle();
    CompletableFuture<Long> afterwards = f.node.readIndex();
    f.host.settle();
    assertThat(readOutcome(afterwards)).isEqualTo("1");
  }

  @Test
  void aQueryThatThrowsFailsItsCallerAlone() throws IOException {
    NodeFixture f = new NodeFixture(1).lead();
    CompletableFuture<String> broken =
        f.node.read(
            () -> {
              throw new IllegalArgumentException("no such key");
            });
    CompletableFuture<List<String>> read = read(f);
    f.host.settle();
    assertThat(readOutcome(broken)).isEqualTo("IllegalArgumentException: no such key");
    assertThat(readOutcome(read)).isEqualTo("[]");
    assertThat(f.node.failure()).isEmpty();
  }

  @Test
  void aMachineThatThrewIsNotRead() throws IOException {
    NodeFixture f = new NodeFixture(1).lead();
    CompletableFuture<Applied> boom = f.apply("boom");
    f.host.raft().run();
    f.host.io().run();
    CompletableFuture<List<String>> read = read(f);
    f.host.settle();
    assertThat(outcome(boom)).startsWith("Shutdown: ");
    assertThat(readOutcome(read))
        .isEqualTo("Shutdown: the server stopped by itself: the machine is broken");
  }

  @Test
  void behindALoopThatHangsReadersDoNotPileUpWithoutBound() throws IOException {
    NodeFixture f = new NodeFixture(3).leadSettled();
    for (int i = 0; i < 20_000; i++) {
      f.node.readIndex();
    }
    CompletableFuture<Long> oneTooMany = f.node.readIndex();
    assertThat(oneTooMany).isNotDone();
    f.host.loop("callbacks").run();
    assertThat(readOutcome(oneTooMany)).isEqualTo("Busy: too many calls wait to be taken up");
  }
}
