package io.raftlessons.guards.broken.cluster.router;

import io.raftlessons.guards.broken.core.KnowsElection;

/** Breaks the layering on purpose. */
public final class KnowsRaft {
  public static String why() {
    return KnowsElection.class.getSimpleName();
  }
}
