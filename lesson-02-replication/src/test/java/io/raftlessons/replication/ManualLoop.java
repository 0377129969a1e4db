package io.raftlessons.replication;

import io.raftlessons.runtime.EventLoop;
import java.util.ArrayDeque;
import java.util.Deque;

/** A loop whose tasks run when the test says so. It has no clock. */
final class ManualLoop implements EventLoop {
  private final Deque<Runnable> tasks = new ArrayDeque<>();

  @Override
  public long now() {
    return 0;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public Timer schedule(long delayNanos, Runnable task) {
    throw new UnsupportedOperationException("no clock");
  }

  /** Runs one task; false if there was none. */
  boolean runOne() {
    Runnable task = tasks.poll();
    if (task == null) {
      return false;
    }
    task.run();
    return true;
  }

  void runAll() {
    while (runOne()) {}
  }
}
