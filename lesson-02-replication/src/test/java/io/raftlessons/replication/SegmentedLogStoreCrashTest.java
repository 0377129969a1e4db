package io.raftlessons.replication;

import static io.raftlessons.replication.TestEntries.all;
import static io.raftlessons.replication.TestEntries.random;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.sim.SimDisk;
import io.raftlessons.sim.SimDisk.CrashMode;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random work with crashes at random operations on the disk, in recovery too, over many generations
 * of the same store. What was synced must be there, of what was not any first part, and the store
 * must go on. {@link SegmentedLogStoreFaultsTest} crashes at every single operation.
 */
class SegmentedLogStoreCrashTest {
  @Test
  void losesNothingOverManyGenerationsOfCrashes() throws IOException {
    long torn = 0;
    long advanced = 0;
    long cutsOverSegments = 0;
    long crashesInOpen = 0;
    long prefixesDropped = 0;
    long clean = 0;
    for (long seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      LogStoreWorkload subject = new LogStoreWorkload(new SimStorage(seed)).start();
      long term = 1;
      for (int generation = 0; generation < 40; generation++) {
        term++;
        if (random.nextInt(8) > 0) {
          subject.storage.disk.crashAt(subject.storage.disk.operations() + 1 + random.nextInt(60));
        }
        try {
          for (int step = 0; step < 25; step++) {
            if (random.nextInt(6) == 0) {
              prefixesDropped += dropSome(subject, random);
            } else if (random.nextInt(25) == 0) {
              subject.reopen();
              clean++;
            } else {
              cutsOverSegments += writeSome(subject, term, random);
            }
            if (random.nextInt(3) > 0) {
              subject.sync();
            }
          }
        } catch (SimDisk.Crash expected) {
          assertThat(expected).hasMessageContaining("crash");
        }
        subject.storage.crash(CrashMode.RANDOM);
        crashesInOpen += openThroughCrashes(subject, random);
        subject.storage.assertTidy();
        torn += subject.store.recoveredTornBytes() > 0 ? 1 : 0;
        advanced += subject.model.recovered(all(subject.store), true) ? 1 : 0;
      }
    }
    assertThat(torn).as("torn tails cut").isGreaterThan(100);
    assertThat(advanced).as("unfinished syncs that survived").isGreaterThan(100);
    assertThat(cutsOverSegments).as("cuts over segments").isGreaterThan(100);
    assertThat(crashesInOpen).as("crashes in recovery").isGreaterThan(100);
    assertThat(prefixesDropped).as("prefixes dropped").isGreaterThan(100);
    assertThat(clean).as("clean stops").isGreaterThan(100);
  }

  private static int writeSome(LogStoreWorkload subject, long term, Random random)
      throws IOException {
    LogModel model = subject.model;
    boolean cut = model.size() > 0 && random.nextInt(5) == 0;
    long from = model.size() == 0 ? 1 + random.nextInt(50) : model.last() + 1;
    if (cut) {
      from = model.last() - random.nextInt(Math.min(model.size(), 30));
    }
    int count = cut ? random.nextInt(4) : 1 + random.nextInt(8);
    boolean over = cut && from < subject.storage.newestSegmentBegan();
    subject.write(from, random(from, count, term, random.nextInt(5) == 0 ? 900 : 80, random));
    return over ? 1 : 0;
  }

  private static int dropSome(LogStoreWorkload subject, Random random) throws IOException {
    if (subject.model.size() == 0) {
      return 0;
    }
    long first = subject.store.firstIndex();
    int size = (int) (subject.store.lastIndex() - first + 1);
    subject.deletePrefix(
        first + random.nextInt(Math.max(1, size - (random.nextInt(9) > 0 ? 1 : 0))));
    return subject.store.firstIndex() != first ? 1 : 0;
  }

  /** Opens the store; recovery itself is interrupted a few times. */
  private static int openThroughCrashes(LogStoreWorkload subject, Random random)
      throws IOException {
    int crashes = 0;
    while (true) {
      if (random.nextInt(3) == 0) {
        subject.storage.disk.crashAt(subject.storage.disk.operations() + 1 + random.nextInt(4));
      }
      try {
        subject.store = subject.storage.open();
        return crashes;
      } catch (SimDisk.Crash expected) {
        crashes++;
        subject.storage.crash(CrashMode.RANDOM);
      }
    }
  }
}
