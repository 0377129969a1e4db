package io.raftlessons.membership;

import io.raftlessons.replication.Replica;
import io.raftlessons.wire.Configuration;
import java.util.Map;

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

  /** A server's stats, with the keys that a configuration has. */
  public Map<String, String> stats(Replica replica) {
    String id = replica.id();
    long otherVoters =
        latest.getServersList().stream()
            .filter(server -> Configurations.isVoter(server) && !server.getId().equals(id))
            .count();
    boolean votes = Configurations.isVoter(Configurations.find(latest, id));
    Map<String, String> stats = replica.stats(votes ? (int) otherVoters : 0);
    stats.put("latest_configuration_index", Long.toString(latestIndex));
    stats.put("latest_configuration", Configurations.text(latest));
    return stats;
  }
}
