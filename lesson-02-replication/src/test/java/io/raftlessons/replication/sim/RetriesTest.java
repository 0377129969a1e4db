package io.raftlessons.replication.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.election.ElectionParts;
import io.raftlessons.replication.ReplicationParts;
import io.raftlessons.sim.Reach;
import io.raftlessons.sim.SimBatch;
import org.junit.jupiter.api.Test;

/** Clients that do not know what became of a call make it again (thesis section 6.3). */
class RetriesTest {
  @Test
  void aCallThatIsMadeAgainTakesEffectOnce() {
    ReplicationScenario scenario =
        new ReplicationScenario(
            ElectionParts.ELECTION, ReplicationParts.REPLICATION, ReplicationParts.READS);
    Reach reach =
        new SimBatch(scenario, "seed %d", line -> {}).run(1, 30, 0, System::nanoTime).reach();
    assertThat(reach.of("call made again")).isGreaterThan(500);
    assertThat(reach.of("history: answered")).isGreaterThan(2_000);
  }
}
