package io.raftlessons.script;

import io.raftlessons.course.trace.LessonTraces;
import io.raftlessons.election.ElectionParts;
import io.raftlessons.sim.ElectionScenario;
import io.raftlessons.sim.Scenario;
import java.io.IOException;

/** Lesson 1's. */
public final class ElectionTraces implements LessonTraces {
  @Override
  public String lesson() {
    return "lesson-01-election";
  }

  @Override
  public Scenario simulation() {
    return new ElectionScenario(ElectionParts.ELECTION);
  }

  @Override
  public String simulationTest() {
    return "ElectionSimulationTest";
  }

  @Override
  public Shown scenario(String name) throws IOException {
    return new ElectionScriptsTest().show(name);
  }
}
