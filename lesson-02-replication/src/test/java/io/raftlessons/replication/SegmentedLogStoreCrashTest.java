package io.raftlessons.replication;

import static io.raftlessons.replication.TestEntries.all;
import static io.raftlessons.replication.TestEntries.entries;
import static io.raftlessons.replication.TestEntries.random;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.sim.SimDisk;
import io.raftlessons.sim.SimDisk.CrashMode;
import io.raftlessons.sim.SimDisk.CrashPoint;
import io.raftlessons.wire.Entry;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Crashes at every operation on the disk. What was synced must be there, what was not may be there
 * as a whole, and the store must go on.
 */
class SegmentedLogStoreCrashTest {
  /** A store, what it must hold, and the disk below. */
  private static final class Subject {
    final SimStorage storage;
    final LogModel model = new LogModel();
    SegmentedLogStore store;

    @SuppressWarnings("NullAway.Init") // start is part of what a crash interrupts
    Subject(SimStorage storage) {
      this.storage = storage;
    }

    Subject start() throws IOException {
      store = storage.open();
      return this;
    }

    void write(long from, List<Entry> entries) throws IOException {
      model.writing(from, entries);
      store.write(from, entries);
    }

    void sync() throws IOException {
      store.sync();
      model.synced();
      storage.loop.runOne();
    }

    void deletePrefix(long index) throws IOException {
      model.deleting(index);
      store.deletePrefix(index);
      model.deleted(store.firstIndex());
    }

    void reopen() throws IOException {
      store.close();
      model.synced();
      store = storage.open();
    }
  }

  @FunctionalInterface
  private interface Scenario {
    void run(Subject subject) throws IOException;
  }

  private static void appendsOverSegments(Subject subject) throws IOException {
    for (int i = 0; i < 8; i++) {
      subject.write(5 * i + 1, entries(5 * i + 1, 5 * i + 4, 1));
      subject.write(5 * i + 5, entries(5 * i + 5, 5 * i + 5, 1));
      subject.sync();
      subject.storage.loop.runOne();
      subject.storage.loop.runOne();
    }
  }

  private static void cutsOverSegments(Subject subject) throws IOException {
    appendsOverSegments(subject);
    subject.write(37, entries(37, 38, 2));
    subject.sync();
    subject.write(12, entries(12, 30, 3));
    subject.sync();
    subject.write(20, List.of());
    subject.sync();
    subject.write(20, entries(20, 45, 4));
    subject.write(33, entries(33, 35, 5));
    subject.sync();
    subject.write(1, entries(1, 3, 6));
    subject.sync();
  }

  private static void dropsPrefixes(Subject subject) throws IOException {
    appendsOverSegments(subject);
    subject.deletePrefix(9);
    subject.write(30, entries(30, 33, 2));
    subject.deletePrefix(28);
    subject.write(34, entries(34, 50, 2));
    subject.sync();
    subject.deletePrefix(50);
    subject.write(90, entries(90, 99, 3));
    subject.sync();
    subject.write(100, entries(100, 100, 3));
    subject.deletePrefix(95);
  }

  private static void stopsAndStarts(Subject subject) throws IOException {
    appendsOverSegments(subject);
    subject.reopen();
    subject.write(41, entries(41, 47, 2));
    subject.reopen();
    subject.write(39, entries(39, 40, 3));
    subject.sync();
    subject.storage.loop.runAll();
    subject.reopen();
    subject.deletePrefix(20);
    subject.write(41, entries(41, 49, 3));
    subject.reopen();
  }

  private static final List<Scenario> SCENARIOS =
      List.of(
          SegmentedLogStoreCrashTest::appendsOverSegments,
          SegmentedLogStoreCrashTest::cutsOverSegments,
          SegmentedLogStoreCrashTest::dropsPrefixes,
          SegmentedLogStoreCrashTest::stopsAndStarts);

  @ParameterizedTest
  @EnumSource(CrashMode.class)
  void losesNothingWhereverTheCrashComes(CrashMode mode) throws IOException {
    int seeds = mode == CrashMode.KEEP_ALL || mode == CrashMode.DROP_ALL ? 1 : 4;
    long crashes = 0;
    long torn = 0;
    long advanced = 0;
    for (Scenario scenario : SCENARIOS) {
      long operations = operationsOf(scenario);
      for (long operation = 1; operation <= operations; operation++) {
        for (CrashPoint point : CrashPoint.values()) {
          for (int seed = 0; seed < seeds; seed++) {
            Subject subject = crashed(scenario, operation, point, seed);
            subject.storage.crash(mode);
            subject.store = subject.storage.open();
            subject.storage.assertTidy();
            advanced += subject.model.recovered(all(subject.store), false) ? 1 : 0;
            torn += subject.store.recoveredTornBytes() > 0 ? 1 : 0;
            crashes++;
            goesOn(subject, mode);
          }
        }
      }
    }
    assertThat(crashes).isGreaterThan(400);
    if (mode == CrashMode.KEEP_ALL) {
      assertThat(advanced).as("writes that survived although the sync did not end").isPositive();
    }
    if (mode == CrashMode.TORN || mode == CrashMode.REORDERED || mode == CrashMode.RANDOM) {
      assertThat(torn).as("torn tails cut").isGreaterThan(20);
    }
  }

  private static long operationsOf(Scenario scenario) throws IOException {
    Subject subject = new Subject(new SimStorage(0)).start();
    scenario.run(subject);
    assertThat(all(subject.store)).hasSizeGreaterThan(1);
    return subject.storage.disk.operations();
  }

  /** Runs a scenario into a crash; the first operations are those of the first open. */
  private static Subject crashed(Scenario scenario, long operation, CrashPoint point, int seed)
      throws IOException {
    SimStorage storage = new SimStorage(seed);
    storage.disk.crashAt(operation, point);
    Subject subject = new Subject(storage);
    try {
      scenario.run(subject.start());
    } catch (SimDisk.Crash expected) {
      return subject;
    }
    throw new AssertionError("no crash at operation " + operation);
  }

  private static void goesOn(Subject subject, CrashMode mode) throws IOException {
    for (int i = 0; i < 3; i++) {
      long next = subject.model.last() + 1;
      subject.write(next, entries(next, next + 6, 9));
      subject.sync();
    }
    long next = subject.model.last() + 1;
    subject.write(next, entries(next, next + 2, 9));
    subject.storage.crash(mode);
    subject.store = subject.storage.open();
    subject.model.recovered(all(subject.store), false);
  }

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
      Subject subject = new Subject(new SimStorage(seed)).start();
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

  private static int writeSome(Subject subject, long term, Random random) throws IOException {
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

  private static int dropSome(Subject subject, Random random) throws IOException {
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
  private static int openThroughCrashes(Subject subject, Random random) throws IOException {
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
