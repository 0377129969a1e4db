package io.raftlessons.cluster.router;

import io.raftlessons.runtime.EventLoop;
import java.util.PriorityQueue;

/** A loop whose clock jumps to the next task. */
public final class VirtualLoop implements EventLoop {
  private record Task(long at, long order, Runnable work, boolean[] cancelled)
      implements Comparable<Task> {
    @Override
    public int compareTo(Task other) {
      return at == other.at ? Long.compare(order, other.order) : Long.compare(at, other.at);
    }
  }

  private final PriorityQueue<Task> tasks = new PriorityQueue<>();
  private long now = 1_000_000_007L;
  private long order;

  @Override
  public long now() {
    return now;
  }

  @Override
  public void execute(Runnable task) {
    schedule(0, task);
  }

  @Override
  public Timer schedule(long delayNanos, Runnable task) {
    boolean[] cancelled = new boolean[1];
    tasks.add(new Task(now + Math.max(0, delayNanos), order++, task, cancelled));
    return () -> cancelled[0] = true;
  }

  /** Runs what is due within this time, then lets the rest of it pass. */
  public void advance(long nanos) {
    long until = now + nanos;
    while (!tasks.isEmpty() && tasks.peek().at() <= until) {
      Task next = tasks.remove();
      now = next.at();
      if (!next.cancelled()[0]) {
        next.work().run();
      }
    }
    now = until;
  }

  /** How many tasks wait that were not cancelled. */
  long pending() {
    return tasks.stream().filter(task -> !task.cancelled()[0]).count();
  }
}
