package io.raftlessons.sim;

import io.raftlessons.course.Bugs;
import io.raftlessons.course.Exercise;
import io.raftlessons.course.Points;
import io.raftlessons.course.Rule;
import io.raftlessons.course.Section;
import io.raftlessons.election.ElectionParts;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** Lesson 1 in a world of faults. */
public class ElectionSimulationTest extends SimulationSuite {
  @Override
  protected Scenario scenario() {
    return new ElectionScenario(ElectionParts.ELECTION);
  }

  @Points(value = 30, section = Section.SIMULATION)
  @Exercise({"1.8", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7"})
  @Rule("CAN-2")
  @Bugs("E10")
  @Test
  void gradedSeeds(TestReporter reporter) {
    grade(reporter, 300);
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
