package io.raftlessons.cluster.node;

import io.raftlessons.cluster.config.ClusterConfig;
import io.raftlessons.cluster.config.Settings;
import io.raftlessons.cluster.config.Settings.Listener;
import io.raftlessons.membership.Configurations;
import io.raftlessons.membership.MembershipNode;
import io.raftlessons.replication.SegmentedLogStore;
import io.raftlessons.runtime.DataDirectory;
import io.raftlessons.runtime.FileStableStore;
import io.raftlessons.runtime.RealDisk;
import io.raftlessons.runtime.ThreadEventLoop;
import io.raftlessons.wire.Configuration;
import java.io.IOException;
import java.util.List;

/** Data as nodes leave it, for tests of commands that find it. */
public final class StoppedNodes {
  private StoppedNodes() {}

  /** A node that has begun a cluster of the first nodes and nothing more. */
  public static void bootstrap(ClusterConfig config, ClusterIdentity cluster, int number)
      throws IOException {
    String name = ClusterConfig.nodeName(number);
    RealDisk disk = new RealDisk(config.dataDirectory().resolve(name));
    Configuration.Builder first = Configuration.newBuilder();
    for (int node = 1; node <= Settings.FIRST_NODES; node++) {
      first.addServers(
          Configurations.voter(
              ClusterConfig.nodeName(node), config.advertised(node, Listener.NODE)));
    }
    DataDirectory.open(disk, "", cluster.fingerprint(), name).close();
    try (ThreadEventLoop preallocation = new ThreadEventLoop("prealloc");
        FileStableStore stable = new FileStableStore(disk, "");
        SegmentedLogStore log =
            SegmentedLogStore.open(
                disk, preallocation, SegmentedLogStore.Options.defaults("log"))) {
      MembershipNode.bootstrapCluster(stable, log, first.build());
    }
  }

  /** Of a node that does not run. */
  public static List<String> voters(ClusterConfig config, ClusterIdentity cluster, int number)
      throws IOException {
    try (StoppedNode node = new StoppedNode(config, cluster, number)) {
      return node.logEnd().voters();
    }
  }
}
