package io.raftlessons.runtime;

import java.security.SecureRandom;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server's host in the real world: one thread per loop, made at the loop's first use, and one
 * thread for callbacks, so that they run in the order they were posted. All threads are daemons.
 *
 * <p>{@link #close} ends what the host made: loops and callbacks. Transport and disk were given and
 * belong to the giver, who closes the transport before the host or after it.
 */
public final class RealHost implements Host, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RealHost.class);
  private static final long CLOSE_WAIT_SECONDS = 2;

  private final String name;
  private final Transport transport;
  private final Disk disk;
  private final RandomGenerator random;
  private final ThreadPoolExecutor callbacks;
  private final Map<String, ThreadEventLoop> loops = new TreeMap<>();
  private boolean closed;

  /** A host whose random numbers nobody can guess. */
  public RealHost(String name, Transport transport, Disk disk) {
    this(name, transport, disk, new SecureRandom().nextLong());
  }

  /**
   * @param name what the names of its threads begin with
   */
  public RealHost(String name, Transport transport, Disk disk, long seed) {
    this.name = name;
    this.transport = transport;
    this.disk = disk;
    random = new SplittableRandom(seed);
    callbacks =
        new ThreadPoolExecutor(
            1,
            1,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, name + "-callbacks");
              thread.setDaemon(true);
              return thread;
            },
            // After close there is no other thread, and a future must not stay open.
            (task, closed) -> task.run());
    callbacks.allowCoreThreadTimeOut(true);
  }

  /** After {@link #close}: a loop that drops everything. */
  @Override
  public EventLoop loop(String loop) {
    synchronized (loops) {
      return loops.computeIfAbsent(
          loop,
          key -> {
            ThreadEventLoop made = new ThreadEventLoop(name + "-" + key);
            if (closed) {
              made.close();
            }
            return made;
          });
    }
  }

  @Override
  public Transport transport() {
    return transport;
  }

  @Override
  public Disk disk() {
    return disk;
  }

  @Override
  public RandomGenerator random() {
    return random;
  }

  @Override
  public long wallClockMillis() {
    return System.currentTimeMillis();
  }

  @Override
  public Executor callbacks() {
    return task -> callbacks.execute(() -> runSafely(task));
  }

  /**
   * Lets the running tasks finish and drops what waits on the loops; callbacks that were posted
   * still run, and later ones run on the thread that posts them. Waits 5 seconds per loop and 2 for
   * the callbacks at most. Idempotent.
   */
  @Override
  public void close() {
    ThreadEventLoop[] all;
    synchronized (loops) {
      closed = true;
      all = loops.values().toArray(ThreadEventLoop[]::new);
    }
    for (ThreadEventLoop loop : all) {
      loop.close();
    }
    callbacks.shutdown();
    try {
      if (!callbacks.awaitTermination(CLOSE_WAIT_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("host {}: a callback is still running", name);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void runSafely(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.error("a callback of host {} failed", name, e);
    }
  }
}
