package io.raftlessons.replication;

import static io.raftlessons.replication.NodeFixture.bytes;
import static io.raftlessons.replication.NodeFixture.outcome;
import static io.raftlessons.replication.NodeFixture.readOutcome;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.Effect;
import io.raftlessons.core.Electorate;
import io.raftlessons.core.Gate;
import io.raftlessons.core.HandRunHost;
import io.raftlessons.core.Part;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.Role;
import io.raftlessons.core.Step;
import io.raftlessons.core.StepObserver;
import io.raftlessons.election.ReferenceElection;
import io.raftlessons.replication.ReadEffect.ReadReady;
import io.raftlessons.runtime.InmemStableStore;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What later lessons add to a replica: a part, its effects, its calls and its reads. */
class ReplicaTest {
  private record Greeted(String whom) implements Effect {}

  /** A later lesson's part. */
  private static final class Greeter implements Part {
    private final List<Step> steps = new ArrayList<>();

    @Override
    public Set<BodyCase> handles() {
      return EnumSet.noneOf(BodyCase.class);
    }

    @Override
    public void onMessage(Step step, Envelope message) {
      throw new IllegalArgumentException("not mine: " + message.getBodyCase());
    }

    void greet(Step step, String whom) {
      steps.add(step);
      step.emit(new Greeted(whom));
    }

    @Override
    public void describe(StringBuilder text) {
      text.append(" greeter");
    }
  }

  private final HandRunHost host = new HandRunHost(new SplittableRandom(1));
  private final NodeFixture.CapitalsMachine machine = new NodeFixture.CapitalsMachine();
  private final Greeter greeter = new Greeter();
  private final List<String> greeted = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();
  private final List<String> stops = new ArrayList<>();
  private String described = "";
  private final Replica replica = replica();

  private Replica replica() {
    RaftConfig config = RaftConfig.defaults("s1");
    ReplicationConfig bounds = ReplicationConfig.defaults();
    Electorate electorate = Electorate.fixed(List.of("s1"));
    Stored stored = stored();
    Replication replication =
        ReplicationFixture.FACTORY.create(
            config, bounds, stored.log(), electorate, Gate.OPEN, () -> 1);
    StepObserver observer = (core, input, effects) -> described = core.describe();
    Replica made =
        new Replica(
            new Replica.Setup(
                config,
                bounds,
                observer,
                new ReferenceElection(
                    config, stored.log(), electorate, Gate.OPEN, new SplittableRandom(1)),
                replication,
                ReplicationFixture.READS.create(replication, electorate, Gate.OPEN),
                List.of(greeter)),
            stored,
            machine,
            host);
    made.on(Greeted.class, effect -> greeted.add(effect.whom()));
    made.onStop(why -> stops.add(why.getClass().getSimpleName() + ": " + why.getMessage()));
    return made;
  }

  private static Stored stored() {
    try {
      return Stored.load(new InmemStableStore(), new InmemLogStore(), 1000, entry -> {});
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void lead() {
    replica.start();
    while (replica.state() != Role.LEADER) {
      host.advance(1);
      host.settle();
    }
  }

  private void greet(String whom) {
    replica.call(
        step -> greeter.greet(step, whom),
        why -> refused.add(whom + ": " + why.getClass().getSimpleName()));
  }

  @Test
  void nothingRunsBeforeTheStart() {
    host.advance(1_000);
    assertThat(host.sent).isEmpty();
    assertThat(replica.state()).isEqualTo(Role.FOLLOWER);
  }

  @Test
  void furtherPartsComeAfterTheOthers() {
    lead();
    assertThat(described).endsWith(" greeter");
  }

  @Test
  void callsThatWaitAreMadeInOneStepWithTheProposals() {
    lead();
    CompletableFuture<Applied> a = replica.apply(bytes("a"));
    greet("b");
    CompletableFuture<Applied> c = replica.apply(bytes("c"));
    greet("d");
    host.settle();
    assertThat(greeted).containsExactly("b", "d");
    assertThat(greeter.steps.get(1)).isSameAs(greeter.steps.get(0));
    assertThat(outcome(a)).isEqualTo("2 A");
    assertThat(outcome(c)).isEqualTo("3 C");
    assertThat(refused).isEmpty();
  }

  @Test
  void callsAreBounded() {
    lead();
    for (int i = 0; i <= 20_000; i++) {
      greet("n" + i);
    }
    assertThat(refused).as("on the callbacks executor only").isEmpty();
    host.settle();
    assertThat(greeted).hasSize(20_000);
    assertThat(refused).containsExactly("n20000: Busy");
  }

  /** Those that wait, and those that come later; not those that were made before. */
  @Test
  void aServerThatStopsRefusesCallsAndSaysSoOnce() {
    lead();
    greet("a");
    host.settle();
    replica.shutdown();
    replica.shutdown();
    greet("b");
    host.settle();
    greet("c");
    host.settle();
    assertThat(greeted).containsExactly("a");
    assertThat(refused).containsExactly("b: Shutdown", "c: Shutdown");
    assertThat(stops).containsExactly("Shutdown: the server was shut down");
  }

  @Test
  void aServerThatStopsByItselfSaysWhy() {
    lead();
    replica.apply(bytes("boom"));
    host.settle();
    assertThat(stops)
        .containsExactly("Shutdown: the server stopped by itself: the machine is broken");
  }

  @Test
  void aReadIsAskedAsTheLessonWants() {
    lead();
    Replica.ReadRequest tooEarly = (step, id) -> step.emit(new ReadReady(id, 2));
    CompletableFuture<Long> index = replica.readIndex(tooEarly);
    CompletableFuture<Integer> query = replica.read(tooEarly, machine.applied::size);
    CompletableFuture<Integer> old =
        replica.read((step, id) -> step.emit(new ReadReady(id, 1)), machine.applied::size);
    host.settle();
    assertThat(readOutcome(old)).isEqualTo("0");
    assertThat(index).as("entry 2 is not there yet").isNotDone();
    replica.apply(bytes("a"));
    host.settle();
    assertThat(readOutcome(index)).isEqualTo("2");
    assertThat(readOutcome(query)).isEqualTo("1");
  }

  @Test
  void whoWaitsForAReadOfALaterLessonIsToldThatTheServerStopped() {
    lead();
    CompletableFuture<Long> index = replica.readIndex((step, id) -> {});
    host.settle();
    replica.shutdown();
    host.settle();
    assertThat(readOutcome(index)).isEqualTo("Shutdown: the server was shut down");
  }

  @Test
  void eachRefusalOfAProposalHasItsException() {
    assertThat(exception(Proposal.Reason.NOT_LEADER)).isEqualTo("NotLeader: the leader is s2");
    assertThat(exception(Proposal.Reason.BUSY)).isEqualTo("Busy: why");
    assertThat(exception(Proposal.Reason.TRANSFERRING)).isEqualTo("TransferInProgress: why");
    assertThat(exception(Proposal.Reason.TOO_LARGE)).isEqualTo("TooLarge: why");
  }

  private static String exception(Proposal.Reason reason) {
    RaftException e = RaftException.of(new Proposal.Refused(reason, "why", "s2"));
    return e.getClass().getSimpleName() + ": " + e.getMessage();
  }
}
