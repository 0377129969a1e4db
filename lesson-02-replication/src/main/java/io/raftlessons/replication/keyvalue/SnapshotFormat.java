package io.raftlessons.replication.keyvalue;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.raftlessons.replication.keyvalue.wire.Reply;
import io.raftlessons.replication.keyvalue.wire.SnapshotHeader;
import io.raftlessons.replication.keyvalue.wire.SnapshotIdempotent;
import io.raftlessons.replication.keyvalue.wire.SnapshotResult;
import io.raftlessons.replication.keyvalue.wire.SnapshotSession;
import io.raftlessons.replication.keyvalue.wire.SnapshotValue;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * The machine's state as bytes; the layout is described in {@code keyvalue.proto}. The same state
 * is always the same bytes, so servers can compare snapshots.
 */
final class SnapshotFormat {
  static final int FORMAT = 1;

  /**
   * No message is longer: {@link KeyValueMachine.Limits} allows no value that would make one so.
   */
  static final int MAX_MESSAGE_BYTES = 16 << 20;

  private static final int MAX_HEADER_BYTES = 64;

  private SnapshotFormat() {}

  /**
   * The whole state. Immutable.
   *
   * @param time log time of the last command, in milliseconds
   * @param sessions least recently used first
   * @param idempotent oldest first
   */
  record State(
      long time,
      PersistentMap<String, String> values,
      List<Session> sessions,
      List<IdempotencyTable.Entry> idempotent) {}

  /** Writes the state and flushes; does not close the stream. */
  static void write(State state, OutputStream stream) throws IOException {
    CRC32C checksum = new CRC32C();
    OutputStream out = new CheckedOutputStream(new BufferedOutputStream(stream, 1 << 16), checksum);
    SnapshotHeader.newBuilder()
        .setFormat(FORMAT)
        .setTime(state.time())
        .setValues(state.values().size())
        .setSessions(state.sessions().size())
        .setIdempotent(state.idempotent().size())
        .build()
        .writeDelimitedTo(out);
    for (PersistentMap.Entry<String, String> entry : state.values()) {
      SnapshotValue.newBuilder()
          .setKey(entry.key())
          .setValue(entry.value())
          .build()
          .writeDelimitedTo(out);
    }
    for (Session session : state.sessions()) {
      write(session, out);
    }
    for (IdempotencyTable.Entry entry : state.idempotent()) {
      SnapshotIdempotent.newBuilder()
          .setKey(entry.key())
          .setTime(entry.time())
          .setRequestDigest(entry.digest())
          .setReply(entry.reply())
          .build()
          .writeDelimitedTo(out);
    }
    out.write(ByteBuffer.allocate(Integer.BYTES).putInt((int) checksum.getValue()).array());
    out.flush();
  }

  private static void write(Session session, OutputStream out) throws IOException {
    SnapshotSession.newBuilder()
        .setId(session.id())
        .setLastUsed(session.lastUsed())
        .setFirstUnacknowledged(session.firstUnacknowledged())
        .setResults(session.results().size())
        .build()
        .writeDelimitedTo(out);
    for (PersistentMap.Entry<Long, Reply> result : session.results()) {
      SnapshotResult.newBuilder()
          .setSeq(result.key())
          .setReply(result.value())
          .build()
          .writeDelimitedTo(out);
    }
  }

  /**
   * Reads a state to the end of the stream; does not close it. Allocates in step with the bytes
   * that do arrive, whatever lengths and counts the stream claims.
   *
   * @throws IOException if the stream is cut short, damaged, too long, or of another format
   */
  static State read(InputStream stream) throws IOException {
    CRC32C checksum = new CRC32C();
    InputStream in = new CheckedInputStream(new BufferedInputStream(stream, 1 << 16), checksum);
    SnapshotHeader header = message(in, SnapshotHeader.parser(), MAX_HEADER_BYTES);
    if (header.getFormat() != FORMAT) {
      throw new IOException(
          "snapshot format " + header.getFormat() + ", this server reads format " + FORMAT);
    }
    check(header.getTime() >= 0, "log time");
    check(
        header.getValues() >= 0 && header.getSessions() >= 0 && header.getIdempotent() >= 0,
        "count");
    PersistentMap<String, String> values = readValues(in, header.getValues());
    List<Session> sessions = readSessions(in, header.getSessions(), header.getTime());
    List<IdempotencyTable.Entry> idempotent =
        readIdempotent(in, header.getIdempotent(), header.getTime());
    int computed = (int) checksum.getValue();
    byte[] stored = in.readNBytes(Integer.BYTES);
    if (stored.length < Integer.BYTES) {
      throw new EOFException("snapshot ends inside its checksum");
    }
    check(ByteBuffer.wrap(stored).getInt() == computed, "checksum");
    check(in.read() < 0, "bytes after its end");
    return new State(header.getTime(), values, sessions, idempotent);
  }

  private static PersistentMap<String, String> readValues(InputStream in, long count)
      throws IOException {
    List<String> keys = new ArrayList<>();
    List<String> values = new ArrayList<>();
    String last = "";
    for (long i = 0; i < count; i++) {
      SnapshotValue value = message(in, SnapshotValue.parser(), MAX_MESSAGE_BYTES);
      check(last.compareTo(value.getKey()) < 0, "order of keys");
      last = value.getKey();
      keys.add(last);
      values.add(value.getValue());
    }
    return PersistentMap.ofSorted(keys, values);
  }

  private static List<Session> readSessions(InputStream in, long count, long time)
      throws IOException {
    List<Session> sessions = new ArrayList<>();
    TreeSet<Long> ids = new TreeSet<>();
    long lastUsed = 0;
    for (long i = 0; i < count; i++) {
      SnapshotSession session = message(in, SnapshotSession.parser(), MAX_MESSAGE_BYTES);
      check(ids.add(session.getId()), "session twice");
      check(lastUsed <= session.getLastUsed() && session.getLastUsed() <= time, "order of use");
      check(session.getFirstUnacknowledged() >= 1, "first unacknowledged seq");
      check(session.getResults() >= 0, "count of results");
      lastUsed = session.getLastUsed();
      sessions.add(readResults(in, session));
    }
    return sessions;
  }

  private static Session readResults(InputStream in, SnapshotSession session) throws IOException {
    List<Long> seqs = new ArrayList<>();
    List<Reply> replies = new ArrayList<>();
    long last = session.getFirstUnacknowledged() - 1;
    long weight = 0;
    for (int i = 0; i < session.getResults(); i++) {
      SnapshotResult result = message(in, SnapshotResult.parser(), MAX_MESSAGE_BYTES);
      check(last < result.getSeq(), "order of results");
      last = result.getSeq();
      seqs.add(last);
      replies.add(result.getReply());
      weight += Replies.weight(result.getReply());
    }
    return new Session(
        session.getId(),
        session.getLastUsed(),
        session.getFirstUnacknowledged(),
        PersistentMap.ofSorted(seqs, replies),
        weight);
  }

  private static List<IdempotencyTable.Entry> readIdempotent(InputStream in, long count, long time)
      throws IOException {
    List<IdempotencyTable.Entry> entries = new ArrayList<>();
    TreeSet<String> keys = new TreeSet<>();
    long last = 0;
    for (long i = 0; i < count; i++) {
      SnapshotIdempotent entry = message(in, SnapshotIdempotent.parser(), MAX_MESSAGE_BYTES);
      check(keys.add(entry.getKey()), "idempotency key twice");
      check(last <= entry.getTime() && entry.getTime() <= time, "order of idempotency keys");
      last = entry.getTime();
      entries.add(
          new IdempotencyTable.Entry(
              entry.getKey(), entry.getTime(), entry.getRequestDigest(), entry.getReply()));
    }
    return entries;
  }

  private static <M extends MessageLite> M message(InputStream in, Parser<M> parser, int maxBytes)
      throws IOException {
    int first = in.read();
    if (first < 0) {
      throw new EOFException("snapshot ends early");
    }
    int length = CodedInputStream.readRawVarint32(first, in);
    check(length >= 0 && length <= maxBytes, "length of a message");
    // Reads piece by piece: a length that lies costs no more memory than the stream has bytes.
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("snapshot ends inside a message");
    }
    try {
      return parser.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IOException("snapshot is damaged: message", e);
    }
  }

  private static void check(boolean holds, String what) throws IOException {
    if (!holds) {
      throw new IOException("snapshot is damaged: " + what);
    }
  }
}
