package io.raftlessons.cluster.ingress;

import io.raftlessons.replication.keyvalue.wire.Add;
import io.raftlessons.replication.keyvalue.wire.Append;
import io.raftlessons.replication.keyvalue.wire.CompareAndSet;
import io.raftlessons.replication.keyvalue.wire.Delete;
import io.raftlessons.replication.keyvalue.wire.Get;
import io.raftlessons.replication.keyvalue.wire.Greet;
import io.raftlessons.replication.keyvalue.wire.Put;
import io.raftlessons.replication.keyvalue.wire.Reply;
import io.raftlessons.replication.keyvalue.wire.Reply.Status;
import io.raftlessons.replication.keyvalue.wire.Request;
import java.util.List;
import java.util.Map;

/**
 * What the ingress serves. A key of one service is another value than the same key of another one.
 *
 * <ul>
 *   <li>{@code KeyValue/k/put} takes any value and answers null; {@code get} answers it, or 404;
 *       {@code delete} answers whether there was one; {@code append} adds an element to the array
 *       at the key, an absent one counting as empty, and answers its new length.
 *   <li>{@code KeyValue/k/cas} takes {@code {"expect":…,"value":…}} and answers whether it set the
 *       value. An {@code expect} that is absent or null stands for a key without a value; a value
 *       null that was put is a value, so no {@code cas} replaces it.
 *   <li>{@code Counter/k/add} takes an integer and answers the new number; {@code get} answers it,
 *       0 if there is none.
 *   <li>{@code Greeter/greet} takes a name and answers a greeting.
 * </ul>
 */
final class Services {
  static final List<Handler> ALL =
      List.of(
          Handler.keyed("KeyValue", "put", Services::put, reply -> "null"),
          Handler.keyed("KeyValue", "get", Services::get, Services::value).alsoByGet(),
          Handler.keyed(
              "KeyValue",
              "delete",
              Services::delete,
              reply -> Boolean.toString(reply.getStatus() == Status.OK)),
          Handler.keyed(
              "KeyValue", "cas", Services::cas, reply -> Boolean.toString(reply.getSwapped())),
          Handler.keyed(
              "KeyValue", "append", Services::append, reply -> Long.toString(reply.getNumber())),
          Handler.keyed("Counter", "add", Services::add, reply -> Long.toString(reply.getNumber())),
          Handler.keyed(
                  "Counter",
                  "get",
                  Services::get,
                  reply -> reply.getStatus() == Status.NOT_FOUND ? "0" : reply.getText())
              .alsoByGet(),
          Handler.unkeyed("Greeter", "greet", Services::greet, Reply::getText));

  private Services() {}

  private static Request.Builder put(String key, Body body) {
    return Request.newBuilder().setPut(Put.newBuilder().setKey(key).setValue(body.json()));
  }

  private static Request.Builder get(String key, Body body) {
    body.none();
    return Request.newBuilder().setGet(Get.newBuilder().setKey(key));
  }

  private static String value(Reply reply) {
    if (reply.getStatus() == Status.NOT_FOUND) {
      throw HttpError.of(reply);
    }
    return reply.getText();
  }

  private static Request.Builder delete(String key, Body body) {
    body.none();
    return Request.newBuilder().setDelete(Delete.newBuilder().setKey(key));
  }

  private static Request.Builder cas(String key, Body body) {
    Map<String, String> members = body.members("expect", "value");
    String value = members.get("value");
    if (value == null) {
      throw HttpError.badRequest("the body must have a value");
    }
    CompareAndSet.Builder cas = CompareAndSet.newBuilder().setKey(key).setValue(value);
    String expect = members.getOrDefault("expect", "null");
    if (!expect.equals("null")) {
      cas.setExpect(expect);
    }
    return Request.newBuilder().setCompareAndSet(cas);
  }

  private static Request.Builder append(String key, Body body) {
    return Request.newBuilder().setAppend(Append.newBuilder().setKey(key).setElement(body.json()));
  }

  private static Request.Builder add(String key, Body body) {
    return Request.newBuilder().setAdd(Add.newBuilder().setKey(key).setDelta(body.integer()));
  }

  private static Request.Builder greet(String noKey, Body body) {
    return Request.newBuilder().setGreet(Greet.newBuilder().setName(body.string()));
  }
}
