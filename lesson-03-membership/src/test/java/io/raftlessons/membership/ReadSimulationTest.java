package io.raftlessons.membership;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.sim.SimBatch;
import io.raftlessons.sim.Violation;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leases in a world whose clocks drift: safe up to the bound, and not beyond.
 *
 * <p>{@code -Dsim.seed=N} runs one seed, {@code -Dsim.from=N} begins elsewhere, {@code
 * -Dsim.seeds=N} says how many.
 */
class ReadSimulationTest {
  private static final Logger log = LoggerFactory.getLogger("io.raftlessons.sim.reads");
  private static final String REPEAT =
      "./mvnw -q -pl lesson-03-membership -am test -Dtest=ReadSimulationTest#withinTheBound"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Dsim.seed=%d";

  @Test
  void withinTheBound() {
    SimBatch batch = new SimBatch(ReadScenario.withinTheBound(), REPEAT, log::info);
    Long one = Long.getLong("sim.seed");
    if (one != null) {
      log.info("{}", batch.run(one, 1, 0, System::nanoTime));
      return;
    }
    SimBatch.Result result =
        batch.run(Long.getLong("sim.from", 1), Long.getLong("sim.seeds", 60), 0, System::nanoTime);
    log.info("{}", result);
    for (String counter :
        new String[] {
          "read by lease",
          "read by the leader's word",
          "read that was stale at once",
          "Linearizable read",
          "Linearizable read failed: NotLeader",
          "Linearizable read failed: LeadershipLost",
          "Lease read failed: LeadershipLost",
          "hand-over",
          "leader cut off",
          "fault: pause",
        }) {
      assertThat(result.reach().of(counter)).as(counter).isPositive();
    }
    assertThat(result.reach().of("read by lease")).isGreaterThan(50 * result.seeds());
  }

  /** What the margin is for. If nobody saw this, the test above would say little. */
  @Test
  void beyondTheBoundStaleLeaseReadsAreSeen() {
    ReadScenario scenario = ReadScenario.beyondTheBound();
    Violation seen = null;
    for (long seed = 1; seed <= 150 && seen == null; seed++) {
      try {
        scenario.prepare(seed).play();
      } catch (Violation broken) {
        System.out.println("seed " + seed + ": " + broken.getMessage());
        seen = broken;
      }
    }
    assertThat(requireNonNull(seen).rule()).isEqualTo("LeaseRead");
  }
}
