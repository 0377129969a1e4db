package io.raftlessons.replication;

import io.raftlessons.core.Step;
import io.raftlessons.replication.ReadEffect.ReadFailed;
import io.raftlessons.replication.ReadEffect.ReadReady;
import io.raftlessons.replication.Replica.ReadRequest;
import io.raftlessons.runtime.EventLoop;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The callers of reads: first they wait to be confirmed, then for the machine. Each is known here
 * until it is answered, so that a server that stops can tell all, whatever its machine is at. On
 * the raft loop; queries run on the apply loop, futures complete elsewhere.
 */
final class ReadCalls {
  private static final int MOST_OPEN = 20_000;

  private final EventLoop raft;
  private final Applier applier;
  private final Executor callbacks;
  private final Supplier<RaftException> stopped;
  private final Map<Long, ReadCall<?>> open = new TreeMap<>();
  private long lastId;

  /**
   * @param stopped what callers are told when the server has stopped
   */
  ReadCalls(EventLoop raft, Applier applier, Executor callbacks, Supplier<RaftException> stopped) {
    this.raft = raft;
    this.applier = applier;
    this.callbacks = callbacks;
    this.stopped = stopped;
  }

  /** What a caller wants when its read is confirmed. */
  private interface Confirmed<T extends @Nullable Object> {
    void at(long readIndex, ReadCall<T> call);
  }

  /** From any thread: a call that completes as soon as it is confirmed. */
  ReadCall<@Nullable Void> verification(ReadRequest request) {
    return new ReadCall<>(request, (readIndex, call) -> call.complete(null));
  }

  /** From any thread: a call that completes when the machine is there, with the index. */
  ReadCall<Long> index(ReadRequest request) {
    return new ReadCall<>(
        request, (readIndex, call) -> applier.read(readIndex, () -> call.complete(readIndex)));
  }

  /** From any thread: a call that completes with what the query found when the machine is there. */
  <T extends @Nullable Object> ReadCall<T> query(ReadRequest request, Supplier<T> query) {
    return new ReadCall<>(
        request, (readIndex, call) -> applier.read(readIndex, () -> call.ask(query)));
  }

  void ready(ReadReady answer) {
    known(answer.requestId()).confirmed(answer.readIndex());
  }

  void failed(ReadFailed answer) {
    known(answer.requestId())
        .fail(
            switch (answer.reason()) {
              case NOT_LEADER -> new RaftException.NotLeader(answer.leader());
              case LEADERSHIP_LOST -> new RaftException.LeadershipLost(answer.why());
              case BUSY -> new RaftException.Busy(answer.why());
            });
  }

  private ReadCall<?> known(long id) {
    ReadCall<?> call = open.get(id);
    if (call == null) {
      throw new IllegalStateException("no read " + id + " is open");
    }
    return call;
  }

  /** The server has stopped: whoever waits will wait in vain. */
  void stop() {
    new ArrayList<>(open.values()).forEach(call -> call.fail(stopped.get()));
    open.clear();
    applier.stop();
  }

  /** One caller. */
  final class ReadCall<T extends @Nullable Object> implements CallQueue.Call {
    final CompletableFuture<T> future = new CompletableFuture<>();
    private final ReadRequest request;
    private final Confirmed<T> confirmed;
    private long id;

    private ReadCall(ReadRequest request, Confirmed<T> confirmed) {
      this.request = request;
      this.confirmed = confirmed;
    }

    @Override
    public int bytes() {
      return 0;
    }

    @Override
    public void make(Step step) {
      if (open.size() >= MOST_OPEN) {
        fail(new RaftException.Busy(MOST_OPEN + " reads are not answered yet"));
        return;
      }
      id = ++lastId;
      open.put(id, this);
      request.make(step, id);
    }

    private void confirmed(long readIndex) {
      confirmed.at(readIndex, this);
    }

    private void ask(Supplier<T> query) {
      try {
        complete(query.get());
      } catch (RuntimeException | Error e) {
        failWith(e); // it changed nothing, so it is the caller's trouble alone
      }
    }

    private void complete(@Nullable T result) {
      callbacks.execute(() -> future.complete(result));
      raft.execute(() -> open.remove(id));
    }

    @Override
    public void fail(RaftException why) {
      failWith(why);
    }

    private void failWith(Throwable why) {
      callbacks.execute(() -> future.completeExceptionally(why));
      raft.execute(() -> open.remove(id));
    }
  }
}
