package io.raftlessons.cluster.router;

import io.raftlessons.cluster.GroupException.Outcome;
import java.time.Duration;

/**
 * The router's limits. Times are in nanoseconds; all values are at least 1.
 *
 * @param maxConcurrent calls under way at most; one more is refused
 * @param maxBytes sum of the sizes of the operations under way; one more is refused, unless it is
 *     the only one
 * @param window how far seq may run ahead of the lowest unanswered one; below the number of results
 *     that the machine keeps for a session
 * @param attemptNanos after which an attempt without an answer is repeated
 * @param firstBackoffNanos pause after the first failed attempt; doubled after each further one
 * @param longestElsewhereNanos the longest pause when the node that was asked does not lead: a new
 *     leader may be there at any time
 * @param longestBackoffNanos the longest pause otherwise
 * @param idleNanos a session that got no answer for so long is given up before the machine lets it
 *     expire, so that no call finds out
 */
public record RouterOptions(
    int maxConcurrent,
    long maxBytes,
    int window,
    long attemptNanos,
    long firstBackoffNanos,
    long longestElsewhereNanos,
    long longestBackoffNanos,
    long idleNanos) {

  public RouterOptions {
    atLeastOne("maxConcurrent", maxConcurrent);
    atLeastOne("maxBytes", maxBytes);
    atLeastOne("window", window);
    atLeastOne("attemptNanos", attemptNanos);
    atLeastOne("firstBackoffNanos", firstBackoffNanos);
    atLeastOne("longestElsewhereNanos", longestElsewhereNanos);
    atLeastOne("longestBackoffNanos", longestBackoffNanos);
    atLeastOne("idleNanos", idleNanos);
  }

  /** 512 calls of 32 MiB, a window of 1 000, 2 s an attempt, pauses of 10 to 100 or 200 ms. */
  public static RouterOptions defaults() {
    return new RouterOptions(
        512,
        32L << 20,
        1_000,
        Duration.ofSeconds(2).toNanos(),
        Duration.ofMillis(10).toNanos(),
        Duration.ofMillis(100).toNanos(),
        Duration.ofMillis(200).toNanos(),
        Duration.ofMinutes(30).toNanos());
  }

  public RouterOptions withMaxConcurrent(int calls) {
    return new RouterOptions(
        calls,
        maxBytes,
        window,
        attemptNanos,
        firstBackoffNanos,
        longestElsewhereNanos,
        longestBackoffNanos,
        idleNanos);
  }

  long longestPauseAfter(Outcome outcome) {
    boolean elsewhere = outcome == Outcome.NOT_APPENDED || outcome == Outcome.REFUSED;
    return elsewhere ? longestElsewhereNanos : longestBackoffNanos;
  }

  long backoff(int failures, long longest) {
    // Doubled at most 20 times: no overflow, and the longest pause is far below that.
    return Math.min(longest, firstBackoffNanos << Math.min(failures - 1, 20));
  }

  private static void atLeastOne(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " " + value + ": must be at least 1");
    }
  }
}
