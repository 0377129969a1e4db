package io.raftlessons.runtime;

import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A loop on one daemon thread. Posting is an append to a lock-free queue; the thread is woken only
 * if it sleeps. A loop that is busy with tasks still looks at its timers, and one that is busy with
 * timers still looks at its tasks.
 */
public final class ThreadEventLoop implements EventLoop, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ThreadEventLoop.class);

  /** How many tasks may run between two looks at the timers. */
  private static final int TASKS_PER_ROUND = 16;

  /** Fewer cancelled timers than this are not worth a clean-up. */
  private static final int CANCELLED_KEPT = 64;

  private static final long CLOSE_WAIT_MILLIS = TimeUnit.SECONDS.toMillis(5);

  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final PriorityQueue<Waiting> timers = new PriorityQueue<>(Waiting::compare);
  private final AtomicInteger cancelled = new AtomicInteger();
  private final AtomicBoolean asleep = new AtomicBoolean();
  private final Consumer<Throwable> failed;
  private final Thread thread;
  private long sequence;
  private volatile boolean closed;

  /** A loop that logs what its tasks throw. */
  public ThreadEventLoop(String name) {
    this(name, e -> LOG.error("a task of loop {} failed", name, e));
  }

  /**
   * @param name the thread's name
   * @param failed told on the loop what a task threw; the loop then goes on
   */
  public ThreadEventLoop(String name, Consumer<Throwable> failed) {
    this.failed = failed;
    thread = new Thread(this::run, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public long now() {
    return System.nanoTime();
  }

  @Override
  public void execute(Runnable task) {
    if (closed) {
      return;
    }
    tasks.add(task);
    wake();
  }

  @Override
  public Timer schedule(long delayNanos, Runnable task) {
    long delay = Math.min(Math.max(delayNanos, 0), Long.MAX_VALUE / 2);
    Waiting timer = new Waiting(now() + delay, task);
    if (inLoop()) {
      add(timer);
    } else {
      execute(() -> add(timer));
    }
    return timer;
  }

  /** Whether the caller runs on this loop. */
  public boolean inLoop() {
    return Thread.currentThread() == thread;
  }

  /**
   * Lets the running task finish and drops all others. Waits for that, 5 seconds at most; called on
   * the loop itself it does not wait. Idempotent.
   */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    if (inLoop()) {
      return;
    }
    try {
      thread.join(CLOSE_WAIT_MILLIS);
      if (thread.isAlive()) {
        LOG.warn("loop {} is still busy with its last task", thread.getName());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!closed) {
      runDueTimers();
      if (!runTasks()) {
        sleep();
      }
    }
    tasks.clear();
    timers.clear();
  }

  /** The clock is read once: a timer that sets itself again must not starve the tasks. */
  private void runDueTimers() {
    long now = now();
    for (Waiting next = timers.peek();
        next != null && next.at - now <= 0 && !closed;
        next = timers.peek()) {
      timers.remove();
      Runnable task = next.take();
      if (task == null) {
        cancelled.decrementAndGet();
      } else {
        runSafely(task);
      }
    }
  }

  private boolean runTasks() {
    for (int i = 0; i < TASKS_PER_ROUND && !closed; i++) {
      Runnable task = tasks.poll();
      if (task == null) {
        return i > 0;
      }
      runSafely(task);
    }
    return true;
  }

  private void sleep() {
    asleep.set(true);
    Waiting next = timers.peek();
    if (tasks.isEmpty() && !closed) {
      if (next == null) {
        LockSupport.park(this);
      } else {
        long delay = next.at - now();
        if (delay > 0) {
          LockSupport.parkNanos(this, delay);
        }
      }
    }
    asleep.set(false);
    // an interrupt that a task left behind would turn every later park into a busy wait
    Thread.interrupted();
  }

  private void wake() {
    if (asleep.get() && asleep.compareAndSet(true, false)) {
      LockSupport.unpark(thread);
    }
  }

  private void runSafely(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      try {
        failed.accept(e);
      } catch (Throwable again) {
        again.addSuppressed(e);
        LOG.error("the failure handler of loop {} failed", thread.getName(), again);
      }
    }
  }

  private void add(Waiting timer) {
    timer.sequence = ++sequence;
    timers.add(timer);
    int dead = cancelled.get();
    if (dead > CANCELLED_KEPT && dead > timers.size() / 2) {
      int before = timers.size();
      timers.removeIf(Waiting::isCancelled);
      cancelled.addAndGet(timers.size() - before);
    }
  }

  private final class Waiting implements Timer {
    private final long at;
    private final AtomicReference<@Nullable Runnable> task;
    private long sequence;

    Waiting(long at, Runnable task) {
      this.at = at;
      this.task = new AtomicReference<>(task);
    }

    /** By time, then in the order they were set. The clock may overflow; differences do not. */
    static int compare(Waiting one, Waiting other) {
      long difference = one.at - other.at;
      return difference == 0 ? Long.compare(one.sequence, other.sequence) : Long.signum(difference);
    }

    @Nullable Runnable take() {
      return task.getAndSet(null);
    }

    boolean isCancelled() {
      return task.get() == null;
    }

    @Override
    public void cancel() {
      if (take() != null) {
        cancelled.incrementAndGet();
      }
    }
  }
}
