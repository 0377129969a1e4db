package io.raftlessons.cluster.router;

import io.raftlessons.cluster.router.RouterException.Kind;
import io.raftlessons.replication.keyvalue.wire.KeyValueCommand;
import io.raftlessons.replication.keyvalue.wire.Reply;
import io.raftlessons.replication.keyvalue.wire.Request;
import io.raftlessons.runtime.EventLoop.Timer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One call and all its attempts. Belongs to the router's loop. */
final class Call {
  final Request operation;
  final long deadline;
  final int bytes;
  final CompletableFuture<Reply> answer;

  @Nullable Session session;
  long seq;

  /** Number of the last attempt; answers to earlier ones are used but start no new attempt. */
  long attempt;

  int failures;

  /** Attempts of which it is not known that they were never appended. */
  int perhapsAppended;

  private long firstUnacknowledged;
  private @Nullable Timer deadlineTimer;
  private @Nullable Timer nextTimer;

  Call(Request operation, long deadline, CompletableFuture<Reply> answer) {
    this.operation = operation;
    this.deadline = deadline;
    this.answer = answer;
    this.bytes = operation.getSerializedSize();
  }

  void place(Session session, long seq, long firstUnacknowledged) {
    this.session = session;
    this.seq = seq;
    this.firstUnacknowledged = firstUnacknowledged;
  }

  /** The same bytes at every attempt in one session. */
  byte[] command() {
    Session in = session;
    if (in == null) {
      throw new IllegalStateException("a call without a session has no command");
    }
    Request request =
        operation.toBuilder()
            .setSession(in.id)
            .setSeq(seq)
            .setFirstUnacknowledged(firstUnacknowledged)
            .build();
    return KeyValueCommand.newBuilder().setRequest(request).build().toByteArray();
  }

  /** Whether it needs no session, for it changes nothing and is promised no answer of another. */
  boolean isQuery() {
    return readsOnly() && operation.getIdempotencyKey().isEmpty();
  }

  /** Whether it may be asked again in another session, whatever became of it in this one. */
  boolean movable() {
    return perhapsAppended == 0 || readsOnly() || !operation.getIdempotencyKey().isEmpty();
  }

  void stopAt(Timer timer) {
    deadlineTimer = timer;
  }

  /** Replaces the one timer of the present attempt or of the pause after it. */
  void next(@Nullable Timer timer) {
    cancel(nextTimer);
    nextTimer = timer;
  }

  /** No timer of this call runs after this. */
  void release() {
    cancel(deadlineTimer);
    cancel(nextTimer);
  }

  RouterException failure(Kind kind, String what) {
    boolean changedNothing = perhapsAppended == 0 || readsOnly();
    String outcome = changedNothing ? "it was not done" : "whether it was done is unknown";
    return new RouterException(kind, changedNothing, what + "; " + outcome);
  }

  private boolean readsOnly() {
    return operation.hasGet() || operation.hasGreet();
  }

  private static void cancel(@Nullable Timer timer) {
    if (timer != null) {
      timer.cancel();
    }
  }
}
