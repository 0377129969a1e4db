package io.raftlessons.membership;

import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.StepObserver;
import io.raftlessons.course.Implementation;
import io.raftlessons.election.ElectionParts;
import io.raftlessons.replication.ReplicationConfig;
import io.raftlessons.replication.ReplicationParts;

/** The parts of lesson 3 that are tested: the reference's, or a student's. */
public final class MembershipParts {
  public static final Membership.Factory MEMBERSHIP =
      Implementation.of(Membership.Factory.class, ReferenceMembership::new);

  public static final ReadLevels.Factory READS =
      Implementation.of(ReadLevels.Factory.class, ReferenceReadLevels::new);

  /** A server of these and the earlier lessons' parts. */
  public static MembershipNode.Setup setup(RaftConfig config) {
    return new MembershipNode.Setup(
        config,
        ReplicationConfig.defaults(),
        ElectionParts.ELECTION,
        ReplicationParts.REPLICATION,
        READS,
        ReadOptions.DEFAULTS,
        MEMBERSHIP,
        StepObserver.NONE);
  }

  private MembershipParts() {}
}
