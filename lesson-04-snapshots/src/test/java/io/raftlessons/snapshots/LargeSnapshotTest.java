package io.raftlessons.snapshots;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.Role;
import io.raftlessons.membership.Configurations;
import io.raftlessons.membership.MembershipNode;
import io.raftlessons.replication.SegmentedLogStore;
import io.raftlessons.replication.StateMachine;
import io.raftlessons.runtime.FileStableStore;
import io.raftlessons.runtime.GrpcOptions;
import io.raftlessons.runtime.GrpcTransport;
import io.raftlessons.runtime.RealDisk;
import io.raftlessons.runtime.RealHost;
import io.raftlessons.wire.SnapshotMeta;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A snapshot that does not fit into memory goes to a follower, over sockets and real disks, while
 * the group goes on. All servers share the JVM, so its heap is a bound for both sides together.
 *
 * <p>{@code -Dlarge.bytes=} says how large it is. With {@code -Plarge} it is 1 GiB in a heap of 256
 * MiB: {@code ./mvnw -q -Plarge -pl lesson-04-snapshots -am test}.
 */
class LargeSnapshotTest {
  private static final long BYTES = Long.getLong("large.bytes", 24L << 20);
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final List<String> IDS = List.of("s1", "s2", "s3");

  /** Its state is made from a seed, and so large that nobody could keep it. */
  private static final class Streaming implements StateMachine {
    private static final int BLOCK = 1 << 16;
    private volatile long seed;
    private volatile boolean restored;

    @Override
    public List<byte[]> apply(List<Command> batch) {
      batch.forEach(command -> seed = seed * 31 + ByteBuffer.wrap(command.data()).getLong());
      return batch.stream().map(Command::data).toList();
    }

    @Override
    public Snapshot snapshot() {
      long now = seed;
      return out -> write(now, out);
    }

    private static void write(long seed, OutputStream out) throws IOException {
      out.write(ByteBuffer.allocate(8).putLong(seed).array());
      SplittableRandom random = new SplittableRandom(seed);
      byte[] block = new byte[BLOCK];
      for (long left = BYTES; left > 0; left -= BLOCK) {
        random.nextBytes(block);
        out.write(block, 0, (int) Math.min(BLOCK, left));
      }
    }

    @Override
    public void restore(InputStream snapshot) throws IOException {
      InputStream in = new BufferedInputStream(snapshot, BLOCK);
      long from = ByteBuffer.wrap(in.readNBytes(8)).getLong();
      SplittableRandom random = new SplittableRandom(from);
      byte[] block = new byte[BLOCK];
      for (long left = BYTES; left > 0; left -= BLOCK) {
        random.nextBytes(block);
        int length = (int) Math.min(BLOCK, left);
        byte[] read = in.readNBytes(length);
        if (!ByteBuffer.wrap(read).equals(ByteBuffer.wrap(block, 0, length))) {
          throw new IOException("other content, " + left + " bytes before the end");
        }
      }
      if (in.read() >= 0) {
        throw new IOException("more content than there was");
      }
      seed = from;
      restored = true;
    }
  }

  private final TreeMap<String, Raft> rafts = new TreeMap<>();
  private final TreeMap<String, Streaming> machines = new TreeMap<>();
  private final TreeMap<String, GrpcTransport> transports = new TreeMap<>();
  private final List<AutoCloseable> open = new ArrayList<>();

  @TempDir Path directory;

  @AfterEach
  void closeAll() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private void start(String id) throws IOException {
    GrpcTransport transport =
        new GrpcTransport(GrpcOptions.builder(id, 1).bind("127.0.0.1", 0).build());
    open.add(transport);
    RealDisk disk = new RealDisk(directory.resolve(id));
    RealHost host = new RealHost(id, transport, disk);
    open.add(host);
    FileStableStore stable = new FileStableStore(disk, "");
    open.add(stable);
    SegmentedLogStore log =
        SegmentedLogStore.open(
            disk,
            host.loop("prealloc"),
            new SegmentedLogStore.Options("log", 1 << 20, 1 << 16, 1 << 16));
    open.add(log);
    MembershipNode.bootstrapCluster(stable, log, Configurations.ofVoters(IDS));
    RaftConfig config =
        RaftConfig.builder(id)
            .cluster(1)
            .electionTimeout(Duration.ofMillis(500))
            .heartbeatInterval(Duration.ofMillis(50))
            .build();
    SnapshotConfig bounds =
        new SnapshotConfig(
            1_000_000, Duration.ofHours(1), 0, SnapshotConfig.MAX_CHUNK_BYTES, 64L << 20);
    Streaming machine = new Streaming();
    Raft raft =
        Raft.create(
            Raft.Setup.reference(config, bounds),
            machine,
            log,
            stable,
            FileSnapshotStore.open(
                disk, host::wallClockMillis, FileSnapshotStore.Options.defaults("")),
            host);
    open.add(() -> raft.shutdown().get(10, TimeUnit.SECONDS));
    rafts.put(id, raft);
    machines.put(id, machine);
    transport.start();
    transports.put(id, transport);
    transports.forEach(
        (other, peer) -> {
          peer.addPeer(id, transport.advertisedAddress());
          transport.addPeer(other, peer.advertisedAddress());
        });
  }

  private Raft leader() {
    return await()
        .atMost(PATIENCE)
        .until(
            () -> rafts.values().stream().filter(r -> r.state() == Role.LEADER).findFirst(),
            found -> found.isPresent())
        .orElseThrow();
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void itGoesToAFollowerInBoundedMemoryAndTheGroupGoesOn() throws Exception {
    start("s1");
    start("s2");
    Raft leader = leader();
    byte[] command = ByteBuffer.allocate(8).putLong(7).array();
    leader.apply(command).get(1, TimeUnit.MINUTES);
    long begun = System.nanoTime();
    SnapshotMeta meta = leader.snapshot().get(5, TimeUnit.MINUTES);
    double took = seconds(begun);
    assertThat(meta.getSize()).isEqualTo(BYTES + 8);
    long term = leader.status().term();

    start("s3");
    begun = System.nanoTime();
    Streaming follower = requireNonNull(machines.get("s3"));
    int writes = 0;
    long slowest = 0;
    while (!follower.restored) {
      long sent = System.nanoTime();
      leader.apply(command).get(1, TimeUnit.MINUTES);
      slowest = Math.max(slowest, System.nanoTime() - sent);
      writes++;
      assertThat(System.nanoTime() - begun).isLessThan(PATIENCE.toNanos());
    }
    double installed = seconds(begun);
    long last = leader.indexes().lastApplied();
    Raft filled = requireNonNull(rafts.get("s3"));
    await().atMost(PATIENCE).until(() -> filled.indexes().lastApplied() >= last);
    assertThat(follower.seed).isEqualTo(requireNonNull(machines.get(leader.id())).seed);
    assertThat(leader.status().term()).as("nobody campaigned").isEqualTo(term);
    assertThat(writes).isGreaterThan(1);
    System.out.printf(
        "%d MiB in a heap of %d: taken in %.1f s, installed in %.1f s; %d writes meanwhile, the"
            + " slowest %d ms%n",
        BYTES >> 20,
        Runtime.getRuntime().maxMemory() >> 20,
        took,
        installed,
        writes,
        TimeUnit.NANOSECONDS.toMillis(slowest));
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }
}
