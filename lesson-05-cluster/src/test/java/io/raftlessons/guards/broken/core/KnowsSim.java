package io.raftlessons.guards.broken.core;

import io.raftlessons.guards.broken.sim.OfTheSimulator;

/** Breaks the layering on purpose. */
public final class KnowsSim {
  public static String why() {
    return OfTheSimulator.class.getSimpleName();
  }
}
