package io.raftlessons.replication.history;

import io.raftlessons.replication.history.Operation.Kind;
import io.raftlessons.replication.history.Operation.Status;
import io.raftlessons.replication.keyvalue.wire.Reply;
import io.raftlessons.replication.keyvalue.wire.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Records what clients see, on one thread. No two events have the same time, so what happened one
 * after the other at one moment of the clock is in that order in the history too.
 */
public final class History {
  private final LongSupplier clock;
  private final List<Call> calls = new ArrayList<>();
  private long last;

  /**
   * @param clock in nanoseconds, not negative
   */
  public History(LongSupplier clock) {
    this.clock = clock;
  }

  /**
   * A client calls. Unless it is said how the call ended, its outcome is unknown.
   *
   * @param request a get, put, delete, compare-and-set, append or add
   */
  public Call call(String client, Request request) {
    Call call = new Call(client, request);
    calls.add(call);
    return call;
  }

  /** All calls so far, in the order in which they were made. */
  public List<Operation> operations() {
    long now = tick();
    return calls.stream().map(call -> call.operation(now)).toList();
  }

  /**
   * The history as it would be if nobody had missed an answer, as Herlihy and Wing complete one:
   * what took effect is answered, what did not is left out. If this is linearizable, so are the
   * {@link #operations}.
   */
  public List<Operation> completion() {
    return calls.stream().flatMap(call -> call.completed().stream()).toList();
  }

  private long tick() {
    last = Math.max(last + 1, clock.getAsLong());
    return last;
  }

  /** A call. It ends once; what is said later is not heard. */
  public final class Call {
    private final Operation begun;
    private @Nullable Operation ended;
    private @Nullable Operation effect;

    private Call(String client, Request request) {
      long now = tick();
      begun = begun(client, request, now);
    }

    /**
     * It was answered.
     *
     * @param reply OK or NOT_FOUND; others are no answers
     */
    public void answered(Reply reply) {
      if (!isAnswer(reply)) {
        throw new IllegalArgumentException("no answer: " + reply);
      }
      end(Status.OK, output(begun.kind(), reply));
    }

    /** The machine has said this now, whether or not the client comes to hear it. */
    public void tookEffect(Reply reply) {
      if (effect == null && isAnswer(reply)) {
        effect = with(Status.OK, output(begun.kind(), reply), tick());
      }
    }

    /** It surely had no effect and will have none. */
    public void failed() {
      end(Status.FAIL, "");
    }

    private void end(Status status, String output) {
      if (ended == null) {
        ended = with(status, output, tick());
      }
    }

    private Optional<Operation> completed() {
      return Optional.ofNullable(ended == null ? effect : ended);
    }

    private Operation operation(long now) {
      return ended == null ? with(Status.UNKNOWN, "", now) : ended;
    }

    private Operation with(Status status, String output, long returned) {
      return new Operation(
          begun.client(),
          begun.kind(),
          begun.key(),
          begun.expect(),
          begun.value(),
          output,
          begun.callNanos(),
          returned,
          status);
    }
  }

  private static boolean isAnswer(Reply reply) {
    return reply.getStatus() == Reply.Status.OK || reply.getStatus() == Reply.Status.NOT_FOUND;
  }

  private static Operation begun(String client, Request request, long now) {
    return switch (request.getOperationCase()) {
      case GET -> begun(client, Kind.GET, request.getGet().getKey(), "", "", now);
      case DELETE -> begun(client, Kind.DELETE, request.getDelete().getKey(), "", "", now);
      case PUT ->
          begun(client, Kind.PUT, request.getPut().getKey(), "", request.getPut().getValue(), now);
      case COMPARE_AND_SET -> {
        var cas = request.getCompareAndSet();
        yield begun(client, Kind.CAS, cas.getKey(), cas.getExpect(), cas.getValue(), now);
      }
      case APPEND -> {
        var append = request.getAppend();
        yield begun(client, Kind.APPEND, append.getKey(), "", append.getElement(), now);
      }
      case ADD -> {
        var add = request.getAdd();
        yield begun(client, Kind.ADD, add.getKey(), "", Long.toString(add.getDelta()), now);
      }
      case GREET, OPERATION_NOT_SET ->
          throw new IllegalArgumentException("not of a key: " + request.getOperationCase());
    };
  }

  private static Operation begun(
      String client, Kind kind, String key, String expect, String value, long now) {
    return new Operation(client, kind, key, expect, value, "", now, now, Status.UNKNOWN);
  }

  private static String output(Kind kind, Reply reply) {
    return switch (kind) {
      case GET -> reply.getText();
      case PUT -> "";
      case DELETE -> Boolean.toString(reply.getStatus() == Reply.Status.OK);
      case CAS -> Boolean.toString(reply.getSwapped());
      case APPEND, ADD -> Long.toString(reply.getNumber());
    };
  }
}
