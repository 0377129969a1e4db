package io.raftlessons.snapshots;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.HandRunHost;
import io.raftlessons.core.Role;
import io.raftlessons.replication.Applied;
import io.raftlessons.wire.SnapshotMeta;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * Restores, commands and snapshots while servers crash, between any two tasks of their loops, and
 * are cut off, and messages are lost. At each index all servers have the same state, and it is what
 * a caller was told. {@code -Drestore.seeds=1000 -Drestore.from=1} for more.
 */
class RestoreUnderFaultsTest {
  private static final List<String> LOOPS =
      List.of("raft", "io", "apply", "snapshot", "restore", "callbacks");
  private static final int STEPS = 120;

  /** One seed's world. */
  private static final class World {
    final long seed;
    final SplittableRandom random;
    final HandRunRafts group;
    final Map<Long, String> stateAt = new TreeMap<>();
    final Map<String, CompletableFuture<Applied>> commands = new TreeMap<>();
    final Map<String, CompletableFuture<Applied>> restores = new TreeMap<>();
    final List<String> down = new ArrayList<>();
    int count;

    World(long seed) throws IOException {
      this.seed = seed;
      random = new SplittableRandom(seed);
      long trailing = random.nextBoolean() ? 0 : 1 + random.nextInt(60);
      group =
          HandRunRafts.running(
              3, new SnapshotConfig(1_000_000, Duration.ofHours(1), trailing, 16, 1L << 40));
    }

    void run() throws IOException {
      int lossPercent = random.nextBoolean() ? 0 : 10;
      group.lost = message -> random.nextInt(100) < lossPercent;
      for (int i = 0; i < STEPS; i++) {
        act();
        pass(random.nextInt(random.nextInt(6) == 0 ? 300 : 12));
      }
      heal();
    }

    private void act() throws IOException {
      switch (random.nextInt(12)) {
        case 0, 1, 2, 3 -> write();
        case 4, 5 -> restore();
        case 6 -> snapshot();
        case 7, 8 -> crash();
        case 9, 10 -> start();
        default -> cut();
      }
    }

    private void write() {
      String line = "command " + ++count;
      for (Raft raft : leaders()) {
        commands.put(line, raft.apply(line.getBytes(StandardCharsets.UTF_8)));
        return;
      }
    }

    private void restore() {
      String state = ("restored " + ++count + "\n").repeat(1 + random.nextInt(12));
      byte[] bytes = state.getBytes(StandardCharsets.UTF_8);
      SnapshotChecksum checksum = new SnapshotChecksum();
      checksum.update(ByteBuffer.wrap(bytes));
      for (Raft raft : leaders()) {
        long index = Math.max(0, raft.indexes().lastLogIndex() - 20 + random.nextInt(50));
        SnapshotMeta meta =
            SnapshotMeta.newBuilder()
                .setIndex(index)
                .setSize(bytes.length)
                .setChecksum(checksum.value())
                .build();
        Duration timeout = Duration.ofMillis(1 + random.nextInt(500));
        restores.put(state, raft.restore(meta, new ByteArrayInputStream(bytes), timeout));
        return;
      }
    }

    private List<Raft> leaders() {
      return group.rafts.values().stream().filter(raft -> raft.state() == Role.LEADER).toList();
    }

    private void snapshot() {
      group.rafts.values().forEach(raft -> raft.snapshot());
    }

    /** Some of what it was about to do is done. */
    private void crash() {
      List<String> up = List.copyOf(group.rafts.keySet());
      if (!up.isEmpty()) {
        String id = up.get(random.nextInt(up.size()));
        HandRunHost host = group.host(id);
        int tasks = random.nextInt(60);
        for (int i = 0; i < tasks; i++) {
          host.loop(LOOPS.get(random.nextInt(LOOPS.size()))).work();
        }
        group.kill(id);
        down.add(id);
      }
    }

    private void start() throws IOException {
      if (!down.isEmpty()) {
        group.start(down.remove(0));
      }
    }

    private void cut() {
      if (group.cutOff.isEmpty()) {
        group.cutOff.add("s" + (1 + random.nextInt(3)));
      } else {
        group.cutOff.clear();
      }
    }

    private void pass(int millis) {
      for (int i = 0; i < millis; i++) {
        group.run(1);
        group.rafts.forEach(
            (id, raft) -> {
              assertThat(raft.failure()).as("seed %d, %s", seed, id).isEmpty();
              String known =
                  stateAt.computeIfAbsent(raft.indexes().lastApplied(), at -> group.text(id));
              assertThat(group.text(id))
                  .as("seed %d: %s at %d", seed, id, raft.indexes().lastApplied())
                  .isEqualTo(known);
            });
      }
    }

    private void heal() throws IOException {
      group.lost = message -> false;
      group.cutOff.clear();
      while (!down.isEmpty()) {
        start();
      }
      pass(3_000);
      group.write(1, 1);
      pass(200);
      assertThat(group.rafts.keySet().stream().map(group::text).distinct())
          .as("seed %d", seed)
          .hasSize(1);
      commands.forEach(
          (line, call) ->
              told(call, at -> assertThat(at).as("seed %d", seed).endsWith(line + "\n")));
      restores.forEach(
          (state, call) -> told(call, at -> assertThat(at).as("seed %d", seed).isEqualTo(state)));
    }

    private interface Check {
      void of(String state);
    }

    private void told(CompletableFuture<Applied> call, Check check) {
      if (call.isDone() && !call.isCompletedExceptionally()) {
        String state = stateAt.get(call.join().index());
        if (state != null) { // or nobody looked just then
          check.of(state);
        }
      }
    }

    long restored() {
      return restores.values().stream()
          .filter(call -> call.isDone() && !call.isCompletedExceptionally())
          .count();
    }
  }

  @Test
  void stateIsAFunctionOfTheIndex() throws IOException {
    long from = Long.getLong("restore.from", 1);
    long seeds = Long.getLong("restore.seeds", 12);
    long restored = 0;
    long called = 0;
    for (long seed = from; seed < from + seeds; seed++) {
      World world = new World(seed);
      world.run();
      restored += world.restored();
      called += world.restores.size();
    }
    assertThat(restored).isGreaterThan(seeds);
    assertThat(called - restored).as("that failed").isGreaterThan(seeds);
    System.out.println(seeds + " seeds, " + called + " restores, " + restored + " done");
  }
}
