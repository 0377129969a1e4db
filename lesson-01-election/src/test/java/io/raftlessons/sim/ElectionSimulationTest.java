package io.raftlessons.sim;

import io.raftlessons.election.ReferenceElection;
import java.util.List;

/** Lesson 1 in a world of faults. */
public class ElectionSimulationTest extends SimulationSuite {
  @Override
  protected Scenario scenario() {
    return new ElectionScenario(ReferenceElection::new);
  }

  @Override
  protected String module() {
    return "lesson-01-election";
  }

  @Override
  protected List<String> mustReach() {
    return List.of(
        "election won",
        "two candidates in a term",
        "leader stepped down in its own term",
        "vote refused",
        "message lost",
        "message cut off",
        "message doubled",
        "message overtook another",
        "crash in the middle of a disk operation",
        "server stopped by a failing disk",
        "disk: unsynced write lost",
        "disk: unsynced write torn",
        "disk: unsynced writes reordered",
        "disk: unsynced name lost",
        "fault: crash",
        "fault: crash of all servers",
        "fault: partition",
        "fault: one-way cut",
        "fault: isolation",
        "fault: pause",
        "fault: slow disk",
        "fault: hung disk",
        "fault: failing disk",
        "fault: full disk",
        "fault: unreadable disk",
        "disk: failed read",
        "disk: no space");
  }
}
