package io.raftlessons.replication.script;

import io.raftlessons.course.trace.LessonTraces;
import io.raftlessons.election.ElectionParts;
import io.raftlessons.replication.ReplicationParts;
import io.raftlessons.replication.sim.ReplicationScenario;
import io.raftlessons.sim.Scenario;
import java.io.IOException;

/** Lesson 2's. */
public final class ReplicationTraces implements LessonTraces {
  @Override
  public String lesson() {
    return "lesson-02-replication";
  }

  @Override
  public Scenario simulation() {
    return new ReplicationScenario(
        ElectionParts.ELECTION, ReplicationParts.REPLICATION, ReplicationParts.READS);
  }

  @Override
  public String simulationTest() {
    return "ReplicationSimulationTest";
  }

  @Override
  public Shown scenario(String name) throws IOException {
    return new ReplicationScriptsTest().show(name);
  }
}
