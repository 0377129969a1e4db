package io.raftlessons.cluster.integration;

import io.raftlessons.cluster.integration.Operation.Append;
import io.raftlessons.cluster.integration.Operation.Increment;
import io.raftlessons.cluster.integration.Operation.Outcome;
import io.raftlessons.cluster.integration.Operation.ReadCounter;
import io.raftlessons.cluster.integration.Operation.ReadList;
import io.raftlessons.cluster.integration.Operation.Span;
import io.raftlessons.cluster.integration.Operation.Swap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a client does, call by call. Used by one thread at a time. */
interface Workload {
  List<String> LISTS = List.of("list-1", "list-2", "list-3");
  String COUNTER = "counter";
  String REGISTER = "register";

  /** Makes the record of a call, if it is worth one. */
  interface Ending {
    /**
     * @param answer "" if there was none, or the key has no value
     */
    Optional<Operation> ended(Span span, String answer);
  }

  /** A call to be made. */
  record Call(String path, String body, boolean writes, Ending ending) {}

  /**
   * @param number of the client's call, from 0
   */
  Call next(int number);

  /** Appends to the lists in turn, and reads one of them now and then. */
  static Workload appends(String client) {
    return number -> {
      String list = LISTS.get(number % LISTS.size());
      return number % 10 == 9 ? readList(list) : append(list, client + "-" + number);
    };
  }

  static Call readList(String list) {
    return new Call(
        "KeyValue/" + list + "/get",
        "",
        false,
        (span, answer) -> read(span, new ReadList(span, list, elements(answer))));
  }

  private static Call append(String list, String element) {
    return new Call(
        "KeyValue/" + list + "/append",
        quoted(element),
        true,
        (span, answer) -> Optional.of(new Append(span, list, element, number(answer))));
  }

  /** Adds one, and reads now and then. */
  static Workload increments() {
    return number ->
        number % 10 == 9
            ? readCounter()
            : new Call(
                "Counter/" + COUNTER + "/add",
                "1",
                true,
                (span, answer) -> Optional.of(new Increment(span, COUNTER, number(answer))));
  }

  static Call readCounter() {
    return new Call(
        "Counter/" + COUNTER + "/get",
        "",
        false,
        (span, answer) -> read(span, new ReadCounter(span, COUNTER, number(answer))));
  }

  /** Replaces what it has read or written last by something new. */
  static Workload swaps(String client) {
    return new Swaps(client);
  }

  /** See {@link #swaps}. */
  final class Swaps implements Workload {
    private final String client;
    private boolean known;
    private String current = "";

    private Swaps(String client) {
      this.client = client;
    }

    @Override
    public Call next(int number) {
      return known ? swap(current, client + "-" + number) : readFirst();
    }

    private Call swap(String expected, String value) {
      String body =
          expected.isEmpty()
              ? "{\"value\":%s}".formatted(quoted(value))
              : "{\"expect\":%s,\"value\":%s}".formatted(quoted(expected), quoted(value));
      return new Call(
          "KeyValue/" + REGISTER + "/cas",
          body,
          true,
          (span, answer) -> {
            boolean swapped = answer.equals("true");
            known = swapped;
            current = value;
            return Optional.of(new Swap(span, REGISTER, expected, value, swapped));
          });
    }

    private Call readFirst() {
      return new Call(
          "KeyValue/" + REGISTER + "/get",
          "",
          false,
          (span, answer) -> {
            known = span.outcome() == Outcome.ACKNOWLEDGED;
            current = text(answer);
            return Optional.empty();
          });
    }
  }

  private static Optional<Operation> read(Span span, Operation read) {
    return span.outcome() == Outcome.ACKNOWLEDGED ? Optional.of(read) : Optional.empty();
  }

  private static String quoted(String text) {
    return "\"" + text + "\"";
  }

  private static long number(String answer) {
    return answer.isEmpty() ? 0 : Long.parseLong(answer);
  }

  private static JsonNode json(String answer) {
    return new JsonMapper().readTree(answer);
  }

  /** The value of a register; "" for none. */
  static String text(String answer) {
    return answer.isEmpty() ? "" : json(answer).asString();
  }

  /** The elements of a list; none for none. */
  static List<String> elements(String answer) {
    List<String> elements = new ArrayList<>();
    if (!answer.isEmpty()) {
      json(answer).forEach(element -> elements.add(element.asString()));
    }
    return elements;
  }
}
