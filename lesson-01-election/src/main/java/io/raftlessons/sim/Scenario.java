package io.raftlessons.sim;

/** A kind of simulated run: a lesson's servers in a world of faults, checked from first to last. */
public interface Scenario {
  /** As in the repeat line. */
  String name();

  /**
   * Prepares a run.
   *
   * @param seed decides everything
   */
  Run prepare(long seed);

  /** A run that has not happened yet. */
  interface Run {
    SimWorld world();

    /**
     * Lets it happen: faults, then healing, then waiting for what must come.
     *
     * @throws Violation if a rule is broken, or what must come does not
     */
    void play();
  }
}
