package io.raftlessons.guards.broken.sim;

/** Something that only the simulator may use. */
public final class OfTheSimulator {
  private OfTheSimulator() {}
}
