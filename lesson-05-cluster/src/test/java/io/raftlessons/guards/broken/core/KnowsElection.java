package io.raftlessons.guards.broken.core;

import io.raftlessons.guards.broken.election.KnowsReplication;

/** Breaks the layering on purpose. */
public final class KnowsElection {
  public static String why() {
    return KnowsReplication.class.getSimpleName();
  }
}
