package io.raftlessons.membership;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Keeps observations for a thread of the caller's to take: HashiCorp's Observer, the one that does
 * not block. What does not fit is dropped, and counted. For {@link
 * MembershipNode#registerObserver}; thread-safe.
 */
public final class Observer implements Consumer<Observation> {
  private final int capacity;
  private final Predicate<? super Observation> filter;
  private final Queue<Observation> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong observed = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();

  /**
   * @param capacity how many are kept, from 1
   * @param filter which ones are wanted; asked on the callbacks executor
   */
  public Observer(int capacity, Predicate<? super Observation> filter) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity is " + capacity + ", and must be at least 1");
    }
    this.capacity = capacity;
    this.filter = filter;
  }

  /** On the callbacks executor, one at a time. */
  @Override
  public void accept(Observation observation) {
    if (!filter.test(observation)) {
      return;
    }
    if (waiting.get() < capacity) {
      waiting.incrementAndGet();
      queue.add(observation);
      observed.incrementAndGet();
    } else {
      dropped.incrementAndGet();
    }
  }

  /** Takes the oldest one; null if there is none. Does not wait. */
  public @Nullable Observation poll() {
    Observation oldest = queue.poll();
    if (oldest != null) {
      waiting.decrementAndGet();
    }
    return oldest;
  }

  /** How many were kept, taken or not. */
  public long observed() {
    return observed.get();
  }

  /** How many were wanted, and did not fit. */
  public long dropped() {
    return dropped.get();
  }
}
