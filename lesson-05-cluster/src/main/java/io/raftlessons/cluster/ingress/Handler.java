package io.raftlessons.cluster.ingress;

import io.raftlessons.replication.keyvalue.wire.Reply;
import io.raftlessons.replication.keyvalue.wire.Request;
import java.util.List;
import java.util.function.Function;

/**
 * One handler of a service: how its argument becomes an operation of the machine, and how the reply
 * becomes an answer in JSON.
 *
 * @param keyed whether the path names a key
 * @param methods the HTTP methods it answers to
 */
record Handler(
    String service,
    String name,
    boolean keyed,
    List<String> methods,
    Argument argument,
    Function<Reply, String> answer) {

  /** The operation that a call asks for. */
  interface Argument {
    /**
     * @param key of the machine; empty if the handler has none
     * @throws HttpError if the body is not what the handler takes
     */
    Request.Builder operation(String key, Body body);
  }

  static Handler keyed(
      String service, String name, Argument argument, Function<Reply, String> answer) {
    return new Handler(service, name, true, List.of("POST"), argument, answer);
  }

  static Handler unkeyed(
      String service, String name, Argument argument, Function<Reply, String> answer) {
    return new Handler(service, name, false, List.of("POST"), argument, answer);
  }

  Handler alsoByGet() {
    return new Handler(service, name, keyed, List.of("GET", "POST"), argument, answer);
  }

  String path() {
    return "/" + service + (keyed ? "/{key}/" : "/") + name;
  }
}
