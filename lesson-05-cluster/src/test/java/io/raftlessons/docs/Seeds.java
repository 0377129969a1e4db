package io.raftlessons.docs;

import io.raftlessons.election.ReferenceElection;
import io.raftlessons.membership.ReferenceMembership;
import io.raftlessons.membership.ReferenceReadLevels;
import io.raftlessons.membership.sim.MembershipScenario;
import io.raftlessons.replication.ReferenceReads;
import io.raftlessons.replication.ReferenceReplication;
import io.raftlessons.replication.sim.ReplicationScenario;
import io.raftlessons.sim.ElectionScenario;
import io.raftlessons.sim.Scenario;
import io.raftlessons.sim.SimBatch;
import io.raftlessons.snapshots.sim.SnapshotScenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Simulated runs of a lesson's reference, as a page shows them. */
final class Seeds {
  private record Lesson(String module, String suite, Scenario scenario) {}

  private Seeds() {}

  /**
   * The command that a reader types, and what happened.
   *
   * @throws DocsException if there is no such scenario
   * @throws AssertionError if the run fails
   */
  static List<String> run(String scenario, long seed) {
    Lesson lesson = lesson(scenario);
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            "$ ./mvnw -q -pl %s -am test -Dtest=%s#manySeeds -Dsurefire.failIfNoSpecifiedTests=false"
                + " -Dsim.seed=%d",
            lesson.module(), lesson.suite(), seed));
    SimBatch batch = new SimBatch(lesson.scenario(), "%d", line -> {});
    SimBatch.Result result = batch.run(seed, 1, 0, () -> 0);
    lines.add(String.format(Locale.ROOT, "%s: %,d events", scenario, result.events()));
    result.reach().toString().lines().forEach(lines::add);
    return lines;
  }

  private static Lesson lesson(String scenario) {
    return switch (scenario) {
      case "election" ->
          new Lesson(
              "lesson-01-election",
              "ElectionSimulationTest",
              new ElectionScenario(ReferenceElection::new));
      case "replication" ->
          new Lesson(
              "lesson-02-replication",
              "ReplicationSimulationTest",
              new ReplicationScenario(
                  ReferenceElection::new, ReferenceReplication::new, ReferenceReads::new));
      case "membership" ->
          new Lesson(
              "lesson-03-membership",
              "MembershipSimulationTest",
              new MembershipScenario(
                  ReferenceElection::new,
                  ReferenceReplication::new,
                  ReferenceReadLevels::new,
                  ReferenceMembership::new));
      case "snapshots" ->
          new Lesson(
              "lesson-04-snapshots",
              "SnapshotSimulationTest",
              new SnapshotScenario(SnapshotScenario.Parts.reference()));
      default -> throw new DocsException("no scenario " + scenario);
    };
  }
}
