package io.raftlessons.replication.kill9;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills processes ({@code kill -9}) that append to a store, and looks at what is left: the store
 * must open, hold every acknowledged record unchanged and without a hole, and go on.
 *
 * <p>{@code ./mvnw -q -Pkill9 -pl lesson-02-replication -am test} prints a table. Settings: {@code
 * -Dkill9.stores=} names of {@link Kill9Store}, with commas; {@code -Dkill9.trials=60} for each;
 * {@code -Dkill9.seed=1}, which says how long after its first acknowledgement each process is
 * killed, at most 400 ms; {@code -Dkill9.perAppend=1,100} records per append, in turn.
 *
 * <p>It demands nothing of MapDB, whose failures are the reason why the cluster's stores are {@code
 * SegmentedLogStore} and {@code FileStableStore}. Those must come back whole every time.
 *
 * <p>A killed process loses nothing that it has handed to the operating system, so this is no test
 * of syncing. Power cuts and their like are the simulated disk's: {@code
 * SegmentedLogStoreFaultsTest}.
 */
class Kill9Experiment {
  private static final long LONGEST = TimeUnit.MILLISECONDS.toNanos(400);
  private static final String TABLE = "%-14s%8s%8s%14s  %s%n";

  @TempDir Path directory;

  @Test
  void stores() throws IOException, InterruptedException {
    int trials = Integer.getInteger("kill9.trials", 60);
    String[] names =
        System.getProperty("kill9.stores", "segmented,file-stable,mapdb,mapdb-stable").split(",");
    List<String> broken = new ArrayList<>();
    System.out.printf(TABLE, "store", "trials", "whole", "acknowledged", "what failed");
    for (String name : names) {
      Kill9Store store = Kill9Store.named(name);
      Map<String, Integer> problems = new TreeMap<>();
      long acknowledged = 0;
      int whole = 0;
      for (int trial = 0; trial < trials; trial++) {
        Trial result = run(store, directory.resolve(name + "-" + trial), trial);
        acknowledged += result.acknowledged();
        whole += result.whole() ? 1 : 0;
        if (!result.whole()) {
          problems.merge(result.problem(), 1, Integer::sum);
        }
      }
      System.out.printf(TABLE, name, trials, whole, acknowledged, "");
      problems.forEach((problem, times) -> System.out.printf("  %d x %s%n", times, problem));
      if (store.mustComeBack() && whole < trials) {
        broken.add(name + " " + problems);
      }
    }
    assertThat(broken).isEmpty();
  }

  static Trial run(Kill9Store store, Path directory, int trial)
      throws IOException, InterruptedException {
    SplittableRandom random =
        new SplittableRandom(Long.getLong("kill9.seed", 1) * 1_000_003 + trial);
    String[] perAppend = System.getProperty("kill9.perAppend", "1,100").split(",");
    return Trial.run(
        store,
        Files.createDirectory(directory),
        Integer.parseInt(perAppend[trial % perAppend.length]),
        random.nextLong(LONGEST));
  }
}
