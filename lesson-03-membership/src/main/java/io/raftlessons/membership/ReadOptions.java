package io.raftlessons.membership;

import io.raftlessons.core.RaftConfig;

/**
 * How reads are made.
 *
 * @param leaseReads whether a leader answers {@link ReadLevel.Lease} reads by its clock. Every
 *     server of the group must have the same minimum election timeout, whether its leases are on or
 *     not
 * @param maxClockDrift by how much the clock of one server may run faster than that of another, as
 *     a share: 0.01 is 10 ms in a second. At least 0, below 1. If it is more in truth, lease reads
 *     may be stale
 */
public record ReadOptions(boolean leaseReads, double maxClockDrift) {
  /** No leases. */
  public static final ReadOptions DEFAULTS = new ReadOptions(false, 0);

  public ReadOptions {
    if (!(maxClockDrift >= 0 && maxClockDrift < 1)) {
      throw new IllegalArgumentException(
          "maxClockDrift must be at least 0 and below 1, it is " + maxClockDrift);
    }
  }

  /**
   * Leases that are safe as long as clocks drift no more than this.
   *
   * @param maxClockDrift at least 0, below 1
   */
  public static ReadOptions withLeases(double maxClockDrift) {
    return new ReadOptions(true, maxClockDrift);
  }

  /**
   * How long a follower's answer is good for, in nanoseconds from the moment at which the question
   * left: no clock of the group measures a minimum election timeout in less.
   *
   * @throws IllegalArgumentException if leases are on and the settings are not made for them
   */
  long leaseNanos(RaftConfig config) {
    if (leaseReads && !(config.checkQuorum() && config.preVote())) {
      throw new IllegalArgumentException(
          "leaseReads needs preVote and checkQuorum: a lease is the time in which nobody else is"
              + " elected, so nobody may be deposed in it without need, and a leader must not"
              + " outlive it for long");
    }
    return (long) (config.electionTimeoutNanos() / (1 + maxClockDrift));
  }
}
