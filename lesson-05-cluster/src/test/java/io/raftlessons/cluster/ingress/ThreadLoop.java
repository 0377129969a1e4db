package io.raftlessons.cluster.ingress;

import io.raftlessons.runtime.EventLoop;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A loop on a real thread. */
final class ThreadLoop implements EventLoop, AutoCloseable {
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "router"));

  private volatile Runnable fault = () -> {};

  /** From now on this happens whenever something is posted. */
  void breakWith(Runnable fault) {
    this.fault = fault;
  }

  @Override
  public long now() {
    return System.nanoTime();
  }

  @Override
  public void execute(Runnable task) {
    fault.run();
    if (!thread.isShutdown()) {
      thread.execute(task);
    }
  }

  @Override
  public Timer schedule(long delayNanos, Runnable task) {
    if (thread.isShutdown()) {
      return () -> {};
    }
    ScheduledFuture<?> timer = thread.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
    return () -> timer.cancel(false);
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
