package io.raftlessons.replication;

import static io.raftlessons.replication.TestEntries.entry;

import io.raftlessons.runtime.EventLoop;
import io.raftlessons.runtime.RealDisk;
import io.raftlessons.wire.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says how fast the segmented store is on this machine's disk. Not a test: the figure depends on
 * the machine. Arguments: a directory that is empty or missing, entry bytes, entries per sync,
 * seconds.
 */
final class LogStoreThroughput {
  private static final Logger LOG = LoggerFactory.getLogger(LogStoreThroughput.class);

  private LogStoreThroughput() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Path root = args.length > 0 ? Path.of(args[0]) : Files.createTempDirectory("log-throughput");
    int bytes = args.length > 1 ? Integer.parseInt(args[1]) : 256;
    int perSync = args.length > 2 ? Integer.parseInt(args[2]) : 100;
    long seconds = args.length > 3 ? Long.parseLong(args[3]) : 10;
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try (SegmentedLogStore store =
        SegmentedLogStore.open(
            new RealDisk(root), loop(executor), SegmentedLogStore.Options.defaults("log"))) {
      run(store, bytes, perSync, TimeUnit.SECONDS.toNanos(Math.max(1, seconds / 2)), "warm-up");
      run(store, bytes, perSync, TimeUnit.SECONDS.toNanos(seconds), "measured");
    } finally {
      executor.shutdown();
      executor.awaitTermination(10, TimeUnit.SECONDS);
    }
    long start = System.nanoTime();
    try (SegmentedLogStore store =
        SegmentedLogStore.open(
            new RealDisk(root), new ManualLoop(), SegmentedLogStore.Options.defaults("log"))) {
      LOG.info(
          "opened {} entries in {} ms; {} may be removed",
          store.lastIndex() - store.firstIndex() + 1,
          (System.nanoTime() - start) / 1_000_000,
          root);
    }
  }

  private static void run(SegmentedLogStore store, int bytes, int perSync, long nanos, String label)
      throws IOException {
    long start = System.nanoTime();
    long written = 0;
    while (System.nanoTime() - start < nanos) {
      long next = store.lastIndex() + 1;
      List<Entry> entries = new ArrayList<>(perSync);
      for (int i = 0; i < perSync; i++) {
        entries.add(entry(next + i, 1, bytes));
      }
      store.write(next, entries);
      store.sync();
      written += perSync;
      if (next % 500_000 < perSync) {
        store.deletePrefix(next - 200_000);
      }
    }
    double elapsed = (System.nanoTime() - start) / 1e9;
    LOG.info(
        "{}: {} entries of {} bytes, {} per sync: {} entries/s, {} us per sync",
        label,
        written,
        bytes,
        perSync,
        Math.round(written / elapsed),
        Math.round(elapsed * 1e6 * perSync / written));
  }

  private static EventLoop loop(Executor executor) {
    return new EventLoop() {
      @Override
      public long now() {
        return System.nanoTime();
      }

      @Override
      public void execute(Runnable task) {
        executor.execute(task);
      }

      @Override
      public Timer schedule(long delayNanos, Runnable task) {
        throw new UnsupportedOperationException("no timers here");
      }
    };
  }
}
