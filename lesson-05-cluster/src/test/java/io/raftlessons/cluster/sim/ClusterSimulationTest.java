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
        "call answered",
        "leadership handed over",
        "call failed: TIMEOUT",
        "call failed: UNKNOWN",
        "call failed and surely changed nothing",
        "history: answered",
        "history: failed",
        "history: unknown outcome",
        "history: read answered",
        "history: compare-and-set won",
        "history: compare-and-set lost",
        "history: keys",
        "snapshot of another node");
  }
}
