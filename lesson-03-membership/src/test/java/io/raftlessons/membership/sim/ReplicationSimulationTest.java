package io.raftlessons.membership.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.StepObserver;
import io.raftlessons.election.ElectionParts;
import io.raftlessons.membership.Configurations;
import io.raftlessons.membership.MembershipNode;
import io.raftlessons.membership.MembershipParts;
import io.raftlessons.membership.ReadLevel;
import io.raftlessons.membership.ReadOptions;
import io.raftlessons.replication.ReplicationConfig;
import io.raftlessons.replication.ReplicationParts;
import io.raftlessons.replication.StateMachine;
import io.raftlessons.replication.sim.ReplicationScenario;
import io.raftlessons.replication.sim.SimServer;
import io.raftlessons.replication.sim.SimStores;
import io.raftlessons.sim.Reach;
import io.raftlessons.sim.SimBatch;
import io.raftlessons.sim.SimHost;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lesson 2's world on the servers of this lesson, in a group that stays as it is. */
class ReplicationSimulationTest {
  private static final String REPEAT =
      "./mvnw -q -pl lesson-03-membership -am test -Dtest=ReplicationSimulationTest"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Dsim.from=%d -Dsim.seeds=1";

  private static final class Servers implements ReplicationScenario.Servers {
    @Override
    public void prepare(SimStores.Opened stores, List<String> voters) throws IOException {
      if (!MembershipNode.hasExistingState(stores.stable(), stores.log())) {
        MembershipNode.bootstrapCluster(
            stores.stable(), stores.log(), Configurations.ofVoters(voters));
      }
    }

    @Override
    public SimServer start(
        RaftConfig config,
        ReplicationConfig bounds,
        List<String> voters,
        SimStores.Opened stores,
        StateMachine machine,
        SimHost host,
        StepObserver observer)
        throws IOException {
      MembershipNode.Setup setup =
          new MembershipNode.Setup(
              config,
              bounds,
              ElectionParts.ELECTION,
              ReplicationParts.REPLICATION,
              MembershipParts.READS,
              ReadOptions.DEFAULTS,
              MembershipParts.MEMBERSHIP,
              observer);
      return new MembershipServer(
          MembershipNode.start(setup, stores.stable(), stores.log(), machine, host),
          ReadLevel.LINEARIZABLE);
    }
  }

  @Test
  void aShareOfTheSeeds() {
    long from = Long.getLong("sim.from", 1);
    long seeds = Long.getLong("sim.seeds", 60);
    SimBatch.Result result =
        new SimBatch(new ReplicationScenario(new Servers()), REPEAT, line -> {})
            .run(from, seeds, 0, System::nanoTime);
    Reach reach = result.reach();
    if (seeds >= 60) {
      assertThat(reach.of("election won")).isGreaterThan(100);
      assertThat(reach.of("write acknowledged")).isGreaterThan(3_000);
      assertThat(reach.of("read confirmed")).isGreaterThan(500);
    }
  }
}
