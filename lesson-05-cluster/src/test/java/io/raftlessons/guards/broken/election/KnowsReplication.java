package io.raftlessons.guards.broken.election;

import io.raftlessons.guards.broken.replication.KnowsCluster;

/** Breaks the layering on purpose. */
public final class KnowsReplication {
  public static String why() {
    return KnowsCluster.class.getSimpleName();
  }
}
