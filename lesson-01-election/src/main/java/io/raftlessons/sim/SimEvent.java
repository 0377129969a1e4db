package io.raftlessons.sim;

import org.jspecify.annotations.Nullable;

/** Something that will happen in the world, at a time, on a loop or to the world itself. */
final class SimEvent implements Comparable<SimEvent> {
  private final long number;
  private final @Nullable SimLoop loop;
  private long at;
  private @Nullable Runnable task;

  /**
   * @param number counts the events as they were posted: it orders those of one moment
   */
  SimEvent(long number, long at, @Nullable SimLoop loop, Runnable task) {
    this.number = number;
    this.at = at;
    this.loop = loop;
    this.task = task;
  }

  long at() {
    return at;
  }

  /** Waits on. The number stays, and with it the order of posting. */
  void putOff(long time) {
    at = time;
  }

  @Nullable SimLoop loop() {
    return loop;
  }

  /** Null if it was cancelled. */
  @Nullable Runnable task() {
    return task;
  }

  void cancel() {
    task = null;
  }

  @Override
  public int compareTo(SimEvent other) {
    return at != other.at ? Long.compare(at, other.at) : Long.compare(number, other.number);
  }
}
