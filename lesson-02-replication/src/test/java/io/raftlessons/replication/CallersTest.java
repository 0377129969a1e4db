package io.raftlessons.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.HandRunHost;
import io.raftlessons.core.Step;
import io.raftlessons.runtime.EventLoop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class CallersTest {
  private final HandRunHost host = new HandRunHost(new SplittableRandom(1));
  private final ReplicationFixture server = ReplicationFixture.group(1).start();
  private final List<String> made = new ArrayList<>();
  private final Callers callers;
  private int steps;

  CallersTest() throws IOException {
    EventLoop raft = host.loop("raft");
    Applier applier =
        new Applier(
            host.loop("apply"), new NodeFixture.CapitalsMachine(), batch -> {}, cause -> {});
    callers =
        new Callers(
            raft,
            host.callbacks(),
            this::step,
            server.replication,
            ReplicationConfig.defaults(),
            new ReadCalls(raft, applier, host.callbacks(), CallersTest::stopped),
            CallersTest::stopped);
  }

  private static RaftException stopped() {
    return new RaftException.Shutdown("stopped");
  }

  private void call(String name) {
    callers.call(step -> made.add(steps + " " + name), why -> made.add(name + ": " + why));
  }

  /** Between the clock and the calls the thread stands still, and somebody calls. */
  private void step(Consumer<Step> calls) {
    if (steps++ == 0) {
      call("late");
    }
    server.step(calls);
  }

  /** B17: by the clock of that step a lease may hold that has ended when the call comes. */
  @Test
  void aCallThatComesAfterTheClockWasAskedIsForTheNextStep() {
    call("early");
    host.settle();
    assertThat(made).containsExactly("1 early", "2 late");
  }
}
