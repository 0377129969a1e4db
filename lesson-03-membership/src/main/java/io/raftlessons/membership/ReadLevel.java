package io.raftlessons.membership;

import java.time.Duration;

/**
 * What a read promises, and what it costs. None of them puts anything into the log.
 *
 * <p>The promise is about the moment of the call. A server that stands still for a while, to
 * collect garbage or because its process is stopped, answers late but not worse: clocks are asked
 * after the call has come, and what they said was true then. A clock that stops together with its
 * server, as some do on a suspended machine, counts as one that drifts, and without bound.
 *
 * <p>A read has no deadline: it waits for the leader's answer as long as there is a leader, and
 * then for the machine. A server that learns that it was removed fails those that its leader has
 * not answered (NotLeader); for the others it may lack entries that nobody sends it any more, and
 * one that does not learn it may wait for ever. So a caller sets a deadline of its own.
 */
public sealed interface ReadLevel {
  /** The only one of its kind. */
  ReadLevel LINEARIZABLE = new Linearizable();

  /** The only one of its kind. */
  ReadLevel LEASE = new Lease();

  /** As the other one. */
  static ReadLevel boundedStale(Duration atMost) {
    return new BoundedStale(atMost);
  }

  /**
   * Sees everything that was acknowledged anywhere before the call, whatever clocks do (thesis
   * 6.4). Costs a round of messages; at a follower a question to the leader and back too.
   */
  record Linearizable() implements ReadLevel {}

  /**
   * As linearizable, as long as no clock of the group runs faster than another by more than {@link
   * ReadOptions#maxClockDrift} (thesis 6.4.1). Costs nothing at a leader that holds a lease.
   * Anywhere else, and with leases switched off, it is a linearizable read.
   */
  record Lease() implements ReadLevel {}

  /**
   * Sees everything that was acknowledged anywhere longer than {@code atMost} before the call, by
   * this server's clock; a clock that runs slow by a thousandth makes it longer by as much. Costs
   * nothing if this server has asked the leader within that time, else as much as linearizable. So
   * it is served without any leader for a while.
   *
   * @param atMost 0 to one day
   */
  record BoundedStale(Duration atMost) implements ReadLevel {
    private static final Duration LONGEST = Duration.ofDays(1);

    public BoundedStale {
      if (atMost.isNegative() || atMost.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException(
            "a read may be between 0 and one day old, not " + atMost);
      }
    }
  }
}
