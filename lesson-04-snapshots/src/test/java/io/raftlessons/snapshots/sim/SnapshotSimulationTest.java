package io.raftlessons.snapshots.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.course.Bugs;
import io.raftlessons.course.Exercise;
import io.raftlessons.course.Points;
import io.raftlessons.course.Rule;
import io.raftlessons.course.Section;
import io.raftlessons.sim.Scenario;
import io.raftlessons.sim.SimBatch;
import io.raftlessons.sim.SimulationSuite;
import io.raftlessons.snapshots.SnapshotParts;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** Lesson 4 in a world of faults. */
public class SnapshotSimulationTest extends SimulationSuite {
  @Override
  protected Scenario scenario() {
    return new SnapshotScenario(SnapshotParts.all());
  }

  @Points(value = 30, section = Section.SIMULATION)
  @Exercise({"4.5", "4.1", "4.2", "4.3", "4.4"})
  @Rule("SN-7")
  @Bugs("S04-kept")
  @Test
  void gradedSeeds(TestReporter reporter) {
    grade(reporter, 20);
  }

  /**
   * A server is down, and to crash at its next disk operation; then the scenario changes a byte of
   * its snapshot. That is no operation of the server: no crash comes of it.
   */
  @Test
  void damageIsNoOperationOfTheServer() {
    SimBatch.Result result = batch().run(3_127_470, 1, 0, System::nanoTime);
    assertThat(result.reach().of("fault: crash at a disk operation")).isPositive();
    assertThat(result.reach().of("fault: snapshot damaged")).isPositive();
  }

  @Override
  protected String module() {
    return "lesson-04-snapshots";
  }

  @Override
  protected long seeds() {
    return 60;
  }

  @Override
  protected List<String> mustReachSoon() {
    return List.of(
        "snapshot taken",
        "snapshot taken while another one comes",
        "snapshot on demand",
        "snapshot received",
        "log cut",
        "install begun",
        "install restored",
        "install finished",
        "install over a shorter log",
        "install resumed",
        "install replaced by another",
        "configuration came by a snapshot",
        "leader crashed while it sent a snapshot",
        "server crashed while a snapshot came",
        "crash between a snapshot and the log's cut",
        "restart from a snapshot",
        "damaged snapshot passed over",
        "server stopped because a snapshot is missing",
        "snapshot could not be read for a follower",
        "came late and was sent a snapshot",
        "restore done",
        "restore failed: NotLeader",
        "restore failed: RestoreException",
        "session lost by a restore");
  }

  @Override
  protected List<String> mustReach() {
    return List.of(
        "install begun anew after it was given up",
        "install resumed by another leader",
        "install over a conflicting log",
        "install over another entry at its end",
        "older install ignored",
        "server crashed while it restored",
        "snapshot refused: IOException",
        "snapshot refused: Shutdown",
        "fault: crash of who sends",
        "fault: crash of who receives",
        "fault: crash of who cuts",
        "fault: crash of who restores",
        "fault: crash of who has_received",
        "fault: server kept away",
        "fault: snapshot damaged",
        "election won",
        "entry committed",
        "truncation of one entry",
        "truncation of two and more entries",
        "change committed: nonvoter added",
        "change committed: nonvoter promoted",
        "change committed: voter demoted",
        "change committed: server removed",
        "change committed: disk recorded",
        "change done: compared and set",
        "change failed: TOO_SLOW",
        "change failed, reached: PROMOTION_LOGGED",
        "configuration rolled back",
        "leader removed itself",
        "member on another disk than before",
        "transfer done",
        "disk refused",
        "disk refused that was set back",
        "write acknowledged",
        "read confirmed",
        "key read past the log",
        "call made again",
        "history: answered",
        "history: unknown outcome",
        "history: read answered");
  }
}
