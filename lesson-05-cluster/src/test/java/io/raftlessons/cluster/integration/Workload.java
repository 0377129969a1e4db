package io.raftlessons.cluster.integration;

import io.raftlessons.replication.history.Operation;
import io.raftlessons.replication.history.Operation.Kind;
import io.raftlessons.replication.history.Operation.Status;
import java.util.List;
import java.util.function.Consumer;

/** What a client does, call by call. Used by one thread at a time. */
interface Workload {
  List<String> LISTS = List.of("list-1", "list-2", "list-3");
  String COUNTER = "counter";
  String REGISTER = "register";

  /**
   * A call to be made.
   *
   * @param expect see {@link Operation}; so {@code value}
   * @param ended is told how it ended
   */
  record Call(
      String path,
      String body,
      Kind kind,
      String key,
      String expect,
      String value,
      Consumer<Operation> ended) {

    boolean writes() {
      return kind != Kind.GET;
    }

    /** What the answer says of the key; "" if it has no value. */
    String output(String answer) {
      boolean noCounter = key.equals(COUNTER) && kind == Kind.GET && answer.equals("0");
      return noCounter ? "" : answer;
    }
  }

  /**
   * @param number of the client's call, from 0
   */
  Call next(int number);

  /** Appends to the lists in turn, and reads one of them now and then. */
  static Workload appends(String client) {
    return number -> {
      String list = LISTS.get(number % LISTS.size());
      return number % 10 == 9 ? read(list) : append(list, quoted(client + "-" + number));
    };
  }

  private static Call append(String list, String element) {
    return new Call(
        "KeyValue/" + list + "/append", element, Kind.APPEND, list, "", element, ended -> {});
  }

  /** Adds one, and reads now and then. */
  static Workload increments() {
    return number ->
        number % 10 == 9
            ? read(COUNTER)
            : new Call("Counter/" + COUNTER + "/add", "1", Kind.ADD, COUNTER, "", "1", ended -> {});
  }

  /** Reads a key, a counter as a counter. */
  static Call read(String key) {
    return read(key, ended -> {});
  }

  private static Call read(String key, Consumer<Operation> ended) {
    String service = key.equals(COUNTER) ? "Counter/" : "KeyValue/";
    return new Call(service + key + "/get", "", Kind.GET, key, "", "", ended);
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
      return known ? swap(current, quoted(client + "-" + number)) : read(REGISTER, this::found);
    }

    private Call swap(String expected, String value) {
      String expect = expected.isEmpty() ? "" : "\"expect\":" + expected + ",";
      String body = "{" + expect + "\"value\":" + value + "}";
      return new Call(
          "KeyValue/" + REGISTER + "/cas",
          body,
          Kind.CAS,
          REGISTER,
          expected,
          value,
          ended -> {
            known = ended.output().equals("true");
            current = value;
          });
    }

    private void found(Operation read) {
      known = read.status() == Status.OK;
      current = read.output();
    }
  }

  private static String quoted(String text) {
    return "\"" + text + "\"";
  }
}
