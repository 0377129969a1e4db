package io.raftlessons.replication;

import io.raftlessons.course.BugSuite;
import io.raftlessons.replication.sim.ReplicationSimulationTest;
import io.raftlessons.sim.SimulationSuite;

class ReplicationBugsTest extends BugSuite {
  @Override
  protected Class<? extends SimulationSuite> simulation() {
    return ReplicationSimulationTest.class;
  }
}
