package io.raftlessons.replication.keyvalue;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.raftlessons.replication.StateMachine;
import io.raftlessons.replication.keyvalue.wire.KeyValueCommand;
import io.raftlessons.replication.keyvalue.wire.Reply;
import io.raftlessons.replication.keyvalue.wire.Request;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keys with JSON texts as values, and the client sessions that make retries harmless (thesis
 * section 6.3). Commands are serialized {@link KeyValueCommand}s, results serialized {@link
 * Reply}s; see {@link KeyValueCommands} and {@code keyvalue.proto}.
 *
 * <p>A request is carried out at most once for each session and seq, and a repeated one gets the
 * result of the first. Retries may come in any order. When the machine cannot know whether it
 * carried a request out, because the session or the result is gone, it refuses ({@code
 * SESSION_REFUSED}) and never guesses. Every answer to a request that was let in is kept, failures
 * too: a caller who was told that nothing changed must not be proved wrong by a late copy.
 *
 * <p>A request may carry an idempotency key too. The session is asked first; then the table of
 * keys, whose answer the session keeps as its own.
 *
 * <p>Sessions and keys go by log time and by counts alone, so every server drops the same ones at
 * the same entry. All servers of a group need the same {@link Limits}.
 *
 * <p>{@link #snapshot} copies one reference per session and per idempotency key and none per value
 * or result, those being in {@link PersistentMap}s. Not thread-safe, as {@link StateMachine} says;
 * snapshots may be written on any thread.
 */
public final class KeyValueMachine implements StateMachine {
  /**
   * What the machine keeps at most. Lengths are in characters (UTF-16 units). All at least 1.
   *
   * @param sessionTimeoutMillis log time after which an unused session expires
   * @param maxSessions one more evicts the least recently used
   * @param maxResultsPerSession results not yet acknowledged; a session that holds as many is
   *     refused new requests until it acknowledges some. The refusal is {@code SESSION_REFUSED},
   *     not {@code INVALID}: nothing of it is kept, so a copy under way may yet be carried out
   * @param idempotencyRetentionMillis log time for which an idempotency key holds, from its first
   *     use
   * @param maxIdempotencyKeys one more drops the oldest
   * @param maxKeyLength of keys, idempotency keys and names to greet; at most 65 536
   * @param maxValueLength of values and elements; at most 4 194 304
   * @param maxResultChars characters of all kept results of the sessions, 64 more counted for each,
   *     and again of all idempotency keys; beyond that the least recently used sessions are evicted
   *     and the oldest keys dropped
   */
  public record Limits(
      long sessionTimeoutMillis,
      int maxSessions,
      int maxResultsPerSession,
      long idempotencyRetentionMillis,
      int maxIdempotencyKeys,
      int maxKeyLength,
      int maxValueLength,
      long maxResultChars) {

    private static final int LONGEST_KEY = 1 << 16;
    private static final int LONGEST_VALUE = 1 << 22;

    public Limits {
      atLeastOne("sessionTimeoutMillis", sessionTimeoutMillis);
      atLeastOne("maxSessions", maxSessions);
      atLeastOne("maxResultsPerSession", maxResultsPerSession);
      atLeastOne("idempotencyRetentionMillis", idempotencyRetentionMillis);
      atLeastOne("maxIdempotencyKeys", maxIdempotencyKeys);
      atLeastOne("maxKeyLength", maxKeyLength);
      atLeastOne("maxValueLength", maxValueLength);
      atLeastOne("maxResultChars", maxResultChars);
      if (maxKeyLength > LONGEST_KEY || maxValueLength > LONGEST_VALUE) {
        throw new IllegalArgumentException(
            "maxKeyLength " + maxKeyLength + ", maxValueLength " + maxValueLength + ": too large");
      }
    }

    /**
     * One hour, 1 000 sessions of 1 024 results; 24 hours, 100 000 keys; keys of 1 024, values of 1
     * 048 576, results of 134 217 728 characters.
     */
    public static Limits defaults() {
      return new Limits(
          Duration.ofHours(1).toMillis(),
          1_000,
          1_024,
          Duration.ofHours(24).toMillis(),
          100_000,
          1 << 10,
          1 << 20,
          1L << 27);
    }

    private static void atLeastOne(String name, long value) {
      if (value < 1) {
        throw new IllegalArgumentException(name + " " + value + ": must be at least 1");
      }
    }
  }

  private final Limits limits;
  private final MessageDigest sha256;
  private long time;
  private Operations operations;
  private Sessions sessions;
  private IdempotencyTable idempotency;

  /** An empty machine with the default limits. */
  public KeyValueMachine() {
    this(Limits.defaults());
  }

  /** An empty machine. */
  public KeyValueMachine(Limits limits) {
    this.limits = limits;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    operations = new Operations(limits, PersistentMap.empty());
    sessions = new Sessions(limits, List.of());
    idempotency = new IdempotencyTable(limits, List.of());
  }

  @Override
  public List<byte[]> apply(List<Command> batch) {
    List<byte[]> results = new ArrayList<>(batch.size());
    for (Command command : batch) {
      results.add(apply(command).toByteArray());
    }
    return results;
  }

  private Reply apply(Command command) {
    // The tables rely on time that never goes back; a machine must not break if its caller does.
    time = Math.max(time, command.timeMillis());
    sessions.expire(time);
    idempotency.expire(time);
    KeyValueCommand parsed;
    try {
      parsed = KeyValueCommand.parseFrom(command.data());
    } catch (InvalidProtocolBufferException e) {
      return Replies.invalid("the command cannot be read");
    }
    return switch (parsed.getKindCase()) {
      case OPEN_SESSION -> openSession(command.index());
      case REQUEST -> request(parsed.getRequest());
      case KIND_NOT_SET -> Replies.invalid("the command is of an unknown kind");
    };
  }

  /**
   * Answers from the state as it is, and changes nothing: no session is used, no time passes.
   * Called by the loop that calls {@link #apply}.
   *
   * @param query a serialized {@link Request} whose operation is a get or a greeting; no more of it
   *     is looked at
   * @return a serialized {@link Reply}
   */
  public byte[] query(byte[] query) {
    return answer(query).toByteArray();
  }

  private Reply answer(byte[] query) {
    Request request;
    try {
      request = Request.parseFrom(query);
    } catch (InvalidProtocolBufferException e) {
      return Replies.invalid("the query cannot be read");
    }
    return onlyReads(request)
        ? operations.carryOut(request)
        : Replies.invalid("the operation is missing, or no query");
  }

  /** Whether the operation changes nothing. */
  static boolean onlyReads(Request request) {
    return request.hasGet() || request.hasGreet();
  }

  private Reply openSession(long index) {
    sessions.open(index, time);
    return Replies.number(index);
  }

  private Reply request(Request request) {
    String fault = faultOf(request);
    if (fault != null) {
      return Replies.invalid(fault);
    }
    Session session = sessions.use(request.getSession(), time, request.getFirstUnacknowledged());
    if (session == null) {
      return Replies.sessionRefused("the session is unknown, expired or evicted");
    }
    Reply kept = session.result(request.getSeq());
    if (kept != null) {
      return kept;
    }
    if (request.getSeq() < session.firstUnacknowledged()) {
      return Replies.sessionRefused("the result of this seq was acknowledged and forgotten");
    }
    if (sessions.isFull(session)) {
      return Replies.sessionRefused("the session holds too many unacknowledged results");
    }
    Reply reply = carryOut(request);
    sessions.keep(session, request.getSeq(), reply);
    return reply;
  }

  private Reply carryOut(Request request) {
    String key = request.getIdempotencyKey();
    if (key.isEmpty()) {
      return operations.carryOut(request);
    }
    ByteString digest = digest(request);
    IdempotencyTable.Entry known = idempotency.find(key);
    if (known != null) {
      return known.digest().equals(digest) ? known.reply() : Replies.keyReused();
    }
    Reply reply = operations.carryOut(request);
    idempotency.keep(new IdempotencyTable.Entry(key, time, digest, reply));
    return reply;
  }

  /** What no server could make sense of, whatever its state; null if there is no fault. */
  private @Nullable String faultOf(Request request) {
    if (request.getOperationCase() == Request.OperationCase.OPERATION_NOT_SET) {
      return "the operation is missing or of an unknown kind";
    }
    if (request.getSeq() < 1) {
      return "seq must be at least 1";
    }
    if (request.getFirstUnacknowledged() < 0
        || request.getFirstUnacknowledged() > request.getSeq()) {
      return "first_unacknowledged must be from 0 to seq";
    }
    if (request.getIdempotencyKey().length() > limits.maxKeyLength()) {
      return "the idempotency key is longer than " + limits.maxKeyLength();
    }
    return null;
  }

  /** SHA-256 of the request without what differs from one attempt or session to the next. */
  private ByteString digest(Request request) {
    Request operation =
        request.toBuilder()
            .clearSession()
            .clearSeq()
            .clearFirstUnacknowledged()
            .clearIdempotencyKey()
            .build();
    return ByteString.copyFrom(sha256.digest(operation.toByteArray()));
  }

  @Override
  public Snapshot snapshot() {
    SnapshotFormat.State state =
        new SnapshotFormat.State(time, operations.values(), sessions.view(), idempotency.view());
    return out -> SnapshotFormat.write(state, out);
  }

  /**
   * {@inheritDoc}
   *
   * <p>The stream must end where the snapshot ends; it is not closed. Here the state is unchanged
   * if the stream is damaged.
   */
  @Override
  public void restore(InputStream snapshot) throws IOException {
    SnapshotFormat.State state = SnapshotFormat.read(snapshot);
    time = state.time();
    operations = new Operations(limits, state.values());
    sessions = new Sessions(limits, state.sessions());
    idempotency = new IdempotencyTable(limits, state.idempotent());
  }
}
