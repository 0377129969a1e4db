package io.raftlessons.cluster.router;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftlessons.cluster.Group;
import io.raftlessons.cluster.GroupException;
import io.raftlessons.cluster.GroupException.Outcome;
import io.raftlessons.cluster.router.RouterException.Kind;
import io.raftlessons.replication.keyvalue.wire.Reply;
import io.raftlessons.replication.keyvalue.wire.Request;
import io.raftlessons.runtime.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The group's client: makes calls that are carried out exactly once of attempts that may be lost,
 * late or repeated (thesis section 6.3). It opens a session, numbers its calls, and repeats a call
 * under its number until it has an answer or its deadline is over. When the machine has forgotten
 * the session, it opens another one and moves what may be asked again without harm: calls that were
 * never appended, calls that only read, and calls with an idempotency key. Any other call ends with
 * {@link Kind#UNKNOWN}.
 *
 * <p>A call that only reads, without an idempotency key, needs none of that: it is a query, put to
 * the machine without a word in the log, as often as it takes.
 *
 * <p>All state belongs to one loop; nothing blocks. Thread-safe.
 */
public final class Router {
  private static final String NO_ANSWER = "no answer before the deadline";

  private final EventLoop loop;
  private final Group group;
  private final RouterOptions options;
  private final SessionOpener opener;
  private final Set<Call> calls = new LinkedHashSet<>();
  private final ArrayDeque<Call> waiting = new ArrayDeque<>();
  private long bytes;
  private @Nullable Session session;
  private boolean closed;

  /**
   * @param loop on which all is done and all answers are completed
   */
  public Router(EventLoop loop, Group group, RouterOptions options) {
    this.loop = loop;
    this.group = group;
    this.options = options;
    this.opener =
        new SessionOpener(loop, group, options, () -> !waiting.isEmpty(), this::sessionOpened);
  }

  /**
   * Carries out an operation once.
   *
   * @param operation a request with nothing but its operation
   * @param idempotencyKey under which the same call from elsewhere gets the same answer
   * @param deadlineNanosFromNow by when the answer is there, or a failure
   * @return completes on the router's loop, exceptionally with a {@link RouterException} only; the
   *     reply's status is never {@code SESSION_REFUSED}; never completed if the loop was closed
   */
  public CompletableFuture<Reply> call(
      Request operation, Optional<String> idempotencyKey, long deadlineNanosFromNow) {
    CompletableFuture<Reply> answer = new CompletableFuture<>();
    Request.Builder keyed = operation.toBuilder();
    idempotencyKey.ifPresent(keyed::setIdempotencyKey);
    Call call = new Call(keyed.build(), loop.now() + deadlineNanosFromNow, answer);
    loop.execute(() -> begin(call));
    return answer;
  }

  /** Ends all calls under way and refuses new ones. Idempotent. */
  public void close() {
    loop.execute(
        () -> {
          closed = true;
          opener.stop();
          for (Call call : List.copyOf(calls)) {
            fail(call, Kind.CLOSED, "the router was closed");
          }
        });
  }

  private void begin(Call call) {
    boolean tooMany =
        calls.size() >= options.maxConcurrent()
            || (!calls.isEmpty() && bytes + call.bytes > options.maxBytes());
    if (closed || tooMany) {
      call.answer.completeExceptionally(
          closed
              ? call.failure(Kind.CLOSED, "the router is closed")
              : call.failure(Kind.TOO_MANY, "too many calls are under way"));
      return;
    }
    long left = call.deadline - loop.now();
    if (left <= 0) {
      call.answer.completeExceptionally(call.failure(Kind.TIMEOUT, NO_ANSWER));
      return;
    }
    calls.add(call);
    bytes += call.bytes;
    call.stopAt(loop.schedule(left, () -> fail(call, Kind.TIMEOUT, NO_ANSWER)));
    if (call.isQuery()) {
      attempt(call);
    } else {
      waiting.add(call);
      dispatch();
    }
  }

  /** Sends what waits, as far as there is a session and room in it. */
  private void dispatch() {
    Session current = session;
    if (current != null && loop.now() - current.answeredAt >= options.idleNanos()) {
      current = null;
      session = null;
    }
    if (current == null) {
      opener.open();
      return;
    }
    // Placing all before sending any: a group that answers at once must not change the queue.
    List<Call> ready = new ArrayList<>();
    while (!waiting.isEmpty() && current.hasRoom(options.window())) {
      Call call = waiting.remove();
      current.add(call);
      ready.add(call);
    }
    ready.forEach(this::attempt);
  }

  private void sessionOpened(long id, long sentAt) {
    session = new Session(id, sentAt);
    dispatch();
  }

  private void attempt(Call call) {
    Session in = call.session;
    long number = ++call.attempt;
    long sentAt = loop.now();
    long timeout = Math.max(1, Math.min(options.attemptNanos(), call.deadline - sentAt));
    call.perhapsAppended++;
    call.next(loop.schedule(timeout, () -> repeat(call, number, options.longestBackoffNanos())));
    CompletableFuture<byte[]> result =
        call.isQuery()
            ? guarded(() -> group.read(call.operation.toByteArray(), timeout))
            : append(group, call.command(), timeout);
    result.whenComplete(
        (answer, failure) ->
            loop.execute(() -> attempted(call, in, number, sentAt, answer, failure)));
  }

  private void attempted(
      Call call,
      @Nullable Session in,
      long number,
      long sentAt,
      byte @Nullable [] result,
      @Nullable Throwable failure) {
    if (!calls.contains(call)) {
      return;
    }
    if (result == null) {
      Outcome outcome = outcomeOf(failure);
      if (outcome == Outcome.NOT_APPENDED || outcome == Outcome.BUSY) {
        call.perhapsAppended--;
      }
      repeat(call, number, options.longestPauseAfter(outcome));
      return;
    }
    Reply reply;
    try {
      reply = Reply.parseFrom(result);
    } catch (InvalidProtocolBufferException e) {
      fail(call, Kind.UNKNOWN, "the answer cannot be read");
      return;
    }
    if (in != null) {
      if (reply.getStatus() == Reply.Status.SESSION_REFUSED) {
        refused(call, in);
        return;
      }
      in.answeredAt = Math.max(in.answeredAt, sentAt);
    }
    end(call);
    call.answer.complete(reply);
  }

  private void refused(Call call, Session refused) {
    if (refused.equals(session)) {
      session = null;
    }
    if (!refused.equals(call.session)) {
      return;
    }
    if (call.movable()) {
      move(call);
    } else {
      fail(call, Kind.UNKNOWN, "the session was forgotten");
    }
  }

  /** Takes the call out of its session and lets it wait for the next one. */
  private void move(Call call) {
    leaveSession(call);
    call.attempt++;
    call.next(null);
    waiting.add(call);
    dispatch();
  }

  /** After a pause, if nobody did so since this attempt. */
  private void repeat(Call call, long number, long longestPause) {
    if (number != call.attempt) {
      return;
    }
    call.attempt++;
    call.failures++;
    call.next(
        loop.schedule(options.backoff(call.failures, longestPause), () -> attemptOrMove(call)));
  }

  private void attemptOrMove(Call call) {
    Session in = call.session;
    if (in != null && !in.equals(session) && call.movable()) {
      move(call);
    } else {
      attempt(call);
    }
  }

  private void fail(Call call, Kind kind, String what) {
    end(call);
    call.answer.completeExceptionally(call.failure(kind, what));
  }

  private void end(Call call) {
    call.release();
    calls.remove(call);
    bytes -= call.bytes;
    if (call.session != null) {
      leaveSession(call);
    } else if (!call.isQuery()) {
      waiting.remove(call);
    }
    if (!waiting.isEmpty() && !closed) {
      loop.execute(this::dispatch);
    }
  }

  private static void leaveSession(Call call) {
    if (call.session != null) {
      call.session.remove(call.seq);
      call.session = null;
    }
  }

  static CompletableFuture<byte[]> append(Group group, byte[] command, long timeout) {
    return guarded(() -> group.append(command, timeout));
  }

  private static CompletableFuture<byte[]> guarded(Supplier<CompletableFuture<byte[]>> attempt) {
    try {
      return attempt.get();
    } catch (RuntimeException e) {
      // Against its contract, and nobody knows how far it came.
      return CompletableFuture.failedFuture(new GroupException(Outcome.UNKNOWN, e.toString()));
    }
  }

  static Outcome outcomeOf(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof GroupException refused ? refused.outcome() : Outcome.UNKNOWN;
  }
}
