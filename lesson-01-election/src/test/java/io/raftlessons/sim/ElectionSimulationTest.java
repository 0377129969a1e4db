package io.raftlessons.sim;

import io.raftlessons.election.ElectionParts;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lesson 1 in a world of faults. */
public class ElectionSimulationTest extends SimulationSuite {
  @Override
  protected Scenario scenario() {
    return new ElectionScenario(ElectionParts.ELECTION);
  }

  /** A pause that ended as the calm began: its echo was taken for an election without a fault. */
  @Test
  void theEchoOfAFaultIsNoInstability() {
    batch().run(1_008_493, 1, 0, System::nanoTime);
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
