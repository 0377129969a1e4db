package io.raftlessons.membership;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
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
  private final Predicate<? super Observation> filter;
  private final BlockingQueue<Observation> queue;
  private final AtomicLong observed = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();

  /**
   * @param capacity how many are kept, from 1
   * @param filter which ones are wanted; asked on the callbacks executor
   */
  public Observer(int capacity, Predicate<? super Observation> filter) {
    this.filter = filter;
    queue = new ArrayBlockingQueue<>(capacity);
  }

  @Override
  public void accept(Observation observation) {
    if (filter.test(observation)) {
      (queue.offer(observation) ? observed : dropped).incrementAndGet();
    }
  }

  /** The oldest one that was not taken yet; null if none comes within this time. */
  public @Nullable Observation poll(Duration timeout) throws InterruptedException {
    return queue.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
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
