package io.raftlessons.snapshots;

import static io.raftlessons.snapshots.TestSnapshots.content;
import static io.raftlessons.snapshots.TestSnapshots.meta;
import static io.raftlessons.snapshots.TestSnapshots.read;
import static io.raftlessons.snapshots.TestSnapshots.received;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.runtime.Disk;
import io.raftlessons.sim.ProbedDisk;
import io.raftlessons.sim.ProbedDisk.Fault;
import io.raftlessons.sim.SimDisk.CrashMode;
import io.raftlessons.sim.TestDisk;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** A server's snapshots on a simulated disk, and what must, may and must not be found there. */
final class SnapshotLife {
  /** Buffers and syncs that are small enough for several of each in a snapshot. */
  static final FileSnapshotStore.Options SMALL = new FileSnapshotStore.Options("n", 2, 400, 800);

  private static final String DIRECTORY = "n/snapshots";
  private static final int LENGTH = 1000;

  /** What a server does with its store. It goes on after errors, and ends with a crash. */
  interface Scenario {
    void run(SnapshotLife life) throws IOException;
  }

  /** Snapshots are taken one after the other, one of them in vain, and the old ones go. */
  static final Scenario TAKING =
      life -> {
        life.start();
        life.publish(meta(10), content(LENGTH, 10));
        life.publish(meta(20), content(LENGTH, 20));
        life.cancel(meta(25));
        life.publish(meta(30), content(LENGTH, 30));
      };

  /** A snapshot is received again after the first was damaged, and again when it is well. */
  static final Scenario RECEIVING =
      life -> {
        life.start();
        SnapshotMeta sent = received("9-50-8", 50, content(LENGTH, 50));
        life.publish(sent, content(LENGTH, 50));
        life.damage("9-50-8");
        life.publish(sent, content(LENGTH, 50));
        life.publish(sent, content(LENGTH, 50));
      };

  /** A process ends in the middle of a snapshot, and another one begins. */
  static final Scenario RESTARTING =
      life -> {
        life.start();
        life.publish(meta(10), content(LENGTH, 10));
        life.abandon(meta(20));
        life.start();
        life.publish(meta(30), content(LENGTH, 30));
      };

  final TestDisk test;
  final ProbedDisk disk;
  private FileSnapshotStore store;
  private final TreeMap<String, byte[]> contents = new TreeMap<>();

  /** Those of which somebody was told that they are published. */
  private final List<SnapshotMeta> published = new ArrayList<>();

  /** Their content was changed behind the store's back. */
  private final TreeSet<String> damaged = new TreeSet<>();

  SnapshotLife(long seed) throws IOException {
    test = new TestDisk(seed);
    disk = new ProbedDisk(test.disk, test.faults);
    store = FileSnapshotStore.open(new TestDisk(seed).disk, () -> 5, SMALL);
  }

  /** A process starts, again if it cannot; what it finds there stays. */
  void start() {
    try {
      store = FileSnapshotStore.open(disk, () -> 5, SMALL);
      announce(store.list());
    } catch (IOException e) {
      failed(e);
      start();
    }
  }

  /** What was shown once stays. */
  private void announce(List<SnapshotMeta> found) {
    found.stream().filter(meta -> !published.contains(meta)).forEach(published::add);
  }

  void publish(SnapshotMeta meta, byte[] content) {
    try (SnapshotSink sink = store.create(meta)) {
      contents.put(sink.id(), content);
      sink.write(content);
      SnapshotMeta full = sink.publish();
      announce(List.of(full));
      damaged.remove(full.getId());
    } catch (IOException e) {
      failed(e);
    }
    look();
  }

  /** A store with a snapshot, and another one that is written. */
  SnapshotSink begin() throws IOException {
    start();
    publish(meta(10), content(LENGTH, 10));
    SnapshotSink sink = store.create(meta(20));
    contents.put(sink.id(), content(LENGTH, 20));
    sink.write(content(LENGTH, 20));
    return sink;
  }

  /** Publishes; the call with this number fails. Whether the publishing does then. */
  boolean publishFails(SnapshotSink sink, int call) throws IOException {
    disk.arm(call, Fault.ERROR);
    try {
      announce(List.of(sink.publish()));
      return false;
    } catch (IOException e) {
      failed(e);
      look();
      return true;
    }
  }

  private void cancel(SnapshotMeta meta) {
    try (SnapshotSink sink = store.create(meta)) {
      sink.write(content(LENGTH, 0));
    } catch (IOException e) {
      failed(e);
    }
    look();
  }

  private void abandon(SnapshotMeta meta) {
    try {
      store.create(meta).write(content(LENGTH, 0));
    } catch (IOException e) {
      failed(e);
    }
  }

  private void failed(IOException e) {
    assertThat(disk.struck()).as("something failed: %s", e).isTrue();
    disk.mend();
  }

  private void damage(String id) throws IOException {
    String name = DIRECTORY + "/" + id + "/" + FileSnapshotStore.STATE;
    if (test.disk.exists(name)) {
      damaged.add(id);
      try (Disk.File file = test.disk.open(name)) {
        file.writeAt(LENGTH / 2, ByteBuffer.wrap(new byte[] {1, 2, 3}));
        file.sync();
      }
    }
  }

  /** In the process that lives, what is listed is what was published, and the newest are. */
  void look() {
    boolean before = disk.struck();
    try {
      List<SnapshotMeta> found = store.list();
      if (!found.isEmpty()) {
        demandContent(store, found.get(0).getId());
      }
      if (disk.struck() == before) {
        assertThat(published).containsAll(found);
        assertThat(found).containsAll(demanded(published));
      }
    } catch (IOException e) {
      failed(e);
    }
  }

  /** What is not damaged is right; and what is, is not given out. */
  private void demandContent(FileSnapshotStore store, String id) throws IOException {
    try {
      assertThat(read(store, id)).as(id).isEqualTo(contents.get(id));
    } catch (SnapshotDamagedException e) {
      assertThat(damaged).contains(id);
    }
  }

  private List<SnapshotMeta> demanded(List<SnapshotMeta> metas) {
    List<SnapshotMeta> demanded = new ArrayList<>(newest(metas));
    demanded.removeIf(meta -> damaged.contains(meta.getId()));
    return demanded;
  }

  /** How many somebody was told of. */
  int published() {
    return published.size();
  }

  private static List<SnapshotMeta> newest(List<SnapshotMeta> metas) {
    List<SnapshotMeta> sorted = new ArrayList<>(metas);
    sorted.sort(SnapshotMetas.NEWEST_FIRST);
    return sorted.subList(0, Math.min(SMALL.retain(), sorted.size()));
  }

  void follow(Optional<CrashMode> aftermath) {
    disk.mend();
    aftermath.ifPresent(test::crash);
  }

  /** Starts again, and demands all that may be demanded of what is found. */
  List<SnapshotMeta> recover() throws IOException {
    store = FileSnapshotStore.open(disk, () -> 6, SMALL);
    List<SnapshotMeta> found = store.list();
    assertThat(store.damaged()).isEmpty();
    for (SnapshotMeta meta : found) {
      demandContent(store, meta.getId());
    }
    announce(found);
    assertThat(found).containsAll(demanded(published));
    assertThat(test.disk.listDirectories(DIRECTORY))
        .as("nothing is left over")
        .hasSameSizeAs(found);
    return found;
  }
}
