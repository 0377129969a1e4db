package io.raftlessons.replication.history;

import io.raftlessons.replication.history.Operation.Kind;
import io.raftlessons.replication.keyvalue.JsonText;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One key of the key-value machine. The state is its value as JSON text, "" for none. An operation
 * that the machine refuses as invalid (an append to what is no array) changes nothing and has no
 * answer that a history could hold.
 */
public final class KeyValueModel implements Model<String> {
  @Override
  public String initial() {
    return "";
  }

  @Override
  public @Nullable String step(String state, Operation operation) {
    return switch (operation.kind()) {
      case GET -> answered(operation, state, state);
      case PUT -> operation.value();
      case DELETE -> answered(operation, Boolean.toString(!state.isEmpty()), "");
      case CAS -> compareAndSet(state, operation);
      case APPEND -> append(state, operation);
      case ADD -> add(state, operation);
    };
  }

  private static @Nullable String answered(Operation operation, String output, String next) {
    boolean possible =
        operation.status() != Operation.Status.OK || operation.output().equals(output);
    return possible ? next : null;
  }

  private static @Nullable String invalid(Operation operation, String state) {
    return operation.status() == Operation.Status.OK ? null : state;
  }

  private static @Nullable String compareAndSet(String state, Operation operation) {
    boolean same = operation.expect().equals(state);
    return answered(operation, Boolean.toString(same), same ? operation.value() : state);
  }

  private static @Nullable String append(String state, Operation operation) {
    String array = state.isEmpty() ? JsonText.EMPTY_ARRAY : state;
    if (!JsonText.isArray(array)) {
      return invalid(operation, state);
    }
    String longer = JsonText.append(array, operation.value());
    return answered(operation, Integer.toString(JsonText.length(longer)), longer);
  }

  private static @Nullable String add(String state, Operation operation) {
    OptionalLong number = state.isEmpty() ? OptionalLong.of(0) : JsonText.integer(state);
    if (number.isEmpty()) {
      return invalid(operation, state);
    }
    long delta = Long.parseLong(operation.value());
    long sum = number.getAsLong() + delta;
    boolean overflows = delta >= 0 ? sum < number.getAsLong() : sum > number.getAsLong();
    return overflows
        ? invalid(operation, state)
        : answered(operation, Long.toString(sum), Long.toString(sum));
  }

  /** Reads, compare-and-sets that lost, deletes of nothing. */
  @Override
  public boolean changesNothing(Operation answered) {
    return answered.kind() == Kind.GET || answered.output().equals("false");
  }

  @Override
  public boolean onlyGrows(Operation operation) {
    return switch (operation.kind()) {
      case GET, APPEND -> true;
      case ADD -> Long.parseLong(operation.value()) >= 0;
      default -> false;
    };
  }

  /** A number that only grows is not less later; an array is a prefix of what it is later. */
  @Override
  public boolean mayPrecede(String state, Operation answered) {
    OptionalLong number = JsonText.integer(state);
    if (number.isPresent()) {
      return JsonText.integer(answered.output()).orElse(Long.MIN_VALUE) >= number.getAsLong();
    }
    if (!JsonText.isArray(state)) {
      return true;
    }
    if (answered.kind() == Kind.APPEND) {
      return JsonText.length(state) < JsonText.integer(answered.output()).orElse(0);
    }
    String read = answered.output();
    int end = state.length() - 1;
    return read.length() > end
        && read.startsWith(state.substring(0, end))
        && (read.charAt(end) == ',' || read.charAt(end) == ']');
  }
}
