package io.raftlessons.cluster.backup;

import io.raftlessons.cluster.config.ClusterConfig;
import io.raftlessons.cluster.config.Settings;
import io.raftlessons.cluster.config.Settings.Listener;
import io.raftlessons.cluster.node.ClusterIdentity;
import io.raftlessons.membership.Configurations;
import io.raftlessons.replication.SegmentedLogStore;
import io.raftlessons.runtime.DataDirectory;
import io.raftlessons.runtime.FileStableStore;
import io.raftlessons.runtime.RealDisk;
import io.raftlessons.runtime.ThreadEventLoop;
import io.raftlessons.snapshots.FileSnapshotStore;
import io.raftlessons.snapshots.SnapshotBootstrap;
import io.raftlessons.snapshots.SnapshotSource;
import io.raftlessons.wire.Configuration;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Makes the data of a new cluster of the first three nodes that begins with a snapshot: {@link
 * SnapshotBootstrap} for each of them, with the same configuration. Blocking.
 */
public final class Restoration {
  private final ClusterConfig config;
  private final ClusterIdentity identity;

  /**
   * @param config says where the nodes will be
   * @param identity of the new cluster
   */
  public Restoration(ClusterConfig config, ClusterIdentity identity) {
    this.config = config;
    this.identity = identity;
  }

  /**
   * @param directory the nodes' directories are made in it; nothing of them is there yet
   * @throws IOException if it cannot be done; what was made is of no use then
   */
  public void makeNodes(Path directory, SnapshotSource from) throws IOException {
    for (int node = 1; node <= Settings.FIRST_NODES; node++) {
      make(directory, ClusterConfig.nodeName(node), from);
    }
  }

  private void make(Path directory, String name, SnapshotSource from) throws IOException {
    RealDisk disk = new RealDisk(directory.resolve(name));
    DataDirectory held = DataDirectory.open(disk, "", identity.fingerprint(), name);
    try (ThreadEventLoop preallocation = new ThreadEventLoop(name + "-prealloc");
        FileStableStore stable = new FileStableStore(disk, "");
        SegmentedLogStore log =
            SegmentedLogStore.open(
                disk, preallocation, SegmentedLogStore.Options.defaults("log"))) {
      FileSnapshotStore snapshots =
          FileSnapshotStore.open(
              disk, System::currentTimeMillis, FileSnapshotStore.Options.defaults(""));
      SnapshotBootstrap.bootstrap(stable, log, snapshots, firstMembers(), from);
    } finally {
      held.close();
    }
  }

  private Configuration firstMembers() {
    Configuration.Builder first = Configuration.newBuilder();
    for (int node = 1; node <= Settings.FIRST_NODES; node++) {
      first.addServers(
          Configurations.voter(
              ClusterConfig.nodeName(node), config.advertised(node, Listener.NODE)));
    }
    return first.build();
  }
}
