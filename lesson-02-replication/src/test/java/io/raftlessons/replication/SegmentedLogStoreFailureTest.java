package io.raftlessons.replication;

import static io.raftlessons.replication.TestEntries.all;
import static io.raftlessons.replication.TestEntries.entries;
import static io.raftlessons.replication.TestEntries.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.sim.SimDisk.CrashMode;
import io.raftlessons.wire.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk that says no. */
class SegmentedLogStoreFailureTest {
  private final SimStorage storage = new SimStorage(1);

  private static void assertPoisoned(SegmentedLogStore store) {
    List<ThrowingCallable> calls =
        List.of(
            store::sync,
            () -> store.write(1, entries(1, 1, 1)),
            () -> store.read(1, 100),
            store::firstIndex,
            store::lastIndex,
            () -> store.deletePrefix(1));
    for (var call : calls) {
      assertThatThrownBy(call)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("stopped after a failure")
          .hasCauseInstanceOf(IOException.class);
    }
  }

  @ParameterizedTest
  @CsvSource({"0", "0.5", "1"})
  void afterAFailedSyncNothingIsBelievedAnyMore(double dropped) throws IOException {
    for (int seed = 0; seed < 20; seed++) {
      SimStorage disk = new SimStorage(seed);
      SegmentedLogStore store = disk.open();
      store.write(1, entries(1, 5, 1));
      store.sync();
      disk.faults.syncErrorProbability = 1;
      disk.faults.dropAfterSyncErrorProbability = dropped;
      store.write(6, entries(6, 9, 1));
      assertThatThrownBy(store::sync).isInstanceOf(IOException.class);
      disk.faults.syncErrorProbability = 0;
      assertPoisoned(store);
      store.close();

      SegmentedLogStore again = disk.open();
      List<Entry> found = all(again);
      assertThat(found).isIn(entries(1, 5, 1), entries(1, 9, 1));
      disk.crash(CrashMode.DROP_ALL);
      assertThat(all(disk.open())).as("what was shown once stays").isEqualTo(found);
    }
  }

  @Test
  void aFailedSyncWhileASegmentBeginsLosesNothing() throws IOException {
    int poisoned = 0;
    for (int seed = 0; seed < 200; seed++) {
      SimStorage disk = new SimStorage(seed);
      disk.faults.syncErrorProbability = 0.03;
      disk.faults.dropAfterSyncErrorProbability = 1;
      List<Entry> synced = new ArrayList<>();
      try {
        SegmentedLogStore store = disk.open();
        for (int i = 0; i < 12; i++) {
          store.write(6L * i + 1, entries(6L * i + 1, 6L * i + 6, 1));
          store.sync();
          synced.addAll(entries(6L * i + 1, 6L * i + 6, 1));
          disk.loop.runAll();
        }
      } catch (IOException e) {
        poisoned++;
      }
      disk.faults.syncErrorProbability = 0;
      SegmentedLogStore again = disk.open();
      assertThat(all(again)).isIn(synced, entries(1, synced.size() + 6L, 1));
      long next = again.lastIndex() + 1;
      again.write(next, entries(next, next, 1));
      again.sync();
      disk.crash(CrashMode.DROP_ALL);
      assertThat(all(disk.open())).isEqualTo(entries(1, next, 1));
    }
    assertThat(poisoned).isBetween(50, 199);
  }

  @Test
  void aFullDiskStopsTheStoreAndLosesNothing() throws IOException {
    int full = 0;
    for (long capacity = 500; capacity < 9000; capacity += 97) {
      SimStorage disk = new SimStorage(capacity);
      disk.faults.capacityBytes = capacity;
      List<Entry> synced = new ArrayList<>();
      SegmentedLogStore store = disk.open();
      try {
        for (int i = 0; i < 12; i++) {
          store.write(6L * i + 1, entries(6L * i + 1, 6L * i + 6, 1));
          store.sync();
          synced.addAll(entries(6L * i + 1, 6L * i + 6, 1));
          disk.loop.runAll();
        }
        store.close();
      } catch (IOException e) {
        full++;
        assertPoisoned(store);
        store.close();
      }
      disk.faults.capacityBytes = Long.MAX_VALUE;
      SegmentedLogStore again = disk.open();
      List<Entry> found = all(again);
      assertThat(found).isIn(synced, entries(1, synced.size() + 6L, 1));
      long next = again.lastIndex() + 1;
      again.write(next, entries(next, next, 2));
      again.sync();
      disk.crash(CrashMode.DROP_ALL);
      assertThat(disk.open().lastIndex()).isEqualTo(next);
    }
    assertThat(full).as("runs that ended on a full disk").isGreaterThan(30);
  }

  @Test
  void aFailedReadIsReportedAndMayBeTriedAgain() throws IOException {
    SegmentedLogStore store = storage.open();
    store.write(1, entries(1, 5, 1));
    store.sync();
    storage.faults.readErrorProbability = 1;
    assertThatThrownBy(() -> store.read(1, 1000)).isInstanceOf(IOException.class);
    storage.faults.readErrorProbability = 0;
    assertThat(all(store)).isEqualTo(entries(1, 5, 1));
  }

  @Test
  void anUnreadableDiskIsNotAnEmptyLog() throws IOException {
    SegmentedLogStore store = storage.open();
    store.write(1, entries(1, 5, 1));
    store.close();
    storage.faults.readErrorProbability = 1;
    assertThatThrownBy(storage::open).isInstanceOf(IOException.class);
    storage.faults.readErrorProbability = 0;
    assertThat(all(storage.open())).isEqualTo(entries(1, 5, 1));
  }

  @Test
  void anEntryThatIsTooLargeIsRefusedAndChangesNothing() throws IOException {
    SegmentedLogStore store = storage.open();
    store.write(1, entries(1, 5, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> store.write(3, List.of(entry(3, 1, 2000))))
        .withMessageContaining("entry 3");
    store.sync();
    assertThat(all(store)).isEqualTo(entries(1, 5, 1));
  }

  @Test
  void aClosedStoreFails() throws IOException {
    SegmentedLogStore store = storage.open();
    store.close();
    store.close();
    assertThatThrownBy(store::lastIndex).hasMessageContaining("closed");
  }

  /** The next segment is filled in the background; an append then changes no size. */
  @Test
  void aPreparedSegmentIsUsedAndAnUnusedOneIsNoEntry() throws IOException {
    SegmentedLogStore store = storage.open();
    storage.loop.runAll();
    assertThat(storage.content("log/next.prepared")).hasSize(SimStorage.SMALL.segmentBytes());
    store.write(1, entries(1, 5, 1));
    store.sync();
    assertThat(storage.content("log/next.prepared")).as("the one after it").isEmpty();
    assertThat(storage.content(storage.segments().get(0))).hasSize(SimStorage.SMALL.segmentBytes());
    storage.loop.runAll();
    assertThat(storage.content("log/next.prepared")).hasSize(SimStorage.SMALL.segmentBytes());
    storage.crash(CrashMode.KEEP_ALL);
    SegmentedLogStore again = storage.open();
    assertThat(again.recoveredTornBytes()).isZero();
    assertThat(all(again)).isEqualTo(entries(1, 5, 1));
  }

  /** A segment that a stopped store prepares must not get into the way of the next one. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void afterTheCloseTheLoopTouchesNothing(int stepsBefore) throws IOException {
    SegmentedLogStore store = storage.open();
    ManualLoop old = storage.loop;
    for (int i = 0; i < stepsBefore; i++) {
      assertThat(old.runOne()).isTrue();
    }
    store.close();
    assertThat(storage.disk.exists("log/next.prepared")).isFalse();

    SegmentedLogStore next = storage.open();
    long operations = storage.disk.operations();
    old.runAll();
    assertThat(storage.disk.operations()).isEqualTo(operations);
    storage.loop.runAll();
    next.write(1, entries(1, 5, 1));
    next.sync();
    assertThat(storage.content(storage.segments().get(0))).hasSize(SimStorage.SMALL.segmentBytes());
    assertThat(all(next)).isEqualTo(entries(1, 5, 1));
  }

  /** What could not be prepared takes no space and is tried again with the next segment. */
  @Test
  void aFailedPreparationCostsNothing() throws IOException {
    SegmentedLogStore store = storage.open();
    storage.faults.syncErrorProbability = 1;
    storage.loop.runAll();
    storage.faults.syncErrorProbability = 0;
    assertThat(storage.content("log/next.prepared")).isEmpty();

    store.write(1, entries(1, 5, 1));
    store.sync();
    storage.loop.runAll();
    assertThat(storage.content("log/next.prepared")).hasSize(SimStorage.SMALL.segmentBytes());
    assertThat(all(store)).isEqualTo(entries(1, 5, 1));
  }
}
