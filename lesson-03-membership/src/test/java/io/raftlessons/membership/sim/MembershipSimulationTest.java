package io.raftlessons.membership.sim;

import io.raftlessons.election.ReferenceElection;
import io.raftlessons.membership.ReferenceMembership;
import io.raftlessons.replication.ReferenceReads;
import io.raftlessons.replication.ReferenceReplication;
import io.raftlessons.sim.Scenario;
import io.raftlessons.sim.SimulationSuite;
import java.util.List;
import org.junit.jupiter.api.Test;

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

  /** It caught up on a new disk, and its log did not know yet of more than the old one. */
  @Test
  void aServerStartsInTheMiddleOfTheOldLog() {
    batch().run(24, 1, 0, System::nanoTime);
  }

  /** One of two voters was to go, and nobody could lead any more. */
  @Test
  void whoIsToGoMayBeTheOnlyOneWhoCanLead() {
    batch().run(62, 1, 0, System::nanoTime);
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
