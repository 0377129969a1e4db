package io.raftlessons.cluster;

import io.raftlessons.cluster.sim.ClusterSimulationTest;
import io.raftlessons.course.BugSuite;
import io.raftlessons.sim.SimulationSuite;

class ClusterBugsTest extends BugSuite {
  @Override
  protected Class<? extends SimulationSuite> simulation() {
    return ClusterSimulationTest.class;
  }
}
