package io.raftlessons.replication;

import static io.raftlessons.replication.TestEntries.all;
import static io.raftlessons.replication.TestEntries.entries;

import io.raftlessons.wire.Entry;
import java.io.IOException;
import java.util.List;

/** A store, what it must hold, and the disk below. */
final class LogStoreWorkload {
  final SimStorage storage;
  final LogModel model = new LogModel();
  SegmentedLogStore store;

  @SuppressWarnings("NullAway.Init") // start is part of what a crash interrupts
  LogStoreWorkload(SimStorage storage) {
    this.storage = storage;
  }

  LogStoreWorkload start() throws IOException {
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

  @FunctionalInterface
  interface Scenario {
    void run(LogStoreWorkload subject) throws IOException;
  }

  private static void appendsOverSegments(LogStoreWorkload subject) throws IOException {
    for (int i = 0; i < 8; i++) {
      subject.write(5 * i + 1, entries(5 * i + 1, 5 * i + 4, 1));
      subject.write(5 * i + 5, entries(5 * i + 5, 5 * i + 5, 1));
      subject.sync();
      subject.storage.loop.runOne();
      subject.storage.loop.runOne();
    }
  }

  private static void cutsOverSegments(LogStoreWorkload subject) throws IOException {
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

  private static void dropsPrefixes(LogStoreWorkload subject) throws IOException {
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

  private static void stopsAndStarts(LogStoreWorkload subject) throws IOException {
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

  private static void readsBack(LogStoreWorkload subject) throws IOException {
    appendsOverSegments(subject);
    all(subject.store);
    subject.reopen();
    all(subject.store);
  }

  private static void failsToPrepareSegments(LogStoreWorkload subject) throws IOException {
    for (int i = 0; i < 3; i++) {
      subject.storage.faults.capacityBytes = 0;
      subject.storage.loop.runAll();
      subject.storage.faults.capacityBytes = Long.MAX_VALUE;
      subject.write(20 * i + 1, entries(20 * i + 1, 20 * i + 20, 1));
      subject.sync();
    }
  }

  static final List<Scenario> SCENARIOS =
      List.of(
          LogStoreWorkload::appendsOverSegments,
          LogStoreWorkload::cutsOverSegments,
          LogStoreWorkload::dropsPrefixes,
          LogStoreWorkload::stopsAndStarts,
          LogStoreWorkload::readsBack,
          LogStoreWorkload::failsToPrepareSegments);
}
