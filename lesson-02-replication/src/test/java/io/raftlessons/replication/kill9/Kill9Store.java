package io.raftlessons.replication.kill9;

import io.raftlessons.replication.MapDbLogStore;
import io.raftlessons.replication.SegmentedLogStore;
import io.raftlessons.runtime.FileStableStore;
import io.raftlessons.runtime.MapDbStableStore;
import io.raftlessons.runtime.RealDisk;
import io.raftlessons.runtime.ThreadEventLoop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** The stores that can be tried, by name. A store of your own becomes one by a line here. */
enum Kill9Store {
  SEGMENTED("segmented", true, Kill9Store::segmented),
  MAPDB("mapdb", false, at -> new LogSubject(new MapDbLogStore(at.resolve("log.mapdb")))),
  FILE_STABLE(
      "file-stable",
      true,
      at -> new StableSubject(new FileStableStore(new RealDisk(at), "stable"))),
  MAPDB_STABLE(
      "mapdb-stable",
      false,
      at -> new StableSubject(new MapDbStableStore(at.resolve("hard-state.mapdb")))),
  /** Acknowledges what it writes only with the next append: the trials must find that out. */
  FORGETFUL("forgetful", false, at -> new Forgetful(segmented(at)));

  interface Opener {
    Subject open(Path directory) throws IOException;
  }

  private final String label;
  private final boolean mustComeBack;
  private final Opener opener;

  Kill9Store(String label, boolean mustComeBack, Opener opener) {
    this.label = label;
    this.mustComeBack = mustComeBack;
    this.opener = opener;
  }

  static Kill9Store named(String label) {
    return Arrays.stream(values())
        .filter(store -> store.label.equals(label))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no store '" + label + "'"));
  }

  String label() {
    return label;
  }

  /** Whether a cluster relies on it. */
  boolean mustComeBack() {
    return mustComeBack;
  }

  Subject open(Path directory) throws IOException {
    return opener.open(directory);
  }

  private static Subject segmented(Path directory) throws IOException {
    ThreadEventLoop preallocation = new ThreadEventLoop("preallocation");
    SegmentedLogStore.Options small =
        new SegmentedLogStore.Options("log", 1 << 20, 1 << 16, 1 << 18);
    LogSubject log =
        new LogSubject(SegmentedLogStore.open(new RealDisk(directory), preallocation, small));
    return new Subject() {
      @Override
      public void append(long from, int count) throws IOException {
        log.append(from, count);
      }

      @Override
      public long check() throws IOException {
        return log.check();
      }

      @Override
      public void close() throws IOException {
        log.close();
        preallocation.close();
      }
    };
  }

  private static final class Forgetful implements Subject {
    private final Subject store;
    private long from;
    private int count;

    Forgetful(Subject store) {
      this.store = store;
    }

    @Override
    public void append(long newFrom, int newCount) throws IOException {
      if (count > 0) {
        store.append(from, count);
      }
      from = newFrom;
      count = newCount;
    }

    @Override
    public long check() throws IOException {
      return store.check();
    }

    @Override
    public void close() throws IOException {
      store.close();
    }
  }
}
