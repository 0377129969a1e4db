package io.raftlessons.core;

import io.raftlessons.runtime.Disk;
import io.raftlessons.runtime.EventLoop;
import io.raftlessons.runtime.Host;
import io.raftlessons.runtime.Transport;
import io.raftlessons.wire.Envelope;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * A host without threads, network and disk: its loops do nothing by themselves, and whoever extends
 * it says when they run, what time it is, and where messages go.
 */
public abstract class TestHost implements Host {
  protected final Map<String, Loop> loops = new TreeMap<>();
  private final RandomGenerator random;
  private Consumer<Envelope> handler = message -> {};

  protected TestHost(RandomGenerator random) {
    this.random = random;
  }

  /** Nanoseconds. */
  protected abstract long now();

  /** Takes what this server sends. */
  protected abstract void send(Envelope message);

  private static final int MOST_RINGS = 1_000;

  /** Tasks in order of posting, timers in order of time. */
  public final class Loop implements EventLoop {
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final List<Alarm> alarms = new ArrayList<>();

    /** How often a timer rang at {@code rungAt}. */
    private int rings;

    private long rungAt;

    private final class Alarm implements Timer {
      final long at;
      final Runnable task;

      Alarm(long at, Runnable task) {
        this.at = at;
        this.task = task;
      }

      @Override
      public void cancel() {
        alarms.remove(this);
      }
    }

    @Override
    public long now() {
      return TestHost.this.now();
    }

    @Override
    public void execute(Runnable task) {
      tasks.add(task);
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
      Alarm alarm = new Alarm(now() + Math.max(0, delayNanos), task);
      alarms.add(alarm);
      alarms.sort(Comparator.comparingLong(a -> a.at));
      return alarm;
    }

    /**
     * Runs the timer that is due first. Returns whether one was.
     *
     * @throws AssertionError if time stands still and there is no end of it
     */
    public boolean ring() {
      boolean due = !alarms.isEmpty() && alarms.get(0).at <= now();
      if (due) {
        rings = now() == rungAt ? rings + 1 : 1;
        rungAt = now();
        if (rings > MOST_RINGS) {
          throw new AssertionError(
              "the timer rang " + MOST_RINGS + " times and no time passed: it is always due");
        }
        alarms.remove(0).task.run();
      }
      return due;
    }

    /** Runs the task that was posted first. Returns whether one was. */
    public boolean work() {
      Runnable task = tasks.poll();
      if (task != null) {
        task.run();
      }
      return task != null;
    }

    /** Runs what is due and posted, and what that posts. */
    public void run() {
      boolean busy = true;
      while (busy) {
        busy = ring() || work();
      }
    }

    /** Whether no task waits. */
    public boolean idle() {
      return tasks.isEmpty();
    }

    /** How many timers wait. */
    public int alarms() {
      return alarms.size();
    }
  }

  /** Gives the server a message from the network; no loop runs. */
  protected final void arrive(Envelope message) {
    handler.accept(message);
  }

  @Override
  public final Loop loop(String name) {
    return loops.computeIfAbsent(name, n -> new Loop());
  }

  public final Loop raft() {
    return loop("raft");
  }

  public final Loop io() {
    return loop("io");
  }

  @Override
  public final Transport transport() {
    return new Transport() {
      @Override
      public void send(Envelope envelope) {
        TestHost.this.send(envelope);
      }

      @Override
      public void handle(Consumer<Envelope> newHandler) {
        handler = newHandler;
      }

      @Override
      public void close() {
        handler = message -> {};
      }
    };
  }

  @Override
  public final Disk disk() {
    throw new UnsupportedOperationException("the stores of these tests are in memory");
  }

  @Override
  public final RandomGenerator random() {
    return random;
  }

  @Override
  public final long wallClockMillis() {
    return 0;
  }

  @Override
  public final Executor callbacks() {
    return loop("callbacks")::execute;
  }
}
