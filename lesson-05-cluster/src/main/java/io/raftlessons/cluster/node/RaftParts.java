package io.raftlessons.cluster.node;

import io.raftlessons.cluster.config.ConfigException;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.StepObserver;
import io.raftlessons.election.Election;
import io.raftlessons.election.ReferenceElection;
import io.raftlessons.membership.Membership;
import io.raftlessons.membership.ReadLevels;
import io.raftlessons.membership.ReadOptions;
import io.raftlessons.membership.ReferenceMembership;
import io.raftlessons.membership.ReferenceReadLevels;
import io.raftlessons.replication.ReferenceReplication;
import io.raftlessons.replication.Replication;
import io.raftlessons.replication.ReplicationConfig;
import io.raftlessons.snapshots.Raft;
import io.raftlessons.snapshots.ReferenceSnapshots;
import io.raftlessons.snapshots.SnapshotConfig;
import io.raftlessons.snapshots.Snapshots;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Collection;

/**
 * What a node's Raft is made of: the reference, but for the lessons whose parts are a student's.
 * The student's {@code MyElection} is on the class path then, in the package of {@code Election}.
 */
record RaftParts(
    Election.Factory election,
    Replication.Factory replication,
    ReadLevels.Factory reads,
    Membership.Factory membership,
    Snapshots.Factory snapshots) {

  /**
   * @param students the numbers of the lessons whose parts are a student's
   * @throws ConfigException if one is not on the class path, or cannot be made as the reference is
   */
  static RaftParts of(Collection<Integer> students) {
    return new RaftParts(
        part(students.contains(1), Election.Factory.class, ReferenceElection::new),
        part(students.contains(2), Replication.Factory.class, ReferenceReplication::new),
        part(students.contains(3), ReadLevels.Factory.class, ReferenceReadLevels::new),
        part(students.contains(3), Membership.Factory.class, ReferenceMembership::new),
        part(students.contains(4), Snapshots.Factory.class, ReferenceSnapshots::new));
  }

  private static <F> F part(boolean students, Class<F> factory, F reference) {
    if (!students) {
      return reference;
    }
    Class<?> part = factory.getDeclaringClass();
    String mine = part.getPackageName() + ".My" + part.getSimpleName();
    try {
      MethodType parameters =
          MethodType.methodType(void.class, factory.getDeclaredMethods()[0].getParameterTypes());
      return MethodHandleProxies.asInterfaceInstance(
          factory, MethodHandles.publicLookup().findConstructor(Class.forName(mine), parameters));
    } catch (ReflectiveOperationException e) {
      throw new ConfigException("cannot make a " + mine + ": " + e);
    }
  }

  Raft.Setup setup(RaftConfig config, SnapshotConfig snapshotConfig, ReadOptions readOptions) {
    return new Raft.Setup(
        config,
        ReplicationConfig.defaults(),
        snapshotConfig,
        election,
        replication,
        reads,
        readOptions,
        membership,
        snapshots,
        StepObserver.NONE);
  }
}
