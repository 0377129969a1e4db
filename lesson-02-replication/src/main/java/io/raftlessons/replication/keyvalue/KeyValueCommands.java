package io.raftlessons.replication.keyvalue;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftlessons.replication.keyvalue.wire.Add;
import io.raftlessons.replication.keyvalue.wire.Append;
import io.raftlessons.replication.keyvalue.wire.CompareAndSet;
import io.raftlessons.replication.keyvalue.wire.Delete;
import io.raftlessons.replication.keyvalue.wire.Get;
import io.raftlessons.replication.keyvalue.wire.Greet;
import io.raftlessons.replication.keyvalue.wire.KeyValueCommand;
import io.raftlessons.replication.keyvalue.wire.OpenSession;
import io.raftlessons.replication.keyvalue.wire.Put;
import io.raftlessons.replication.keyvalue.wire.Reply;
import io.raftlessons.replication.keyvalue.wire.Request;
import org.jspecify.annotations.Nullable;

/**
 * Builds the commands of {@link KeyValueMachine} and reads its replies, for clients. An operation
 * is a {@link Request} that belongs to no session yet; {@link #inSession} makes a command of it.
 */
public final class KeyValueCommands {
  private static final byte[] OPEN_SESSION =
      KeyValueCommand.newBuilder()
          .setOpenSession(OpenSession.getDefaultInstance())
          .build()
          .toByteArray();

  private KeyValueCommands() {}

  /** The reply's number is the session. */
  public static byte[] openSession() {
    return OPEN_SESSION.clone();
  }

  /** Reads a value. */
  public static Request get(String key) {
    return Request.newBuilder().setGet(Get.newBuilder().setKey(key)).build();
  }

  /**
   * Sets a value.
   *
   * @param value JSON text in canonical form
   */
  public static Request put(String key, String value) {
    return Request.newBuilder().setPut(Put.newBuilder().setKey(key).setValue(value)).build();
  }

  /** Removes a value. */
  public static Request delete(String key) {
    return Request.newBuilder().setDelete(Delete.newBuilder().setKey(key)).build();
  }

  /**
   * Sets a value if the present one is as expected.
   *
   * @param expect JSON text in canonical form; null: the key must have no value
   */
  public static Request compareAndSet(String key, @Nullable String expect, String value) {
    CompareAndSet.Builder operation = CompareAndSet.newBuilder().setKey(key).setValue(value);
    if (expect != null) {
      operation.setExpect(expect);
    }
    return Request.newBuilder().setCompareAndSet(operation).build();
  }

  /** Appends an element to the array that is the key's value. */
  public static Request append(String key, String element) {
    return Request.newBuilder()
        .setAppend(Append.newBuilder().setKey(key).setElement(element))
        .build();
  }

  /** Adds to the integer that is the key's value. */
  public static Request add(String key, long delta) {
    return Request.newBuilder().setAdd(Add.newBuilder().setKey(key).setDelta(delta)).build();
  }

  /** Says hello. */
  public static Request greet(String name) {
    return Request.newBuilder().setGreet(Greet.newBuilder().setName(name)).build();
  }

  /** The operation under an idempotency key. */
  public static Request withIdempotencyKey(Request operation, String key) {
    return operation.toBuilder().setIdempotencyKey(key).build();
  }

  /**
   * The command that carries an operation out once.
   *
   * @param seq from 1, a new one for each operation, the same one for each retry
   * @param firstUnacknowledged the lowest seq whose answer is still wanted; at most seq
   */
  public static byte[] inSession(
      Request operation, long session, long seq, long firstUnacknowledged) {
    Request request =
        operation.toBuilder()
            .setSession(session)
            .setSeq(seq)
            .setFirstUnacknowledged(firstUnacknowledged)
            .build();
    return KeyValueCommand.newBuilder().setRequest(request).build().toByteArray();
  }

  /**
   * Reads a result of {@link KeyValueMachine}.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static Reply reply(byte[] result) {
    try {
      return Reply.parseFrom(result);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("not a reply of the key-value machine", e);
    }
  }
}
