package io.raftlessons.snapshots;

import java.time.Duration;

/**
 * When snapshots are taken, and how fast they are sent.
 *
 * @param threshold after how many applied entries the next one is taken, from 1 (HashiCorp:
 *     SnapshotThreshold)
 * @param interval how often that is looked at; each time up to twice as long, so that servers do
 *     not all begin at once (SnapshotInterval)
 * @param trailing how many entries before a snapshot's end stay in the log, from 0 (TrailingLogs)
 * @param maxChunkBytes how much of a snapshot is sent at once, from 1
 * @param maxBytesPerSecond what a leader sends of snapshots to all its followers together, from 1
 */
public record SnapshotConfig(
    long threshold, Duration interval, long trailing, int maxChunkBytes, long maxBytesPerSecond) {
  /** A message with a chunk must fit into a transport's message. */
  public static final int MAX_CHUNK_BYTES = 256 << 10;

  private static final Duration LONGEST = Duration.ofDays(10_000);

  private static final SnapshotConfig DEFAULTS =
      new SnapshotConfig(8192, Duration.ofSeconds(120), 10_240, MAX_CHUNK_BYTES, 64L << 20);

  public SnapshotConfig {
    requireValid(threshold, interval, trailing);
    require(
        maxChunkBytes >= 1 && maxChunkBytes <= MAX_CHUNK_BYTES,
        "maxChunkBytes is " + maxChunkBytes + ", and must be from 1 to " + MAX_CHUNK_BYTES);
    require(
        maxBytesPerSecond >= 1,
        "maxBytesPerSecond is " + maxBytesPerSecond + ", and must be at least 1");
  }

  /** HashiCorp's, where it has the same. */
  public static SnapshotConfig defaults() {
    return DEFAULTS;
  }

  static void requireValid(long threshold, Duration interval, long trailing) {
    require(threshold >= 1, "threshold is " + threshold + ", and must be at least 1");
    require(
        interval.compareTo(Duration.ZERO) > 0 && interval.compareTo(LONGEST) <= 0,
        "interval is " + interval + ", and must be more than 0 and at most " + LONGEST);
    require(trailing >= 0, "trailing is " + trailing + ", and must be at least 0");
  }

  private static void require(boolean holds, String problem) {
    if (!holds) {
      throw new IllegalArgumentException(problem);
    }
  }
}
