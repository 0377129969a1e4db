package io.raftlessons.cluster.sim;

import io.raftlessons.sim.Scenario;
import io.raftlessons.sim.SimulationSuite;
import java.util.List;

/** A node without its HTTP in a world of faults. */
public class ClusterSimulationTest extends SimulationSuite {
  @Override
  protected Scenario scenario() {
    return new ClusterScenario();
  }

  @Override
  protected String module() {
    return "lesson-05-cluster";
  }

  @Override
  protected List<String> mustReach() {
    return List.of(
        "election won",
        "entry committed",
        "truncation of one entry",
        "disk: unsynced write torn",
        "call answered",
        "call failed: TIMEOUT",
        "call failed: UNKNOWN",
        "call failed and surely changed nothing",
        "message lost",
        "message doubled",
        "fault: crash of all servers",
        "fault: partition",
        "fault: one-way cut",
        "fault: isolation",
        "fault: pause",
        "fault: hung disk",
        "fault: failing disk",
        "fault: full disk",
        "fault: unreadable disk",
        "disk: failed read",
        "disk: no space");
  }
}
