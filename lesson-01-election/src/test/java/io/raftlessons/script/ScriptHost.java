package io.raftlessons.script;

import io.raftlessons.core.TestHost;
import io.raftlessons.wire.Envelope;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * A server's loops, run to the end after each command. Alarms ring when the script says so, and a
 * slow disk works when the script says so.
 */
final class ScriptHost extends TestHost {
  private final LongSupplier clock;
  private final Consumer<Envelope> send;
  private final Runnable task;
  private boolean slowDisk;

  /**
   * @param clock nanoseconds, shared by all servers
   * @param send takes what this server sends
   * @param task told before a loop does something
   */
  ScriptHost(LongSupplier clock, RandomGenerator random, Consumer<Envelope> send, Runnable task) {
    super(random);
    this.clock = clock;
    this.send = send;
    this.task = task;
  }

  @Override
  protected long now() {
    return clock.getAsLong();
  }

  @Override
  protected void send(Envelope message) {
    send.accept(message);
  }

  /**
   * Runs all loops until none has anything to do; a slow disk's is left alone. One after the other
   * to its end: what a later lesson does on one more loop changes no order on the others.
   */
  void settle() {
    boolean worked = true;
    while (worked) {
      worked = false;
      for (Loop loop : List.copyOf(loops.values())) {
        while (!(slowDisk && loop == io()) && work(loop)) {
          worked = true;
        }
      }
    }
  }

  private boolean work(Loop loop) {
    task.run();
    return loop.work();
  }

  /** Whether writes wait for {@link #sync}. */
  void slowDisk(boolean slow) {
    slowDisk = slow;
    settle();
  }

  /** A slow disk ends what it is at. Returns whether there was anything. */
  boolean sync() {
    boolean worked = work(io());
    settle();
    return worked;
  }

  /** The alarms that are due ring. */
  void ring() {
    for (Loop loop : List.copyOf(loops.values())) {
      boolean rang = true;
      while (rang) {
        task.run();
        rang = loop.ring();
      }
    }
    settle();
  }

  void deliver(Envelope message) {
    arrive(message);
    settle();
  }
}
