package io.raftlessons.snapshots.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.StepObserver;
import io.raftlessons.election.ElectionParts;
import io.raftlessons.membership.Configurations;
import io.raftlessons.membership.MembershipNode;
import io.raftlessons.membership.MembershipParts;
import io.raftlessons.membership.ReadLevel;
import io.raftlessons.membership.ReadOptions;
import io.raftlessons.membership.sim.MembershipScenario;
import io.raftlessons.membership.sim.SimGroup;
import io.raftlessons.replication.ReplicationConfig;
import io.raftlessons.replication.ReplicationParts;
import io.raftlessons.replication.StateMachine;
import io.raftlessons.replication.sim.ReplicationScenario;
import io.raftlessons.replication.sim.SimServer;
import io.raftlessons.replication.sim.SimStores;
import io.raftlessons.sim.Reach;
import io.raftlessons.sim.Scenario;
import io.raftlessons.sim.SimBatch;
import io.raftlessons.sim.SimHost;
import io.raftlessons.snapshots.FileSnapshotStore;
import io.raftlessons.snapshots.Raft;
import io.raftlessons.snapshots.SnapshotConfig;
import io.raftlessons.snapshots.SnapshotParts;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The worlds of lessons 2 and 3 on the servers of this lesson, which take no snapshots there. */
class EarlierLessonsTest {
  private static final long SEEDS = 30;
  private static final String REPEAT =
      "./mvnw -q -pl lesson-04-snapshots -am test -Dtest=EarlierLessonsTest#%s"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Dsim.from=%%d -Dsim.seeds=1";

  private static Raft raft(
      RaftConfig config,
      ReplicationConfig bounds,
      ReadOptions readOptions,
      SimStores.Opened stores,
      StateMachine machine,
      SimHost host,
      StepObserver observer)
      throws IOException {
    Raft.Setup setup =
        new Raft.Setup(
            config,
            bounds,
            SnapshotConfig.defaults(),
            ElectionParts.ELECTION,
            ReplicationParts.REPLICATION,
            MembershipParts.READS,
            readOptions,
            MembershipParts.MEMBERSHIP,
            SnapshotParts.SNAPSHOTS,
            observer);
    FileSnapshotStore snapshots =
        FileSnapshotStore.open(
            host.disk(), host::wallClockMillis, FileSnapshotStore.Options.defaults(""));
    return Raft.create(setup, machine, stores.log(), stores.stable(), snapshots, host);
  }

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
      return new RaftServer(
          raft(config, bounds, ReadOptions.DEFAULTS, stores, machine, host, observer),
          ReadLevel.LINEARIZABLE);
    }
  }

  private static SimGroup group(SimGroup.Setting setting) {
    return (host, stores, machine, observer) -> {
      setting.starts(host, stores, 0);
      RaftConfig config = RaftConfig.defaults(host.id());
      Raft raft =
          raft(config, setting.bounds(), setting.readOptions(), stores, machine, host, observer);
      return new RaftServer(raft, setting.readLevel());
    };
  }

  private static Reach run(String test, Scenario scenario) {
    return new SimBatch(scenario, String.format(REPEAT, test), line -> {})
        .run(Long.getLong("sim.from", 1), Long.getLong("sim.seeds", SEEDS), 0, System::nanoTime)
        .reach();
  }

  @Test
  void replication() {
    Reach reach = run("replication", new ReplicationScenario(new Servers()));
    if (Long.getLong("sim.seeds", SEEDS) >= SEEDS) {
      assertThat(reach.of("election won")).isGreaterThan(50);
      assertThat(reach.of("write acknowledged")).isGreaterThan(1_500);
      assertThat(reach.of("read confirmed")).isGreaterThan(250);
    }
  }

  @Test
  void membership() {
    Reach reach =
        run("membership", new MembershipScenario("membership", EarlierLessonsTest::group));
    if (Long.getLong("sim.seeds", SEEDS) >= SEEDS) {
      assertThat(reach.of("election won")).isGreaterThan(50);
      assertThat(reach.of("write acknowledged")).isGreaterThan(1_500);
      assertThat(reach.of("change done")).isGreaterThan(50);
    }
  }
}
