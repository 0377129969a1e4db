package io.raftlessons.cluster.node;

import io.raftlessons.cluster.config.ClusterConfig;
import io.raftlessons.membership.Configurations;
import io.raftlessons.replication.SegmentedLogStore;
import io.raftlessons.runtime.DataDirectory;
import io.raftlessons.runtime.FileStableStore;
import io.raftlessons.runtime.RealDisk;
import io.raftlessons.runtime.ThreadEventLoop;
import io.raftlessons.snapshots.FileSnapshotStore;
import io.raftlessons.snapshots.Raft;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Server;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.util.List;

/** The data of a node that does not run. Blocking; closed before the node starts. */
public final class StoppedNode implements AutoCloseable {
  private static final int READ_BYTES = 1 << 20;

  /**
   * How far a log goes.
   *
   * @param voters of its newest configuration
   */
  public record LogEnd(long index, long term, List<String> voters) {}

  private final String name;
  private final ThreadEventLoop preallocation;
  private final DataDirectory directory;
  private final FileStableStore stable;
  private final SegmentedLogStore log;
  private final FileSnapshotStore snapshots;

  /**
   * @throws IOException if its data cannot be read, or is used by a process; the message says which
   */
  public StoppedNode(ClusterConfig config, ClusterIdentity cluster, int number) throws IOException {
    name = ClusterConfig.nodeName(number);
    RealDisk disk = new RealDisk(config.dataDirectory().resolve(name));
    directory = DataDirectory.open(disk, "", cluster.fingerprint(), name);
    preallocation = new ThreadEventLoop(name + "-prealloc");
    try {
      stable = new FileStableStore(disk, "");
      log = SegmentedLogStore.open(disk, preallocation, SegmentedLogStore.Options.defaults("log"));
      snapshots =
          FileSnapshotStore.open(
              disk, System::currentTimeMillis, FileSnapshotStore.Options.defaults(""));
    } catch (IOException | RuntimeException e) {
      preallocation.close();
      directory.close();
      throw e;
    }
  }

  /** Where the log ends, or the snapshot in front of it; index and term 0 if there is neither. */
  public LogEnd logEnd() throws IOException {
    List<String> voters =
        latestConfiguration().getServersList().stream()
            .filter(server -> server.getSuffrage() == Server.Suffrage.VOTER)
            .map(Server::getId)
            .toList();
    List<SnapshotMeta> kept = snapshots.list();
    long last = log.lastIndex();
    if (!kept.isEmpty() && kept.get(0).getIndex() >= last) {
      return new LogEnd(kept.get(0).getIndex(), kept.get(0).getTerm(), voters);
    }
    long term = last == 0 ? 0 : log.read(last, READ_BYTES).get(0).getTerm();
    return new LogEnd(last, term, voters);
  }

  private Configuration latestConfiguration() throws IOException {
    return Raft.getConfiguration(stable, log, snapshots).latest();
  }

  /**
   * Makes it the only member of the cluster: {@link Raft#recoverCluster}.
   *
   * @throws IllegalStateException if it is no member now
   */
  public void recoverAlone() throws IOException {
    Server self = Configurations.find(latestConfiguration(), name);
    if (self == null) {
      throw new IllegalStateException(name + " does not belong to the cluster");
    }
    Server alone = Configurations.voter(name, self.getAddress());
    Raft.recoverCluster(
        stable, log, snapshots, Configuration.newBuilder().addServers(alone).build());
  }

  @Override
  public void close() throws IOException {
    try (directory) {
      log.close();
      stable.close();
    } finally {
      preallocation.close();
    }
  }
}
