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
        "vote refused");
  }
}
