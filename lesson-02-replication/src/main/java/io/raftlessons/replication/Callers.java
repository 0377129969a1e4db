package io.raftlessons.replication;

import com.google.protobuf.ByteString;
import io.raftlessons.core.Step;
import io.raftlessons.runtime.EventLoop;
import io.raftlessons.wire.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All who wait for something from a server: to be taken up by the raft loop, then to be applied or
 * confirmed. When the server stops, each of them is told. Calls come from any thread; the rest is
 * on the raft loop.
 */
final class Callers {
  /** Nobody waits longer, and no sum of nanoseconds overflows. */
  private static final Duration LONGEST = Duration.ofDays(10_000);

  private final EventLoop raft;
  private final Executor callbacks;
  private final Consumer<Consumer<Step>> steps;
  private final Replication replication;
  private final ReplicationConfig bounds;
  private final PendingFutures pending;
  private final WaitingRoom room;
  private final ReadCalls reads;
  private final Supplier<RaftException> stopped;
  private final CallQueue waiting;
  private final List<Consumer<RaftException>> stopListeners = new ArrayList<>();
  private volatile boolean ended;

  /**
   * @param steps makes a step of the core, on the raft loop and at once
   * @param stopped what callers are told when the server has stopped
   */
  Callers(
      EventLoop raft,
      Executor callbacks,
      Consumer<Consumer<Step>> steps,
      Replication replication,
      ReplicationConfig bounds,
      ReadCalls reads,
      Supplier<RaftException> stopped) {
    this.callbacks = callbacks;
    this.steps = steps;
    this.replication = replication;
    this.bounds = bounds;
    this.reads = reads;
    this.stopped = stopped;
    pending = new PendingFutures(callbacks);
    room = new WaitingRoom(raft);
    this.raft = raft;
    waiting = new CallQueue(() -> raft.execute(this::drain));
  }

  /** Fails at once if there is no place. */
  CompletableFuture<Applied> propose(Entry.Type type, ByteString data, ByteString extensions) {
    return propose(
        new ProposalCall(replication, pending, room, type, data, extensions, Optional.empty()));
  }

  /**
   * Waits for a place.
   *
   * @param atMost zero for as long as it takes
   */
  CompletableFuture<Applied> propose(
      Entry.Type type, ByteString data, ByteString extensions, Duration atMost) {
    if (atMost.isNegative()) {
      throw new IllegalArgumentException("an enqueueTimeout is not negative: " + atMost);
    }
    boolean forEver = atMost.isZero() || atMost.compareTo(LONGEST) > 0;
    long deadline = forEver ? Long.MAX_VALUE : raft.now() + atMost.toNanos();
    return propose(
        new ProposalCall(
            replication, pending, room, type, data, extensions, Optional.of(deadline)));
  }

  private CompletableFuture<Applied> propose(ProposalCall call) {
    if (call.bytes() > bounds.maxEntryBytes()) {
      call.fail(RaftException.tooLarge(call.bytes(), bounds.maxEntryBytes()));
    } else {
      enqueue(call);
    }
    return call.future;
  }

  <T extends @Nullable Object> CompletableFuture<T> read(ReadCalls.ReadCall<T> call) {
    enqueue(call);
    return call.future;
  }

  void call(Consumer<Step> make, Consumer<RaftException> refused) {
    enqueue(
        new CallQueue.Call() {
          @Override
          public int bytes() {
            return 0;
          }

          @Override
          public void make(Step step) {
            make.accept(step);
          }

          @Override
          public void fail(RaftException why) {
            callbacks.execute(() -> refused.accept(why));
          }
        });
  }

  private void enqueue(CallQueue.Call call) {
    if (ended) {
      call.fail(stopped.get());
    } else if (!waiting.offer(call)) {
      call.fail(new RaftException.Busy("too many calls wait to be taken up"));
    }
  }

  /**
   * All that wait are made in one step: all proposals are one write and one message to each
   * follower, all reads one round. They are taken before the step asks the clock. If this thread
   * stood still between the two the other way round, a call could come meanwhile and be answered by
   * a lease that had ended (lesson 3).
   */
  private void drain() {
    List<CallQueue.Call> batch = waiting.takeAll();
    if (!ended) {
      steps.accept(
          step -> {
            room.serve(step);
            batch.forEach(call -> call.make(step));
          });
    }
    if (ended) { // before this step, or by it: then nobody else knows of these callers
      batch.forEach(call -> call.fail(stopped.get()));
    }
  }

  /** Something was committed or written, or this server leads no more. */
  void placesMayBeFree() {
    if (!room.isEmpty()) {
      raft.execute(this::drain);
    }
  }

  void applied(Applier.Batch batch) {
    pending.applied(batch.entries(), batch.results());
  }

  /** What is committed has its answer still to come. */
  void leadershipLost(long commitIndex) {
    pending.failAbove(
        commitIndex,
        () ->
            new RaftException.LeadershipLost(
                "leadership was lost before the entry was committed: its outcome is unknown"));
  }

  /** Before the server starts: who else is told that it has stopped. */
  void onStop(Consumer<RaftException> listener) {
    stopListeners.add(listener);
  }

  /** The server has stopped. Idempotent. */
  void stop() {
    ended = true;
    pending.failAbove(-1, stopped);
    room.close(stopped);
    reads.stop();
    stopListeners.forEach(listener -> listener.accept(stopped.get()));
    stopListeners.clear();
    drain();
  }
}
