package io.raftlessons.membership;

import io.raftlessons.course.BugSuite;
import io.raftlessons.membership.sim.MembershipSimulationTest;
import io.raftlessons.sim.SimulationSuite;

class MembershipBugsTest extends BugSuite {
  @Override
  protected Class<? extends SimulationSuite> simulation() {
    return MembershipSimulationTest.class;
  }
}
