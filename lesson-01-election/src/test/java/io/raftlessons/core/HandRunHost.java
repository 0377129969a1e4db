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
 * A host whose loops run when the test says so, each by itself, in a time that the test moves. What
 * is sent is kept in {@link #sent}.
 */
public final class HandRunHost implements Host {
  private final Map<String, Loop> loops = new TreeMap<>();
  private final RandomGenerator random;
  private long now = 1_000 * CoreFixture.MS;
  private Consumer<Envelope> handler = message -> {};

  /** Told of every message that is sent. */
  public Consumer<Envelope> onSend = message -> {};

  public final List<Envelope> sent = new ArrayList<>();

  public HandRunHost(RandomGenerator random) {
    this.random = random;
  }

  /** Tasks in order of posting, timers in order of time. */
  public final class Loop implements EventLoop {
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final List<Alarm> alarms = new ArrayList<>();

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
      return now;
    }

    @Override
    public void execute(Runnable task) {
      tasks.add(task);
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
      Alarm alarm = new Alarm(now + Math.max(0, delayNanos), task);
      alarms.add(alarm);
      alarms.sort(Comparator.comparingLong(a -> a.at));
      return alarm;
    }

    /** Runs what is due and posted, and what that posts. */
    public void run() {
      while (true) {
        if (!alarms.isEmpty() && alarms.get(0).at <= now) {
          alarms.remove(0).task.run();
        } else if (!tasks.isEmpty()) {
          tasks.remove().run();
        } else {
          return;
        }
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

  @Override
  public Loop loop(String name) {
    return loops.computeIfAbsent(name, n -> new Loop());
  }

  public Loop raft() {
    return loop("raft");
  }

  public Loop io() {
    return loop("io");
  }

  /** Moves time on by millisecond, running the raft loop, but no other, at each. */
  public void advance(long millis) {
    for (long i = 0; i < millis; i++) {
      now += CoreFixture.MS;
      raft().run();
    }
  }

  /** Runs all loops until none has anything to do. */
  public void settle() {
    while (loops.values().stream().anyMatch(loop -> !loop.idle())) {
      List.copyOf(loops.values()).forEach(Loop::run);
    }
  }

  /** A message comes from the network; the raft loop runs. */
  public void deliver(Envelope message) {
    handler.accept(message);
    raft().run();
  }

  @Override
  public Transport transport() {
    return new Transport() {
      @Override
      public void send(Envelope envelope) {
        sent.add(envelope);
        onSend.accept(envelope);
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
  public Disk disk() {
    throw new UnsupportedOperationException("no test of the core uses a disk");
  }

  @Override
  public RandomGenerator random() {
    return random;
  }

  @Override
  public long wallClockMillis() {
    return 0;
  }

  @Override
  public Executor callbacks() {
    return loop("callbacks")::execute;
  }
}
