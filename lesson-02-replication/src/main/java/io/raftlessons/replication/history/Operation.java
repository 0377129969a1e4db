package io.raftlessons.replication.history;

/**
 * What a client asked of a key and what it learnt. Values are JSON texts in canonical form, "" for
 * none; so JSON's own {@code null} is no value.
 *
 * @param expect of a compare-and-set; "" if the key must have no value
 * @param value what is put, set or appended, or the number that is added
 * @param output what was answered, if the status is OK: the value that a get found, whether a
 *     delete found one, whether a compare-and-set was set, the new length of an array, the new sum;
 *     "" for a put
 * @param callNanos on a clock that all clients share
 * @param returnNanos when the client had its answer, or gave up
 */
public record Operation(
    String client,
    Kind kind,
    String key,
    String expect,
    String value,
    String output,
    long callNanos,
    long returnNanos,
    Status status) {

  /** The operations of the key-value machine on one key. */
  public enum Kind {
    GET,
    PUT,
    DELETE,
    CAS,
    APPEND,
    ADD
  }

  /** How sure a client is that its call had its effect. */
  public enum Status {
    /** It was answered: one effect, between call and return. */
    OK,
    /** Surely no effect, neither then nor later. */
    FAIL,
    /** No answer: no effect or one, at any time after the call, even after the return. */
    UNKNOWN
  }

  public Operation {
    if (callNanos > returnNanos) {
      throw new IllegalArgumentException("returns at " + returnNanos + ", called at " + callNanos);
    }
    if (expect.equals("null") || value.equals("null") || output.equals("null")) {
      throw new IllegalArgumentException("null is no value; \"\" stands for none");
    }
  }

  /** For people: {@code c1 cas x a>b = true [10, 20]}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(client);
    text.append(' ').append(JsonLines.name(kind)).append(' ').append(key);
    switch (kind) {
      case CAS -> text.append(' ').append(orNone(expect)).append('>').append(value);
      case PUT, APPEND, ADD -> text.append(' ').append(value);
      case GET, DELETE -> {}
    }
    switch (status) {
      case OK -> text.append(kind == Kind.PUT ? "" : " = " + orNone(output));
      case FAIL -> text.append(" failed");
      case UNKNOWN -> text.append(" ?");
    }
    text.append(" [").append(callNanos).append(", ");
    return text.append(status == Status.UNKNOWN ? "..." : returnNanos).append(']').toString();
  }

  private static String orNone(String value) {
    return value.isEmpty() ? "none" : value;
  }
}
