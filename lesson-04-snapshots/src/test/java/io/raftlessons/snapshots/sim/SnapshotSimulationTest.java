package io.raftlessons.snapshots.sim;

import io.raftlessons.sim.Scenario;
import io.raftlessons.sim.SimulationSuite;
import java.util.List;

/** Lesson 4 in a world of faults. */
public class SnapshotSimulationTest extends SimulationSuite {
  @Override
  protected Scenario scenario() {
    return new SnapshotScenario(SnapshotScenario.Parts.reference());
  }

  @Override
  protected String module() {
    return "lesson-04-snapshots";
  }

  @Override
  protected List<String> mustReach() {
    return List.of();
  }
}
