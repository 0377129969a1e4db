package io.raftlessons.replication;

import io.raftlessons.core.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Calls on their way from any thread to the raft loop, so that all that wait are made in one step.
 * Bounded in number and bytes. Thread-safe.
 */
final class CallQueue {
  /** A call and who waits for it. */
  interface Call {
    /** What it holds in memory, besides a little. */
    int bytes();

    /** Calls a part, on the raft loop. */
    void make(Step step);

    /** It was not made, and never will be. */
    void fail(RaftException why);
  }

  private static final int MAX_CALLS = 20_000;
  private static final long MAX_BYTES = 64L << 20;

  private final Runnable wake;
  private final Queue<Call> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicBoolean awake = new AtomicBoolean();

  /**
   * @param wake makes the raft loop call {@link #takeAll} soon; called once until it has
   */
  CallQueue(Runnable wake) {
    this.wake = wake;
  }

  /** False: there is too much already, and the call was not taken. */
  boolean offer(Call call) {
    int callsNow = calls.incrementAndGet();
    long bytesNow = bytes.addAndGet(call.bytes());
    if (callsNow > MAX_CALLS || bytesNow > MAX_BYTES) {
      takeOff(call);
      return false;
    }
    queue.add(call);
    if (awake.compareAndSet(false, true)) {
      wake.run();
    }
    return true;
  }

  /** On the raft loop: all that wait, in order. */
  List<Call> takeAll() {
    awake.set(false); // before looking: who comes later wakes the loop again
    List<Call> all = new ArrayList<>();
    for (Call next = queue.poll(); next != null; next = queue.poll()) {
      takeOff(next);
      all.add(next);
    }
    return all;
  }

  private void takeOff(Call call) {
    calls.decrementAndGet();
    bytes.addAndGet(-call.bytes());
  }
}
