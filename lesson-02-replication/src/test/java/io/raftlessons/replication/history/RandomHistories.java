package io.raftlessons.replication.history;

import io.raftlessons.replication.history.Operation.Kind;
import io.raftlessons.replication.history.Operation.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Histories of one key whose operations took effect one after the other, at times that overlap. */
final class RandomHistories {
  private static final long STEP = 10;

  private final Random random;
  private final int values;
  private final KeyValueModel model = new KeyValueModel();

  /**
   * @param values how many different ones are written
   */
  RandomHistories(Random random, int values) {
    this.random = random;
    this.values = values;
  }

  /**
   * A linearizable history.
   *
   * @param overlap how many others an operation overlaps at most, about
   * @param unknown of ten operations, so many have an unknown outcome
   */
  List<Operation> good(int size, int overlap, int unknown) {
    boolean list = random.nextInt(3) == 0;
    List<Operation> history = new ArrayList<>();
    String state = model.initial();
    for (int i = 0; i < size; i++) {
      long effect = i * STEP;
      long call = Math.max(0, effect - random.nextInt((int) STEP * overlap));
      long end = effect + random.nextInt((int) STEP * overlap);
      int dice = random.nextInt(10);
      Status status = dice == 0 ? Status.FAIL : dice <= unknown ? Status.UNKNOWN : Status.OK;
      Operation asked = asked("c" + i, list, call, end);
      // The effect of an unknown one comes now, or never; of one that failed, never.
      boolean happens = status == Status.OK || (status == Status.UNKNOWN && random.nextBoolean());
      String output = happens ? output(state, asked) : "";
      if (happens) {
        String after = model.step(state, asked);
        state = after == null ? state : after;
      }
      history.add(with(asked, status == Status.OK ? output : "", status));
    }
    return history;
  }

  private Operation asked(String client, boolean list, long call, long end) {
    String value = Integer.toString(random.nextInt(values));
    String expect = random.nextInt(3) == 0 ? "" : Integer.toString(random.nextInt(values));
    Kind[] kinds =
        list
            ? new Kind[] {Kind.GET, Kind.APPEND, Kind.APPEND, Kind.DELETE}
            : new Kind[] {Kind.GET, Kind.GET, Kind.PUT, Kind.CAS, Kind.ADD, Kind.DELETE};
    Kind kind = kinds[random.nextInt(kinds.length)];
    boolean reads = kind == Kind.GET || kind == Kind.DELETE;
    return new Operation(
        client,
        kind,
        "x",
        kind == Kind.CAS ? expect : "",
        reads ? "" : value,
        "",
        call,
        end,
        Status.UNKNOWN);
  }

  /** What the machine answers, told apart from the model's way to say so. */
  private String output(String state, Operation asked) {
    return switch (asked.kind()) {
      case GET -> state;
      case PUT -> "";
      case DELETE -> Boolean.toString(!state.isEmpty());
      case CAS -> Boolean.toString(state.equals(asked.expect()));
      case APPEND -> Integer.toString(state.isEmpty() ? 1 : state.split(",").length + 1);
      case ADD ->
          Long.toString(
              (state.isEmpty() ? 0 : Long.parseLong(state)) + Long.parseLong(asked.value()));
    };
  }

  /** The history with one operation changed: its answer, its outcome or its time. */
  List<Operation> mutated(List<Operation> history) {
    List<Operation> mutated = new ArrayList<>(history);
    int at = random.nextInt(history.size());
    Operation one = history.get(at);
    mutated.set(at, mutated(one, history.get(random.nextInt(history.size()))));
    return mutated;
  }

  private Operation mutated(Operation one, Operation other) {
    return switch (random.nextInt(4)) {
      case 0 -> with(one, one.kind() == other.kind() ? other.output() : "7", Status.OK);
      case 1 -> with(one, "", Status.FAIL);
      case 2 -> at(one, other.callNanos(), other.returnNanos());
      default -> at(one, one.callNanos(), Math.min(one.callNanos() + 1, one.returnNanos()));
    };
  }

  private static Operation with(Operation one, String output, Status status) {
    return copy(one, output, one.callNanos(), one.returnNanos(), status);
  }

  private static Operation at(Operation one, long call, long end) {
    return copy(one, one.output(), call, end, one.status());
  }

  private static Operation copy(Operation one, String output, long call, long end, Status status) {
    return new Operation(
        one.client(), one.kind(), one.key(), one.expect(), one.value(), output, call, end, status);
  }
}
