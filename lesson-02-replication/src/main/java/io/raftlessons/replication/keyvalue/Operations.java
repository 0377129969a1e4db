package io.raftlessons.replication.keyvalue;

import io.raftlessons.replication.keyvalue.KeyValueMachine.Limits;
import io.raftlessons.replication.keyvalue.wire.Add;
import io.raftlessons.replication.keyvalue.wire.Append;
import io.raftlessons.replication.keyvalue.wire.CompareAndSet;
import io.raftlessons.replication.keyvalue.wire.Reply;
import io.raftlessons.replication.keyvalue.wire.Request;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The operations on keys and values, without a thought of who asks or how often. An operation that
 * fails changes nothing. Not thread-safe.
 */
final class Operations {
  private final Limits limits;
  private PersistentMap<String, String> values;

  Operations(Limits limits, PersistentMap<String, String> values) {
    this.limits = limits;
    this.values = values;
  }

  PersistentMap<String, String> values() {
    return values;
  }

  Reply carryOut(Request request) {
    return switch (request.getOperationCase()) {
      case GET -> get(request.getGet().getKey());
      case PUT -> put(request.getPut().getKey(), request.getPut().getValue());
      case DELETE -> delete(request.getDelete().getKey());
      case COMPARE_AND_SET -> compareAndSet(request.getCompareAndSet());
      case APPEND -> append(request.getAppend());
      case ADD -> add(request.getAdd());
      case GREET -> greet(request.getGreet().getName());
      case OPERATION_NOT_SET -> Replies.invalid("no operation");
    };
  }

  private Reply get(String key) {
    String fault = faultOfKey(key);
    if (fault != null) {
      return Replies.invalid(fault);
    }
    String value = values.get(key);
    return value == null ? Replies.NOT_FOUND : Replies.text(value);
  }

  private Reply put(String key, String value) {
    String fault = firstFault(key, value);
    if (fault != null) {
      return Replies.invalid(fault);
    }
    values = values.with(key, value);
    return Replies.OK;
  }

  private Reply delete(String key) {
    String fault = faultOfKey(key);
    if (fault != null) {
      return Replies.invalid(fault);
    }
    PersistentMap<String, String> rest = values.without(key);
    boolean found = rest != values;
    values = rest;
    return found ? Replies.OK : Replies.NOT_FOUND;
  }

  private Reply compareAndSet(CompareAndSet operation) {
    String fault = firstFault(operation.getKey(), operation.getValue());
    if (fault != null) {
      return Replies.invalid(fault);
    }
    String value = values.get(operation.getKey());
    boolean same = operation.hasExpect() ? operation.getExpect().equals(value) : value == null;
    if (same) {
      values = values.with(operation.getKey(), operation.getValue());
    }
    return Replies.swapped(same);
  }

  private Reply append(Append operation) {
    String fault = firstFault(operation.getKey(), operation.getElement());
    if (fault != null) {
      return Replies.invalid(fault);
    }
    String value = values.get(operation.getKey());
    String array = value == null ? JsonText.EMPTY_ARRAY : value;
    if (!JsonText.isArray(array)) {
      return Replies.invalid("the value is not an array");
    }
    String longer = JsonText.append(array, operation.getElement());
    if (longer.length() > limits.maxValueLength()) {
      return Replies.invalid("the array would be longer than " + limits.maxValueLength());
    }
    values = values.with(operation.getKey(), longer);
    return Replies.number(JsonText.length(array) + 1L);
  }

  private Reply add(Add operation) {
    String fault = faultOfKey(operation.getKey());
    if (fault != null) {
      return Replies.invalid(fault);
    }
    String value = values.get(operation.getKey());
    OptionalLong number = value == null ? OptionalLong.of(0) : JsonText.integer(value);
    if (number.isEmpty()) {
      return Replies.invalid("the value is not an integer of 64 bits");
    }
    long sum;
    try {
      sum = Math.addExact(number.getAsLong(), operation.getDelta());
    } catch (ArithmeticException overflow) {
      return Replies.invalid("the sum has more than 64 bits");
    }
    values = values.with(operation.getKey(), Long.toString(sum));
    return Replies.sum(sum);
  }

  private Reply greet(String name) {
    if (name.length() > limits.maxKeyLength()) {
      return Replies.invalid("the name is longer than " + limits.maxKeyLength());
    }
    return Replies.text(JsonText.quote("Hello " + name + "!"));
  }

  private @Nullable String firstFault(String key, String value) {
    String fault = faultOfKey(key);
    return fault == null ? faultOfValue(value) : fault;
  }

  private @Nullable String faultOfKey(String key) {
    if (key.isEmpty()) {
      return "the key is empty";
    }
    return key.length() > limits.maxKeyLength()
        ? "the key is longer than " + limits.maxKeyLength()
        : null;
  }

  private @Nullable String faultOfValue(String value) {
    if (value.isEmpty()) {
      return "an empty text is not JSON";
    }
    return value.length() > limits.maxValueLength()
        ? "the value is longer than " + limits.maxValueLength()
        : null;
  }
}
