package io.raftlessons.sim;

import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time: what will happen, in its order, and how late it is. Events of one moment happen in
 * the order of posting. While a task runs, its loop's time may run ahead of the world's: the disk
 * charges what a call costs.
 */
final class Timeline implements SimDisk.Clock {
  private static final long MAX_EVENTS = 5_000_000;

  private final Consumer<SimHost> crash;
  private final PriorityQueue<SimEvent> queue = new PriorityQueue<>();

  private long numbered;
  private long events;
  private long longest = Long.MAX_VALUE;

  /** When the event under way began, and how far the disk has moved its loop's time since. */
  private long eventAt;

  private long cursor;
  private long hash;
  private @Nullable Violation violation;

  /**
   * @param crash called when a server goes down in the middle of a disk operation
   */
  Timeline(Consumer<SimHost> crash) {
    this.crash = crash;
  }

  /** Ends the run, by a violation, when it takes more events than this. */
  void noLongerThan(long events) {
    longest = events;
  }

  /** Ends the run after the event under way. */
  void end(Violation broken) {
    if (violation == null) {
      violation = broken;
    }
  }

  /**
   * Lets something happen.
   *
   * @param at virtual time in nanoseconds
   * @param loop whose task it is; null for the world's own
   */
  SimEvent post(long at, @Nullable SimLoop loop, Runnable task) {
    SimEvent event = new SimEvent(numbered++, at, loop, task);
    queue.add(event);
    return event;
  }

  /** See {@link SimWorld#runUntil(long, BooleanSupplier)}. */
  boolean runUntil(long nanos, BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      SimEvent event = queue.peek();
      if (event == null || event.at() > nanos) {
        eventAt = Math.max(eventAt, nanos);
        cursor = eventAt;
        return condition.getAsBoolean();
      }
      queue.poll();
      happen(event);
      if (violation != null) {
        throw violation;
      }
    }
    return true;
  }

  private void happen(SimEvent event) {
    Runnable task = event.task();
    SimLoop loop = event.loop();
    if (task == null || (loop != null && loop.dead())) {
      return;
    }
    if (loop != null && loop.busyUntil() > event.at()) {
      event.putOff(loop.busyUntil());
      queue.add(event);
      return;
    }
    if (++events > MAX_EVENTS) {
      end(new Violation("Progress", MAX_EVENTS + " events and no end: something repeats"));
    }
    if (events > longest) {
      end(new Violation("NoLonger", "more than " + longest + " events"));
    }
    eventAt = event.at();
    cursor = event.at();
    hash(event.at() ^ (loop == null ? -1 : loop.number()));
    try {
      task.run();
    } catch (SimDisk.Crash down) {
      if (loop == null) {
        throw down;
      }
      crash.accept(loop.host());
    }
    if (loop != null) {
      loop.busyUntil(cursor);
    }
    cursor = event.at();
  }

  @Override
  public long now() {
    return cursor;
  }

  @Override
  public void charge(long nanos) {
    cursor += nanos;
  }

  @Override
  public long worldNow() {
    return eventAt;
  }

  /** How many events have happened. */
  long events() {
    return events;
  }

  /** Lets {@link #hash()} depend on this too. */
  void hash(long value) {
    hash = hash * 31 + value;
  }

  /** Of the events that have happened: when, and on which loop. */
  long hash() {
    return hash;
  }
}
