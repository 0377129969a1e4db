package io.raftlessons.membership.script;

import io.raftlessons.course.trace.LessonTraces;
import io.raftlessons.election.ElectionParts;
import io.raftlessons.membership.MembershipParts;
import io.raftlessons.membership.sim.MembershipScenario;
import io.raftlessons.replication.ReplicationParts;
import io.raftlessons.sim.Scenario;
import java.io.IOException;

/** Lesson 3's. */
public final class MembershipTraces implements LessonTraces {
  @Override
  public String lesson() {
    return "lesson-03-membership";
  }

  @Override
  public Scenario simulation() {
    return new MembershipScenario(
        ElectionParts.ELECTION,
        ReplicationParts.REPLICATION,
        MembershipParts.READS,
        MembershipParts.MEMBERSHIP);
  }

  @Override
  public String simulationTest() {
    return "MembershipSimulationTest";
  }

  @Override
  public Shown scenario(String name) throws IOException {
    return new MembershipScriptsTest().show(name);
  }
}
