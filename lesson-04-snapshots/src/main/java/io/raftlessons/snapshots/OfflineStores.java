package io.raftlessons.snapshots;

import io.raftlessons.membership.ConfigurationHistory;
import io.raftlessons.membership.ConfigurationStatus;
import io.raftlessons.membership.MembershipNode;
import io.raftlessons.replication.LogStore;
import io.raftlessons.runtime.StableStore;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Entry;
import java.io.IOException;

/** What is done to the stores of a server that does not run. Blocking. */
final class OfflineStores {
  private static final long READ_BYTES = 1 << 20;

  private OfflineStores() {}

  static boolean hasExistingState(StableStore stable, LogStore log, SnapshotStore snapshots)
      throws IOException {
    return !snapshots.list().isEmpty()
        || !snapshots.damaged().isEmpty()
        || MembershipNode.hasExistingState(stable, log);
  }

  static void bootstrap(
      StableStore stable, LogStore log, SnapshotStore snapshots, Configuration configuration)
      throws IOException {
    if (!snapshots.list().isEmpty() || !snapshots.damaged().isEmpty()) {
      throw new IllegalStateException(
          "this server has a snapshot already: bootstrap only servers that never ran");
    }
    MembershipNode.bootstrapCluster(stable, log, configuration);
  }

  static void recover(
      StableStore stable, LogStore log, SnapshotStore snapshots, Configuration configuration)
      throws IOException {
    Restart restart = Restart.newest(snapshots);
    restart.align(log);
    restart.enterTerm(stable);
    MembershipNode.recoverCluster(stable, log, restart.start(), configuration);
  }

  static ConfigurationStatus configuration(
      StableStore stable, LogStore log, SnapshotStore snapshots) throws IOException {
    ConfigurationHistory history = new ConfigurationHistory(stable.load());
    Restart restart = Restart.newest(snapshots);
    restart.loadInto(history);
    if (!restart.replaces(log)) {
      long last = log.lastIndex();
      long next = log.firstIndex();
      while (last > 0 && next <= last) {
        for (Entry entry : log.read(next, READ_BYTES)) {
          history.load(entry);
          next = entry.getIndex() + 1;
        }
      }
    }
    return ConfigurationStatus.of(history);
  }
}
