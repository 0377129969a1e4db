package io.raftlessons.runtime;

/**
 * One thread of work, or its simulation: tasks run one at a time, in the order they were posted.
 * State that belongs to a loop is touched by that loop only, so it needs no lock.
 *
 * <p>All methods may be called from any thread. A task that throws is a bug of its author: the loop
 * hands the exception to whoever made the loop and goes on with the next task.
 */
public interface EventLoop {
  /** Monotonic time in nanoseconds. Only differences mean anything. */
  long now();

  /** Runs the task on this loop, after all tasks posted before it. After a close it is dropped. */
  void execute(Runnable task);

  /**
   * Runs the task on this loop once, when at least {@code delayNanos} have passed.
   *
   * @param delayNanos nanoseconds; zero or less means as soon as possible
   */
  Timer schedule(long delayNanos, Runnable task);

  /** A task that waits for its time. */
  interface Timer {
    /** Called on the owning loop, it guarantees that the task will not run. Idempotent. */
    void cancel();
  }
}
