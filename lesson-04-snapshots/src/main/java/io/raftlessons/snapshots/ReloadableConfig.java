package io.raftlessons.snapshots;

import java.time.Duration;

/**
 * The settings that a running server takes (HashiCorp's ReloadableConfig). As there, all of them
 * are replaced.
 *
 * <p>HashiCorp's HeartbeatTimeout and ElectionTimeout are not among them, because here promises are
 * made of them. A follower that hears its leader votes for nobody else for a minimum election
 * timeout; a leader answers lease reads for that long by its own clock, and steps down after it.
 * All servers must agree on it. If one took a shorter timeout while another's lease is of the
 * longer one, two would lead, and one of them would serve stale reads. To change it, restart the
 * servers one by one with lease reads switched off, and switch them on again when all are done.
 *
 * @param trailingLogs see {@link SnapshotConfig#trailing}
 * @param snapshotInterval see {@link SnapshotConfig#interval}
 * @param snapshotThreshold see {@link SnapshotConfig#threshold}
 */
public record ReloadableConfig(
    long trailingLogs, Duration snapshotInterval, long snapshotThreshold) {

  /**
   * @throws IllegalArgumentException if a setting is out of range; the message says which
   */
  public ReloadableConfig {
    SnapshotConfig.requireValid(snapshotThreshold, snapshotInterval, trailingLogs);
  }

  static ReloadableConfig of(SnapshotConfig config) {
    return new ReloadableConfig(config.trailing(), config.interval(), config.threshold());
  }

  SnapshotConfig in(SnapshotConfig config) {
    return new SnapshotConfig(
        snapshotThreshold,
        snapshotInterval,
        trailingLogs,
        config.maxChunkBytes(),
        config.maxBytesPerSecond());
  }
}
