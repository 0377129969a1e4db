package io.raftlessons.membership.sim;

import io.raftlessons.election.ReferenceElection;
import io.raftlessons.membership.ReferenceMembership;
import io.raftlessons.replication.ReferenceReads;
import io.raftlessons.replication.ReferenceReplication;
import io.raftlessons.sim.Scenario;
import io.raftlessons.sim.SimulationSuite;
import java.util.List;

/** Lesson 3 in a world of faults. */
public class MembershipSimulationTest extends SimulationSuite {
  @Override
  protected Scenario scenario() {
    return new MembershipScenario(
        ReferenceElection::new,
        ReferenceReplication::new,
        ReferenceReads::new,
        ReferenceMembership::new);
  }

  @Override
  protected String module() {
    return "lesson-03-membership";
  }

  @Override
  protected List<String> mustReach() {
    return List.of("election won");
  }
}
