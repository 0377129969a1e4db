package io.raftlessons.membership;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Until when a follower that has answered a leader's message votes for nobody else (thesis 6.4.1).
 * It keeps still for a minimum election timeout after the message arrived. The leader does not know
 * when that was, but not before the message left: so it counts from there, and not from the answer,
 * which may have been under way for any time.
 *
 * <p>Messages are known by their read round. The time of a round is that of its start, which is not
 * after any of its messages left.
 */
final class Lease {
  /** Rounds closer together than this part of a lease share the time of the first. */
  private static final int PARTS = 64;

  private final long nanos;
  private final NavigableMap<Long, Long> startedAt = new TreeMap<>();

  /**
   * @param nanos how long an answer is good for, by this server's clock
   */
  Lease(long nanos) {
    this.nanos = nanos;
  }

  /** Leadership has begun or ended. */
  void drop() {
    startedAt.clear();
  }

  /** A round, newer than all before, starts now. */
  void started(long round, long now) {
    startedAt.values().removeIf(started -> now - started >= nanos);
    Map.Entry<Long, Long> last = startedAt.lastEntry();
    if (last == null || now - last.getValue() >= nanos / PARTS) {
      startedAt.put(round, now);
    }
  }

  /** Whether a follower whose newest answer is to this round keeps still for now. */
  boolean holds(long answered, long now) {
    Map.Entry<Long, Long> round = startedAt.floorEntry(answered);
    return round != null && now - round.getValue() < nanos;
  }

  void describe(StringBuilder text) {
    if (!startedAt.isEmpty()) {
      text.append(" roundsAt=").append(startedAt);
    }
  }
}
