package io.raftlessons.snapshots;

import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.StepObserver;
import io.raftlessons.course.Implementation;
import io.raftlessons.election.ElectionParts;
import io.raftlessons.membership.MembershipParts;
import io.raftlessons.membership.ReadOptions;
import io.raftlessons.replication.ReplicationConfig;
import io.raftlessons.replication.ReplicationParts;
import io.raftlessons.snapshots.sim.SnapshotScenario;

/** The part of lesson 4 that is tested: the reference's, or a student's. */
public final class SnapshotParts {
  public static final Snapshots.Factory SNAPSHOTS =
      Implementation.of(Snapshots.Factory.class, ReferenceSnapshots::new);

  /** These and the earlier lessons' parts, for simulated servers. */
  public static SnapshotScenario.Parts all() {
    return new SnapshotScenario.Parts(
        ElectionParts.ELECTION,
        ReplicationParts.REPLICATION,
        MembershipParts.READS,
        MembershipParts.MEMBERSHIP,
        SNAPSHOTS);
  }

  /** A server of these and the earlier lessons' parts. */
  public static Raft.Setup setup(RaftConfig config, SnapshotConfig bounds, StepObserver observer) {
    return new Raft.Setup(
        config,
        ReplicationConfig.defaults(),
        bounds,
        ElectionParts.ELECTION,
        ReplicationParts.REPLICATION,
        MembershipParts.READS,
        ReadOptions.DEFAULTS,
        MembershipParts.MEMBERSHIP,
        SNAPSHOTS,
        observer);
  }

  private SnapshotParts() {}
}
