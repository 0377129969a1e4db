package io.raftlessons.cluster.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.cluster.raft.ReadPolicy;
import io.raftlessons.membership.ReadOptions;
import io.raftlessons.replication.history.Budget;
import io.raftlessons.replication.history.KeyValueModel;
import io.raftlessons.replication.history.Linearizability;
import io.raftlessons.replication.history.Operation;
import io.raftlessons.replication.history.Operation.Kind;
import io.raftlessons.replication.history.Operation.Status;
import io.raftlessons.replication.history.Verdict;
import io.raftlessons.replication.sim.HistoryCheck;
import io.raftlessons.sim.Reach;
import io.raftlessons.sim.SimBatch;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What clients see of nodes whose reads are not the leader's alone, in a world of faults.
 *
 * <p>{@code -Dsim.seed=N} runs one seed, {@code -Dsim.from=N} begins elsewhere, {@code
 * -Dsim.seeds=N} says how many.
 */
class ReadsSimulationTest {
  private static final Logger log = LoggerFactory.getLogger("io.raftlessons.sim.reads");

  /** The world's clocks drift by a thousandth at most, either way. */
  private static final double DRIFT = 0.0021;

  private static final Duration AT_MOST = Duration.ofMillis(200);

  private static Reach run(ClusterScenario scenario, String test) {
    String repeat =
        "./mvnw -q -pl lesson-05-cluster -am test -Dtest=ReadsSimulationTest#"
            + test
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dsim.seed=%d";
    SimBatch batch = new SimBatch(scenario, repeat, log::info);
    Long one = Long.getLong("sim.seed");
    long from = one == null ? Long.getLong("sim.from", 1) : one;
    long seeds = one == null ? Long.getLong("sim.seeds", 100) : 1;
    SimBatch.Result result = batch.run(from, seeds, 0, System::nanoTime);
    log.info("{}: {}", scenario.name(), result);
    return result.reach();
  }

  private static void assertReached(Reach reach, String counter) {
    if (Long.getLong("sim.seed") == null) {
      assertThat(reach.of(counter)).as(counter).isPositive();
    }
  }

  @Test
  void byLease() {
    ReadOptions options = ReadOptions.withLeases(DRIFT);
    Reach reach =
        run(
            new ClusterScenario("cluster-lease", ReadPolicy.LEASE, options, HistoryCheck::check),
            "byLease");
    assertReached(reach, "read by lease");
    assertReached(reach, "history: read answered");
    assertReached(reach, "leadership handed over");
  }

  @Test
  void byFollowers() {
    Reach reach =
        run(
            new ClusterScenario(
                "cluster-follower", ReadPolicy.FOLLOWER, ReadOptions.DEFAULTS, HistoryCheck::check),
            "byFollowers");
    assertReached(reach, "read by the leader's word");
    assertReached(reach, "history: read answered");
    assertReached(reach, "leadership handed over");
  }

  @Test
  void staleButNotTooStale() {
    Reach reach =
        run(
            new ClusterScenario(
                "cluster-stale",
                ReadPolicy.stale(AT_MOST),
                ReadOptions.DEFAULTS,
                ReadsSimulationTest::checkBounded),
            "staleButNotTooStale");
    assertReached(reach, "read that was stale at once");
    assertReached(reach, "read by the leader's word");
    assertReached(reach, "not linearizable");
  }

  /**
   * A read that sees all that was answered {@link #AT_MOST} before it is one that began so much
   * earlier. It is also checked that it need not see more: else the bound would not be tested.
   */
  private static void checkBounded(List<Operation> history, Reach reach) {
    long bound = (long) (AT_MOST.toNanos() * (1 + DRIFT));
    List<Operation> earlier =
        history.stream().map(operation -> begunEarlier(operation, bound)).toList();
    HistoryCheck.check(earlier, reach);
    Budget budget = Budget.ofSteps(1_000_000);
    Verdict verdict = Linearizability.check(history, new KeyValueModel(), budget);
    if (verdict.outcome() == Verdict.Outcome.VIOLATION) {
      reach.count("not linearizable");
    }
  }

  private static Operation begunEarlier(Operation of, long nanos) {
    return of.kind() == Kind.GET && of.status() == Status.OK
        ? new Operation(
            of.client(),
            of.kind(),
            of.key(),
            of.expect(),
            of.value(),
            of.output(),
            Math.max(0, of.callNanos() - nanos),
            of.returnNanos(),
            of.status())
        : of;
  }
}
