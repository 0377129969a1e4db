package io.raftlessons.snapshots.sim;

import io.raftlessons.election.Election;
import io.raftlessons.election.ReferenceElection;
import io.raftlessons.membership.Membership;
import io.raftlessons.membership.ReadLevels;
import io.raftlessons.membership.ReferenceMembership;
import io.raftlessons.membership.ReferenceReadLevels;
import io.raftlessons.membership.sim.MembershipScenario;
import io.raftlessons.replication.ReferenceReplication;
import io.raftlessons.replication.Replication;
import io.raftlessons.sim.Scenario;
import io.raftlessons.snapshots.ReferenceSnapshots;
import io.raftlessons.snapshots.Snapshots;

/**
 * Lesson 4 in a world of faults: lesson 3's world, in which servers take snapshots, cut their logs
 * and send each other snapshots all the time.
 */
public final class SnapshotScenario implements Scenario {
  /** What the servers are made of. */
  public record Parts(
      Election.Factory election,
      Replication.Factory replication,
      ReadLevels.Factory reads,
      Membership.Factory membership,
      Snapshots.Factory snapshots) {
    /** Ours. */
    public static Parts reference() {
      return new Parts(
          ReferenceElection::new,
          ReferenceReplication::new,
          ReferenceReadLevels::new,
          ReferenceMembership::new,
          ReferenceSnapshots::new);
    }
  }

  private final MembershipScenario scenario;

  /** Takes the reference parts, or a student's. */
  public SnapshotScenario(Parts parts) {
    scenario = new MembershipScenario("snapshots", setting -> new SnapshotGroup(parts, setting));
  }

  @Override
  public String name() {
    return scenario.name();
  }

  @Override
  public Run prepare(long seed) {
    return scenario.prepare(seed);
  }
}
