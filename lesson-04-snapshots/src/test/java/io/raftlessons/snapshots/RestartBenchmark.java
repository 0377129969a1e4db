package io.raftlessons.snapshots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.membership.Configurations;
import io.raftlessons.membership.MembershipNode;
import io.raftlessons.replication.SegmentedLogStore;
import io.raftlessons.replication.keyvalue.KeyValueCommands;
import io.raftlessons.replication.keyvalue.KeyValueMachine;
import io.raftlessons.runtime.FileStableStore;
import io.raftlessons.runtime.InmemTransport;
import io.raftlessons.runtime.RealDisk;
import io.raftlessons.runtime.RealHost;
import io.raftlessons.runtime.ThreadEventLoop;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.HardState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long a server that is alone takes to start with a long log, and with a snapshot instead:
 * until it leads and its machine has applied everything. {@code ./mvnw -q -Pbench -pl
 * lesson-04-snapshots -am test -Dtest=RestartBenchmark -Dsurefire.failIfNoSpecifiedTests=false};
 * {@code -Dbench.entries=} says how long the log is.
 */
class RestartBenchmark {
  private static final int ENTRIES = Integer.getInteger("bench.entries", 1_000_000);
  private static final int BATCH = 1_000;
  private static final int KEYS = 10_000;
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  @TempDir Path directory;

  @Test
  void aMillionEntriesAndASnapshotOfThem() throws Exception {
    RealDisk disk = new RealDisk(directory);
    fill(disk);
    List<Double> log = new ArrayList<>();
    List<Double> snapshot = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      log.add(seconds(disk, false));
    }
    seconds(disk, true);
    for (int i = 0; i < 3; i++) {
      snapshot.add(seconds(disk, false));
    }
    log.sort(null);
    snapshot.sort(null);
    System.out.printf(
        "%d entries, %d keys: start with the log alone %.2f s, with a snapshot of all %.2f s"
            + " (medians of 3)%n",
        ENTRIES, KEYS, log.get(1), snapshot.get(1));
  }

  private static void fill(RealDisk disk) throws Exception {
    FileStableStore stable = new FileStableStore(disk, "");
    ThreadEventLoop preallocation = new ThreadEventLoop("prealloc");
    try (SegmentedLogStore log = log(disk, preallocation)) {
      MembershipNode.bootstrapCluster(stable, log, Configurations.ofVoters(List.of("s1")));
      stable.save(HardState.newBuilder().setCurrentTerm(1).build());
      byte[] open = KeyValueCommands.openSession();
      List<Entry> batch = new ArrayList<>();
      for (int i = 2; i <= ENTRIES; i++) {
        byte[] command =
            i == 2
                ? open
                : KeyValueCommands.inSession(
                    KeyValueCommands.put("key-" + i % KEYS, "value-" + i), 2, i, i);
        batch.add(
            Entry.newBuilder()
                .setIndex(i)
                .setTerm(1)
                .setTime(1)
                .setData(ByteString.copyFrom(command))
                .build());
        if (batch.size() == BATCH || i == ENTRIES) {
          log.write(batch.get(0).getIndex(), batch);
          batch.clear();
        }
      }
      log.sync();
    }
    stable.close();
    preallocation.close();
  }

  private static SegmentedLogStore log(RealDisk disk, ThreadEventLoop preallocation)
      throws IOException {
    return SegmentedLogStore.open(disk, preallocation, SegmentedLogStore.Options.defaults("log"));
  }

  /** From opening the stores until all is applied. */
  private static double seconds(RealDisk disk, boolean takeSnapshot) throws Exception {
    long begun = System.nanoTime();
    InmemTransport transport = new InmemTransport("s1");
    double took;
    try (RealHost host = new RealHost("s1", transport, disk)) {
      FileStableStore stable = new FileStableStore(disk, "");
      SegmentedLogStore log =
          SegmentedLogStore.open(
              disk, host.loop("prealloc"), SegmentedLogStore.Options.defaults("log"));
      SnapshotConfig bounds =
          new SnapshotConfig(
              Long.MAX_VALUE, Duration.ofHours(1), 0, SnapshotConfig.MAX_CHUNK_BYTES, 64L << 20);
      Raft raft =
          Raft.create(
              Raft.Setup.reference(RaftConfig.defaults("s1"), bounds),
              new KeyValueMachine(),
              log,
              stable,
              FileSnapshotStore.open(
                  disk, host::wallClockMillis, FileSnapshotStore.Options.defaults("")),
              host);
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(5))
          .until(() -> raft.indexes().lastApplied() > ENTRIES);
      took = (System.nanoTime() - begun) / 1e9;
      if (takeSnapshot) {
        assertThat(raft.snapshot().get(1, TimeUnit.MINUTES).getIndex()).isGreaterThan(ENTRIES);
        await().atMost(PATIENCE).until(() -> log.firstIndex() != 1);
      }
      raft.shutdown().get(1, TimeUnit.MINUTES);
      log.close();
      stable.close();
    }
    return took;
  }
}
