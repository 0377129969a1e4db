package io.raftlessons.replication.history;

import java.util.function.LongSupplier;

/**
 * How long a check may search: the problem is NP-complete, so no bound on the work follows from the
 * size of a history. For one check. Not thread-safe.
 */
public interface Budget {
  /** Takes one step's worth; false if there is nothing left. */
  boolean take();

  /** So many operations may be tried: the same verdict at every run. */
  static Budget ofSteps(long steps) {
    return new Budget() {
      private long left = steps;

      @Override
      public boolean take() {
        return left-- > 0;
      }
    };
  }

  /**
   * So much time may pass.
   *
   * @param clock in nanoseconds
   */
  static Budget ofNanos(long nanos, LongSupplier clock) {
    long start = clock.getAsLong();
    return () -> clock.getAsLong() - start < nanos;
  }
}
