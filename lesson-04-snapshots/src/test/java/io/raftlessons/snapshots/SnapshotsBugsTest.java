package io.raftlessons.snapshots;

import io.raftlessons.course.BugSuite;
import io.raftlessons.sim.SimulationSuite;
import io.raftlessons.snapshots.sim.SnapshotSimulationTest;

class SnapshotsBugsTest extends BugSuite {
  @Override
  protected Class<? extends SimulationSuite> simulation() {
    return SnapshotSimulationTest.class;
  }
}
