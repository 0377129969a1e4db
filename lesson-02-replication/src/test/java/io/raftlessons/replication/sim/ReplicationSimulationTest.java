package io.raftlessons.replication.sim;

import io.raftlessons.course.Bugs;
import io.raftlessons.course.Exercise;
import io.raftlessons.course.Points;
import io.raftlessons.course.Rule;
import io.raftlessons.course.Section;
import io.raftlessons.election.ElectionParts;
import io.raftlessons.replication.ReplicationParts;
import io.raftlessons.sim.Scenario;
import io.raftlessons.sim.SimulationSuite;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** Lesson 2 in a world of faults. */
public class ReplicationSimulationTest extends SimulationSuite {
  @Override
  protected Scenario scenario() {
    return new ReplicationScenario(
        ElectionParts.ELECTION, ReplicationParts.REPLICATION, ReplicationParts.READS);
  }

  @Points(value = 30, section = Section.SIMULATION)
  @Exercise({"2.8", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7"})
  @Rule({"LD-2", "UN-5"})
  @Bugs({"R10-early", "C01"})
  @Test
  void gradedSeeds(TestReporter reporter) {
    grade(reporter, 100);
  }

  @Override
  protected String module() {
    return "lesson-02-replication";
  }

  @Override
  protected List<String> mustReach() {
    return List.of(
        "election won",
        "two candidates in a term",
        "entry committed",
        "entry of an earlier term committed",
        "truncation of one entry",
        "truncation of two and more entries",
        "append refused",
        "torn tail cut",
        "old entries read back from the store",
        "entries lost in a crash before they were promised",
        "write acknowledged",
        "write failed: NotLeader",
        "write failed: LeadershipLost",
        "write failed: Busy",
        "key read past the log",
        "read confirmed",
        "read waited for the first commit of the term",
        "read failed: NotLeader",
        "read failed: LeadershipLost",
        "call made again",
        "history: answered",
        "history: failed",
        "history: unknown outcome",
        "history: read answered",
        "history: compare-and-set won",
        "history: compare-and-set lost",
        "history: keys");
  }
}
