package io.raftlessons.replication;

import static io.raftlessons.replication.NodeFixture.outcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.core.Electorate;
import io.raftlessons.core.Gate;
import io.raftlessons.core.HandRunHost;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.Role;
import io.raftlessons.core.StepObserver;
import io.raftlessons.election.ReferenceElection;
import io.raftlessons.runtime.InmemStableStore;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * Who waits for a place in the log, how long, and that it is the place only that is waited for. The
 * leader is alone; while its disk stands still nothing is committed, and it has room for two.
 */
class EnqueueTimeoutTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final int MIB = 1 << 20;

  private final HandRunHost host = new HandRunHost(new SplittableRandom(1));
  private final List<String> applied = new ArrayList<>();
  private final Replica replica = leader();
  private final CompletableFuture<Applied> first = replica.apply(command('a'));
  private final CompletableFuture<Applied> second = replica.apply(command('b'));

  private static byte[] command(char name) {
    byte[] command = new byte[100];
    command[0] = (byte) name;
    return command;
  }

  private final class Machine extends TestMachine {
    @Override
    public List<byte[]> apply(List<Command> batch) {
      batch.forEach(c -> applied.add((char) c.data()[0] + "" + c.extensions().length));
      return batch.stream().map(c -> new byte[0]).toList();
    }
  }

  private Replica leader() {
    RaftConfig config = RaftConfig.defaults("s1");
    ReplicationConfig bounds = new ReplicationConfig(MIB, 100, MIB, 300, 1000, MIB, MIB);
    Electorate alone = Electorate.fixed(List.of("s1"));
    Stored stored;
    try {
      stored = Stored.load(new InmemStableStore(), new InmemLogStore(), MIB, entry -> {});
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    Replication replication =
        ReplicationFixture.FACTORY.create(config, bounds, stored.log(), alone, Gate.OPEN, () -> 1);
    Replica made =
        new Replica(
            new Replica.Setup(
                config,
                bounds,
                StepObserver.NONE,
                new ReferenceElection(
                    config, stored.log(), alone, Gate.OPEN, new SplittableRandom(1)),
                replication,
                ReplicationFixture.READS.create(replication, alone, Gate.OPEN),
                List.of()),
            stored,
            new Machine(),
            host);
    made.start();
    while (made.state() != Role.LEADER) {
      host.advance(1);
      host.settle();
    }
    return made;
  }

  private void runRaftLoopOnly() {
    host.raft().run();
    host.loop("callbacks").run();
  }

  @Test
  void whoWaitsGetsAPlaceWhenThereIsOne() {
    CompletableFuture<Applied> impatient = replica.apply(command('x'));
    CompletableFuture<Applied> patient = replica.apply(command('c'), SECOND);
    runRaftLoopOnly();
    assertThat(replica.indexes().lastLogIndex()).isEqualTo(3);
    host.settle();
    assertThat(outcome(first)).isEqualTo("2 ");
    assertThat(outcome(second)).isEqualTo("3 ");
    assertThat(outcome(impatient)).startsWith("Busy");
    assertThat(outcome(patient)).isEqualTo("4 ");
    assertThat(host.raft().alarms()).as("its timer is gone").isLessThanOrEqualTo(1);
  }

  @Test
  void aPlaceThatDoesNotComeInTimeIsNoneForEver() {
    CompletableFuture<Applied> waiting = replica.apply(command('c'), Duration.ofMillis(100));
    host.advance(99);
    host.loop("callbacks").run();
    assertThat(waiting).isNotDone();
    host.advance(1);
    host.settle();
    assertThat(outcome(waiting)).startsWith("EnqueueTimeout");
    assertThat(applied).doesNotContain("c0");
  }

  /** The time is over while nobody looks: it counts all the same. */
  @Test
  void aServerThatStoodStillAppendsNothingAfterIt() {
    host.settle();
    CompletableFuture<Applied> late = replica.apply(command('c'), Duration.ofNanos(1));
    host.advance(1);
    host.settle();
    assertThat(outcome(late)).startsWith("EnqueueTimeout");
    assertThat(applied).containsExactly("a0", "b0");
  }

  @Test
  void theyAreServedInTheOrderInWhichTheyCame() {
    List<CompletableFuture<Applied>> waiting = new ArrayList<>();
    for (char name = 'c'; name <= 'h'; name++) {
      waiting.add(replica.apply(command(name), Duration.ZERO));
    }
    CompletableFuture<Applied> barrier = replica.barrier(SECOND);
    runRaftLoopOnly();
    CompletableFuture<Applied> small = replica.apply(new byte[0]);
    host.settle();
    assertThat(outcome(small)).as("nobody overtakes them").startsWith("Busy");
    assertThat(applied).containsExactly("a0", "b0", "c0", "d0", "e0", "f0", "g0", "h0");
    assertThat(outcome(barrier)).isEqualTo("10 ");
    assertThat(waiting).allMatch(call -> outcome(call).endsWith(" "));
  }

  @Test
  void whoHasAPlaceWaitsForTheOutcome() {
    host.settle();
    CompletableFuture<Applied> taken = replica.apply(command('c'), Duration.ofMillis(1));
    runRaftLoopOnly();
    host.advance(140);
    host.loop("callbacks").run();
    assertThat(taken).isNotDone();
    host.settle();
    assertThat(outcome(taken)).isEqualTo("4 ");
  }

  /** Its disk hangs, so it steps down: there will be no place, and nothing has happened. */
  @Test
  void whoeverWaitsHearsThatThisServerLeadsNoMore() {
    CompletableFuture<Applied> waiting = replica.apply(command('c'), Duration.ZERO);
    host.advance(400);
    host.loop("callbacks").run();
    assertThat(replica.state()).isNotEqualTo(Role.LEADER);
    assertThat(outcome(waiting)).startsWith("NotLeader");
  }

  @Test
  void whoeverWaitsHearsThatTheServerStopped() {
    CompletableFuture<Applied> waiting = replica.apply(command('c'), Duration.ZERO);
    runRaftLoopOnly();
    replica.shutdown();
    host.settle();
    assertThat(outcome(waiting)).startsWith("Shutdown");
  }

  @Test
  void extensionsReachTheMachineAndCountAsBytes() {
    host.settle();
    CompletableFuture<Applied> call = replica.applyLog(command('c'), new byte[7], SECOND);
    CompletableFuture<Applied> large = replica.applyLog(new byte[900], new byte[101], SECOND);
    host.settle();
    assertThat(outcome(call)).isEqualTo("4 ");
    assertThat(applied).endsWith("c7");
    assertThat(outcome(large)).startsWith("TooLarge");
  }

  @Test
  void timeDoesNotRunBackwards() {
    assertThatThrownBy(() -> replica.apply(command('c'), Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
