package io.raftlessons.guards.broken.replication;

import io.raftlessons.guards.broken.cluster.router.KnowsRaft;

/** Breaks the layering on purpose. */
public final class KnowsCluster {
  public static String why() {
    return KnowsRaft.class.getSimpleName();
  }
}
