package io.raftlessons.membership;

import io.raftlessons.wire.Configuration;

/**
 * The configurations of a server at one moment.
 *
 * @param latest the newest in its log: the one that counts
 * @param latestIndex its index in the log, for the prevIndex of a change; 0 if there is none
 * @param committed the newest that is known to be committed
 * @param committedIndex its index; 0 if there is none
 */
public record ConfigurationStatus(
    Configuration latest, long latestIndex, Configuration committed, long committedIndex) {

  /** What a history says now; on the loop that owns it. */
  public static ConfigurationStatus of(ConfigurationHistory history) {
    return new ConfigurationStatus(
        history.latest(), history.latestIndex(), history.committed(), history.committedIndex());
  }
}
