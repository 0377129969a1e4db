package io.raftlessons.replication;

import com.google.protobuf.ByteString;
import io.raftlessons.wire.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Calls on their way from any thread to the raft loop, so that all that wait become entries in one
 * step. Bounded in number and bytes. Thread-safe.
 */
final class ProposalQueue {
  /** A call and who waits for it. */
  record Waiting(Entry.Type type, ByteString data, CompletableFuture<Applied> future) {}

  private static final int MAX_CALLS = 20_000;
  private static final long MAX_BYTES = 64L << 20;

  private final Runnable wake;
  private final Queue<Waiting> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicBoolean awake = new AtomicBoolean();

  /**
   * @param wake makes the raft loop call {@link #takeAll} soon; called once until it has
   */
  ProposalQueue(Runnable wake) {
    this.wake = wake;
  }

  /** False: there is too much already, and the call was not taken. */
  boolean offer(Waiting call) {
    int callsNow = calls.incrementAndGet();
    long bytesNow = bytes.addAndGet(call.data().size());
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
  List<Waiting> takeAll() {
    awake.set(false); // before looking: who comes later wakes the loop again
    List<Waiting> all = new ArrayList<>();
    for (Waiting next = queue.poll(); next != null; next = queue.poll()) {
      takeOff(next);
      all.add(next);
    }
    return all;
  }

  private void takeOff(Waiting call) {
    calls.decrementAndGet();
    bytes.addAndGet(-call.data().size());
  }
}
