package io.raftlessons.script;

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
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * A server's loops, run to the end after each command. Alarms ring when the script says so, and a
 * slow disk works when the script says so.
 */
final class ScriptHost implements Host {
  private static final String IO = "io";

  private final LongSupplier clock;
  private final RandomGenerator random;
  private final Consumer<Envelope> send;
  private final Map<String, Loop> loops = new TreeMap<>();
  private final List<Alarm> alarms = new ArrayList<>();
  private Consumer<Envelope> handler = message -> {};
  private boolean slowDisk;

  /**
   * @param clock nanoseconds, shared by all servers
   * @param send takes what this server sends
   */
  ScriptHost(LongSupplier clock, RandomGenerator random, Consumer<Envelope> send) {
    this.clock = clock;
    this.random = random;
    this.send = send;
  }

  private final class Alarm implements EventLoop.Timer {
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

  private final class Loop implements EventLoop {
    final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

    @Override
    public long now() {
      return clock.getAsLong();
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
  }

  /** Runs all loops until none has anything to do; a slow disk's is left alone. */
  void settle() {
    boolean worked = true;
    while (worked) {
      worked = false;
      for (Map.Entry<String, Loop> loop : List.copyOf(loops.entrySet())) {
        if (!(slowDisk && loop.getKey().equals(IO)) && !loop.getValue().tasks.isEmpty()) {
          loop.getValue().tasks.remove().run();
          worked = true;
        }
      }
    }
  }

  /** Whether writes wait for {@link #sync}. */
  void slowDisk(boolean slow) {
    slowDisk = slow;
    settle();
  }

  /** A slow disk ends what it is at. Returns whether there was anything. */
  boolean sync() {
    Runnable work = loop(IO).tasks.poll();
    if (work != null) {
      work.run();
      settle();
    }
    return work != null;
  }

  /** The alarms that are due ring. */
  void ring() {
    while (!alarms.isEmpty() && alarms.get(0).at <= clock.getAsLong()) {
      alarms.remove(0).task.run();
    }
    settle();
  }

  void deliver(Envelope message) {
    handler.accept(message);
    settle();
  }

  @Override
  public Loop loop(String name) {
    return loops.computeIfAbsent(name, n -> new Loop());
  }

  @Override
  public Transport transport() {
    return new Transport() {
      @Override
      public void send(Envelope envelope) {
        send.accept(envelope);
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
    throw new UnsupportedOperationException("the stores of a script are in memory");
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
