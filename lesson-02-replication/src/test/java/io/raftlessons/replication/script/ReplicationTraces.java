package io.raftlessons.replication.script;

import io.raftlessons.course.trace.LessonTraces;
import io.raftlessons.election.ReferenceElection;
import io.raftlessons.replication.ReferenceReads;
import io.raftlessons.replication.ReferenceReplication;
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
        ReferenceElection::new, ReferenceReplication::new, ReferenceReads::new);
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
