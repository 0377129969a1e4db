package io.raftlessons.replication;

import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.StepObserver;
import io.raftlessons.course.Implementation;
import io.raftlessons.election.ElectionParts;
import java.util.Collection;

/** The parts of lesson 2 that are tested: the reference's, or a student's. */
public final class ReplicationParts {
  public static final Replication.Factory REPLICATION =
      Implementation.of(Replication.Factory.class, ReferenceReplication::new);

  public static final Reads.Factory READS =
      Implementation.of(Reads.Factory.class, ReferenceReads::new);

  /** A server of these and lesson 1's parts. */
  public static ReplicationNode.Setup setup(RaftConfig config, Collection<String> voters) {
    return new ReplicationNode.Setup(
        config,
        ReplicationConfig.defaults(),
        voters,
        ElectionParts.ELECTION,
        REPLICATION,
        READS,
        StepObserver.NONE);
  }

  private ReplicationParts() {}
}
