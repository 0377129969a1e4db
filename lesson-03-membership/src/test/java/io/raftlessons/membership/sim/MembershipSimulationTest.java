package io.raftlessons.membership.sim;

import io.raftlessons.course.Bugs;
import io.raftlessons.course.Exercise;
import io.raftlessons.course.Points;
import io.raftlessons.course.Rule;
import io.raftlessons.course.Section;
import io.raftlessons.election.ElectionParts;
import io.raftlessons.membership.MembershipParts;
import io.raftlessons.replication.ReplicationParts;
import io.raftlessons.sim.Scenario;
import io.raftlessons.sim.SimulationSuite;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lesson 3 in a world of faults. */
public class MembershipSimulationTest extends SimulationSuite {
  @Override
  protected Scenario scenario() {
    return new MembershipScenario(
        ElectionParts.ELECTION,
        ReplicationParts.REPLICATION,
        MembershipParts.READS,
        MembershipParts.MEMBERSHIP);
  }

  /** It caught up on a new disk, and came to where it was a group by itself. */
  @Test
  void whoCatchesUpLeadsNoGroupOfThePast() {
    batch().run(2_010_858, 1, 0, System::nanoTime);
  }

  /** Bootstrapped on one server, which lost its tail or left: another one has to lead. */
  @ParameterizedTest
  @ValueSource(longs = {2_003_534, 2_004_033})
  void aGroupBegunOnOneDiskDoesNotDependOnIt(long seed) {
    batch().run(seed, 1, 0, System::nanoTime);
  }

  /** It knows of itself in the first configuration, and of nothing else. */
  @Test
  void aDiskThatIsEmptiedTwiceForgetsItself() {
    batch().run(2_031_814, 1, 0, System::nanoTime);
  }

  @Points(value = 30, section = Section.SIMULATION)
  @Exercise({"3.8", "3.1", "3.2", "3.3", "3.4", "3.5", "3.6", "3.7"})
  @Rule("MC-1")
  @Bugs("M02")
  @Test
  void gradedSeeds(TestReporter reporter) {
    grade(reporter, 40);
  }

  @Override
  protected String module() {
    return "lesson-03-membership";
  }

  @Override
  protected List<String> mustReach() {
    return List.of(
        "election won",
        "two candidates in a term",
        "entry committed",
        "truncation of one entry",
        "truncation of two and more entries",
        "change committed: nonvoter added",
        "change committed: nonvoter promoted",
        "change committed: voter demoted",
        "change committed: server removed",
        "change committed: address changed",
        "change committed: disk recorded",
        "change done",
        "change done: compared and set",
        "change done: nothing to change",
        "change failed: NotLeader",
        "change failed: TransferInProgress",
        "change failed: Busy",
        "change failed: LEADERSHIP_LOST",
        "change failed: INVALID",
        "change failed: CONFLICT",
        "change failed: TIMEOUT",
        "change failed: TOO_SLOW",
        "change failed, reached: NOTHING",
        "change failed, reached: LOGGED",
        "change failed, reached: NONVOTER",
        "change failed, reached: PROMOTION_LOGGED",
        "promotion refused: CONFLICT",
        "promotion refused: LEADERSHIP_LOST",
        "promotion refused: TIMEOUT",
        "promotion refused: TOO_SLOW",
        "configuration rolled back",
        "leader removed itself",
        "leader took its own vote",
        "server removed while it was down",
        "member on another disk than before",
        "transfer done",
        "transfer failed: TIMEOUT",
        "transfer failed: INVALID",
        "transfer failed: TransferInProgress",
        "fault: late TimeoutNow",
        "fault: disk of a member emptied",
        "fault: disk of a removed server emptied",
        "disk refused",
        "disk refused that was set back",
        "write acknowledged",
        "write failed: TransferInProgress",
        "read confirmed",
        "read by lease",
        "key read past the log",
        "call made again",
        "history: answered",
        "history: failed",
        "history: unknown outcome",
        "history: read answered");
  }
}
