package io.raftlessons.replication;

import static io.raftlessons.core.CoreFixture.heartbeat;
import static io.raftlessons.replication.NodeFixture.outcome;
import static io.raftlessons.replication.ReplicationFixture.appendEntries;
import static io.raftlessons.replication.ReplicationFixture.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.Role;
import io.raftlessons.core.StepObserver;
import io.raftlessons.course.Bugs;
import io.raftlessons.course.Exercise;
import io.raftlessons.course.Points;
import io.raftlessons.course.Rule;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.Envelope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a caller of a server sees. */
class ReplicationNodeTest {
  private static final int MIB = 1 << 20;

  private static ReplicationConfig bounds(int uncommitted, int entry, int cached) {
    return new ReplicationConfig(MIB, 100, MIB, uncommitted, entry, cached, MIB);
  }

  private static NodeFixture node(int servers, ReplicationConfig bounds) throws IOException {
    return new NodeFixture(servers, bounds, StepObserver.NONE, 0, new InmemLogStore());
  }

  @Points(2)
  @Exercise("2.1")
  @Rule("LD-2")
  @Bugs("R10-early")
  @Test
  void applyGivesTheIndexAndTheMachinesAnswer() throws IOException {
    NodeFixture f = new NodeFixture(3).leadSettled();
    CompletableFuture<Applied> a = f.apply("a");
    CompletableFuture<Applied> b = f.apply("b");
    f.host.settle();
    assertThat(a).as("not committed yet").isNotDone();
    assertThat(f.machine.applied).isEmpty();
    f.acknowledge(2);
    f.host.settle();
    assertThat(outcome(a)).isEqualTo("2 A");
    assertThat(b).isNotDone();
    f.acknowledge(3);
    f.host.settle();
    assertThat(outcome(b)).isEqualTo("3 B");
    assertThat(f.machine.applied).containsExactly("a", "b");
  }

  @Test
  void aSingleServerAppliesByItself() throws IOException {
    NodeFixture f = new NodeFixture(1).lead();
    CompletableFuture<Applied> a = f.apply("a");
    f.host.settle();
    assertThat(outcome(a)).isEqualTo("2 A");
  }

  @Test
  void theCommandIsTakenAsItIsAtTheCall() throws IOException {
    NodeFixture f = new NodeFixture(1).lead();
    byte[] command = {'a'};
    f.node.apply(command);
    command[0] = 'x';
    f.host.settle();
    assertThat(f.machine.applied).containsExactly("a");
  }

  @Test
  void aBarrierCompletesBehindWhatWasProposedBefore() throws IOException {
    NodeFixture f = new NodeFixture(3).leadSettled();
    List<String> order = new ArrayList<>();
    CompletableFuture<Applied> a = f.apply("a");
    CompletableFuture<Applied> barrier = f.node.barrier();
    a.thenRun(() -> order.add("a"));
    barrier.thenRun(() -> order.add("barrier"));
    f.host.settle();
    f.acknowledge(3);
    f.host.settle();
    assertThat(order).containsExactly("a", "barrier");
    assertThat(outcome(barrier)).isEqualTo("3 ");
    assertThat(f.machine.applied).as("the machine sees commands only").containsExactly("a");
  }

  /** A thousand callers, one sync and one message to each follower. */
  @Test
  void callsThatComeTogetherMakeOneMessage() throws IOException {
    NodeFixture f = new NodeFixture(3).leadSettled();
    f.host.sent.clear();
    for (int i = 0; i < 1000; i++) {
      f.apply("x");
    }
    f.host.settle();
    List<Envelope> toS2 = f.host.sent.stream().filter(m -> m.getTo().equals("s2")).toList();
    assertThat(toS2).hasSize(1);
    assertThat(toS2.get(0).getAppendEntries().getEntriesCount()).isEqualTo(1000);
    assertThat(f.store.lastIndex()).isEqualTo(1001);
  }

  @Test
  void aFollowerNamesTheLeader() throws IOException {
    NodeFixture f = new NodeFixture(3);
    CompletableFuture<Applied> first = f.apply("a");
    f.host.settle();
    assertThat(outcome(first)).isEqualTo("NotLeader: not the leader, and none is known");
    f.host.deliver(heartbeat("s2", 4));
    CompletableFuture<Applied> second = f.apply("a");
    f.host.settle();
    assertThat(outcome(second)).isEqualTo("NotLeader: the leader is s2");
    assertThat(second.handle((a, e) -> ((RaftException.NotLeader) e).leader()).getNow(""))
        .isEqualTo("s2");
  }

  @Test
  void whatIsTooLargeOrTooMuchIsRefused() throws IOException {
    NodeFixture f = node(3, bounds(60, 40, MIB)).leadSettled();
    CompletableFuture<Applied> large = f.node.apply(new byte[41]);
    CompletableFuture<Applied> fits = f.node.apply(new byte[40]);
    CompletableFuture<Applied> busy = f.node.apply(new byte[40]);
    f.host.settle();
    assertThat(outcome(large)).startsWith("TooLarge: a command of 41 bytes; at most 40");
    assertThat(outcome(busy)).startsWith("Busy: ").endsWith("bytes are not committed yet");
    assertThat(fits).isNotDone();
  }

  @Test
  void behindALoopThatHangsCallersDoNotPileUpWithoutBound() throws IOException {
    NodeFixture f = new NodeFixture(3).leadSettled();
    for (int i = 0; i < 20_000; i++) {
      f.apply("x");
    }
    CompletableFuture<Applied> oneTooMany = f.apply("x");
    assertThat(oneTooMany).as("no future completes on its caller's thread").isNotDone();
    f.host.loop("callbacks").run();
    assertThat(outcome(oneTooMany)).isEqualTo("Busy: too many calls wait to be taken up");
    f.host.raft().run();
    CompletableFuture<Applied> next = f.apply("x");
    assertThat(next).as("there is room again").isNotDone();
  }

  /** R14 of the seams: what is committed will be applied, so its caller only has to wait. */
  @Test
  void losingTheLeadershipFailsOnlyWhatIsNotCommitted() throws IOException {
    NodeFixture f = new NodeFixture(3).leadSettled();
    CompletableFuture<Applied> committed = f.apply("committed");
    final CompletableFuture<Applied> open = f.apply("open");
    f.host.raft().run();
    f.host.io().run();
    f.host.raft().run();
    f.acknowledge(2);
    f.host.deliver(heartbeat("s3", f.term() + 1));
    f.host.loop("callbacks").run();
    assertThat(outcome(open))
        .isEqualTo(
            "LeadershipLost: leadership was lost before the entry was committed: its outcome is"
                + " unknown");
    assertThat(committed).isNotDone();
    f.host.settle();
    assertThat(outcome(committed)).isEqualTo("2 COMMITTED");
  }

  /** R10: in one message the entry is replaced and its index committed. */
  @Test
  void anotherLeadersEntryInTheSamePlaceIsNoAnswer() throws IOException {
    NodeFixture f = new NodeFixture(3).leadSettled();
    CompletableFuture<Applied> lost = f.apply("lost");
    f.host.settle();
    long term = f.term();
    f.host.deliver(appendEntries("s3", term + 1, 1, term, 2, List.of(entry(2, term + 1))));
    f.host.settle();
    assertThat(f.machine.applied).containsExactly("2:" + (term + 1));
    assertThat(outcome(lost)).startsWith("LeadershipLost: ");
  }

  @Test
  void futuresCompleteOnTheCallbacksExecutorOnly() throws IOException {
    NodeFixture f = new NodeFixture(1).lead();
    CompletableFuture<Applied> a = f.apply("a");
    for (int i = 0; i < 5; i++) {
      f.host.raft().run();
      f.host.io().run();
      f.host.loop("apply").run();
    }
    assertThat(f.machine.applied).containsExactly("a");
    assertThat(a).isNotDone();
    f.host.loop("callbacks").run();
    assertThat(outcome(a)).isEqualTo("2 A");
  }

  @Test
  void shutdownFailsWhoWaitsAndWhoComesLater() throws IOException {
    NodeFixture f = new NodeFixture(3).leadSettled();
    CompletableFuture<Applied> appended = f.apply("a");
    f.host.settle();
    CompletableFuture<Applied> waiting = f.apply("b");
    CompletableFuture<?> stopped = f.node.shutdown();
    f.host.settle();
    assertThat(outcome(appended)).isEqualTo("Shutdown: the server was shut down");
    assertThat(waiting).isCompletedExceptionally();
    assertThat(stopped).isCompleted();
    CompletableFuture<Applied> late = f.apply("c");
    f.host.settle();
    assertThat(outcome(late)).isEqualTo("Shutdown: the server was shut down");
    assertThat(f.node.state()).isEqualTo(Role.FOLLOWER);
    assertThat(f.node.failure()).isEmpty();
    f.host.sent.clear();
    f.host.advance(1000);
    f.host.settle();
    assertThat(f.host.sent).isEmpty();
  }

  @Test
  void aMachineThatThrowsStopsTheServer() throws IOException {
    NodeFixture f = new NodeFixture(1).lead();
    CompletableFuture<Applied> boom = f.apply("boom");
    f.host.raft().run();
    CompletableFuture<Applied> next = f.apply("next");
    f.host.settle();
    assertThat(f.node.failure()).get().asString().contains("the machine is broken");
    assertThat(outcome(boom))
        .isEqualTo("Shutdown: the server stopped by itself: the machine is broken");
    assertThat(outcome(next)).startsWith("Shutdown: ");
    assertThat(f.machine.applied).as("nothing behind it is applied").isEmpty();
    assertThat(f.node.state()).isEqualTo(Role.FOLLOWER);
    assertThat(f.host.raft().alarms()).isZero();
  }

  /** Whoever calls while the server finds out that it must stop is answered all the same. */
  @Test
  void aCallInTheStepThatFailsIsAnswered() throws IOException {
    StepObserver strict =
        (core, input, effects) -> {
          if (input.equals("hung sync")) {
            throw new IllegalStateException("the disk hangs");
          }
        };
    NodeFixture f =
        new NodeFixture(3, ReplicationConfig.defaults(), strict, 0, new InmemLogStore());
    f.leadSettled();
    f.host.advance(25);
    f.apply("the disk hangs with this");
    f.host.raft().run();
    f.host.advance(149);
    assertThat(f.node.failure()).isEmpty();
    CompletableFuture<Applied> call = f.apply("a");
    f.host.advance(1);
    f.host.loop("callbacks").run();
    assertThat(f.node.failure()).isPresent();
    assertThat(outcome(call)).startsWith("Shutdown: the server stopped by itself");
  }

  /** Else a machine that waits for these entries would wait for ever. */
  @Test
  void aStoreThatBreaksWhileItIsReadStopsTheServer() throws IOException {
    InmemLogStore stored = new InmemLogStore();
    stored.write(1, List.of(entry(1, 1), entry(2, 1)));
    BrokenStore store = new BrokenStore(stored);
    NodeFixture f = new NodeFixture(1, bounds(MIB, MIB, 1), StepObserver.NONE, 1, store);
    store.broken = true;
    f.host.advance(300);
    f.host.settle();
    assertThat(f.node.failure()).get().asString().contains("the index is broken");
  }

  private static final class BrokenStore implements LogStore {
    private final LogStore store;
    boolean broken;

    BrokenStore(LogStore store) {
      this.store = store;
    }

    @Override
    public long firstIndex() throws IOException {
      return store.firstIndex();
    }

    @Override
    public long lastIndex() throws IOException {
      return store.lastIndex();
    }

    @Override
    public List<Entry> read(long from, long maxBytes) throws IOException {
      if (broken) {
        throw new IllegalStateException("the index is broken");
      }
      return store.read(from, maxBytes);
    }

    @Override
    public void write(long from, List<Entry> entries) throws IOException {
      store.write(from, entries);
    }

    @Override
    public void sync() throws IOException {
      store.sync();
    }

    @Override
    public void deletePrefix(long index) throws IOException {
      store.deletePrefix(index);
    }

    @Override
    public void close() throws IOException {
      store.close();
    }
  }
}
