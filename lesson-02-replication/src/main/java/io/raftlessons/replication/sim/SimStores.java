package io.raftlessons.replication.sim;

import io.raftlessons.replication.ReplicationConfig;
import io.raftlessons.replication.SegmentedLogStore;
import io.raftlessons.runtime.FileStableStore;
import io.raftlessons.sim.SimHost;
import io.raftlessons.sim.SimRandom;
import io.raftlessons.sim.SimWorld;
import java.io.IOException;

/** The stores of all servers of a run, and its bounds: by seed. */
public final class SimStores {
  /** The stores of one life of a server. */
  public record Opened(FileStableStore stable, SegmentedLogStore log) {}

  private final ReplicationConfig bounds;
  private final SegmentedLogStore.Options logOptions;

  public SimStores(SimRandom random) {
    bounds = draw(random);
    int segmentBytes = (int) random.between(512, 16_384);
    logOptions = new SegmentedLogStore.Options("log", segmentBytes, 4096, 16_384);
  }

  private static ReplicationConfig draw(SimRandom random) {
    if (random.chance(0.3)) {
      return ReplicationConfig.defaults();
    }
    return new ReplicationConfig(
        (int) random.between(64, 1024),
        (int) random.between(1, 4),
        (int) random.between(64, 2048),
        (int) random.between(256, 8192),
        4096,
        (int) random.between(128, 4096),
        (int) random.between(128, 4096));
  }

  /** Often so narrow that every bound is met. */
  public ReplicationConfig bounds() {
    return bounds;
  }

  /** Opens them, when a server starts. */
  public Opened open(SimWorld world, SimHost host) throws IOException {
    FileStableStore stable = new FileStableStore(host.disk(), "");
    SegmentedLogStore log = SegmentedLogStore.open(host.disk(), host.loop("prealloc"), logOptions);
    if (log.recoveredTornBytes() > 0) {
      world.reach().count("torn tail cut");
    }
    return new Opened(stable, log);
  }
}
