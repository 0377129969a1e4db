package io.raftlessons.replication.keyvalue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.MessageLite;
import com.google.protobuf.UnknownFieldSet;
import io.raftlessons.replication.keyvalue.wire.SnapshotHeader;
import io.raftlessons.replication.keyvalue.wire.SnapshotIdempotent;
import io.raftlessons.replication.keyvalue.wire.SnapshotResult;
import io.raftlessons.replication.keyvalue.wire.SnapshotSession;
import io.raftlessons.replication.keyvalue.wire.SnapshotValue;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Streams whose checksum is right and whose content is not. */
class SnapshotFormatTest {
  private static final long TIME = 100;

  @Test
  void writesWhatThePageSays() throws IOException {
    byte[] bytes =
        stream(
            header(2, 2, 2),
            value("a"),
            value("b"),
            session(7, 10, 3, 2),
            result(3),
            result(9),
            session(2, 10, 1, 0),
            idempotent("y", 50),
            idempotent("x", 50));
    SnapshotFormat.State state = read(bytes);
    assertThat(state.time()).isEqualTo(TIME);
    assertThat(state.values().get("b")).isEqualTo("1");
    assertThat(state.sessions()).extracting(Session::id).containsExactly(7L, 2L);
    assertThat(state.sessions().get(0).result(9)).isEqualTo(Replies.OK);
    assertThat(state.idempotent())
        .extracting(IdempotencyTable.Entry::key)
        .containsExactly("y", "x");
    ByteArrayOutputStream again = new ByteArrayOutputStream();
    SnapshotFormat.write(state, again);
    assertThat(again.toByteArray()).isEqualTo(bytes);
  }

  @Test
  void readsStreamsThatGiveOneByteAtATime() throws IOException {
    byte[] bytes = stream(header(1, 1, 0), value("a"), session(1, 5, 1, 1), result(1));
    InputStream slow =
        new FilterInputStream(new ByteArrayInputStream(bytes)) {
          @Override
          public int read(byte[] into, int from, int length) throws IOException {
            return super.read(into, from, Math.min(length, 1));
          }
        };
    assertThat(SnapshotFormat.read(slow).sessions()).hasSize(1);
  }

  @Test
  void refusesOtherFormatsAndNegativeNumbers() throws IOException {
    SnapshotHeader good = header(0, 0, 0);
    assertThat(read(stream(good)).sessions()).isEmpty();
    assertDamaged("format 0", good.toBuilder().setFormat(0).build());
    assertDamaged("format 2", good.toBuilder().setFormat(2).build());
    assertDamaged("log time", good.toBuilder().setTime(-1).build());
    assertDamaged("count", header(-1, 0, 0));
    assertDamaged("count", header(0, -1, 0));
    assertDamaged("count", header(0, 0, -1));
    assertDamaged("count of results", header(0, 1, 0), session(1, 5, 1, -1));
  }

  @Test
  void refusesMoreOrFewerMessagesThanTheHeaderSays() throws IOException {
    assertThatThrownBy(() -> read(stream(header(1, 0, 0), value("a"), value("b"))))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> read(stream(header(3, 0, 0), value("a"), value("b"))))
        .isInstanceOf(IOException.class);
  }

  @Test
  void theLongestValueOfTheWidestCharactersFits() throws IOException {
    String widest = "\uffee".repeat(1 << 22);
    byte[] bytes =
        stream(
            header(1, 1, 0),
            value("a").toBuilder().setValue(widest).build(),
            session(1, 5, 1, 1),
            result(1).toBuilder().setReply(Replies.text(widest)).build());
    assertThat(read(bytes).values().get("a")).isEqualTo(widest);
  }

  @Test
  void refusesMessagesTooLongToBeTrue() throws IOException {
    UnknownFieldSet padding =
        UnknownFieldSet.newBuilder()
            .addField(99, UnknownFieldSet.Field.newBuilder().addFixed64(1).addFixed64(2).build())
            .build();
    UnknownFieldSet.Builder much = UnknownFieldSet.newBuilder();
    for (int field = 99; field < 105; field++) {
      much.mergeField(field, padding.getField(99));
    }
    assertThat(read(stream(header(0, 0, 0).toBuilder().setUnknownFields(padding).build())).time())
        .isEqualTo(TIME);
    assertDamaged("length", header(0, 0, 0).toBuilder().setUnknownFields(much.build()).build());
    assertDamaged(
        "length",
        header(1, 0, 0),
        value("a").toBuilder().setValue("1".repeat(SnapshotFormat.MAX_MESSAGE_BYTES)).build());
  }

  @Test
  void refusesKeysOutOfOrder() throws IOException {
    assertDamaged("order of keys", header(2, 0, 0), value("b"), value("a"));
    assertDamaged("order of keys", header(2, 0, 0), value("a"), value("a"));
    assertDamaged("order of keys", header(1, 0, 0), value(""));
  }

  @Test
  void refusesImpossibleSessions() throws IOException {
    assertDamaged("session twice", header(0, 2, 0), session(1, 5, 1, 0), session(1, 5, 1, 0));
    assertDamaged("order of use", header(0, 2, 0), session(1, 5, 1, 0), session(2, 4, 1, 0));
    assertDamaged("order of use", header(0, 1, 0), session(1, TIME + 1, 1, 0));
    assertDamaged("order of use", header(0, 1, 0), session(1, -1, 1, 0));
    assertDamaged("first unacknowledged", header(0, 1, 0), session(1, 5, 0, 0));
    assertDamaged("order of results", header(0, 1, 0), session(1, 5, 3, 1), result(2));
    assertDamaged("order of results", header(0, 1, 0), session(1, 5, 1, 2), result(2), result(2));
  }

  @Test
  void refusesImpossibleIdempotencyKeys() throws IOException {
    assertDamaged("key twice", header(0, 0, 2), idempotent("x", 1), idempotent("x", 1));
    assertDamaged("order of idempotency", header(0, 0, 2), idempotent("x", 2), idempotent("y", 1));
    assertDamaged("order of idempotency", header(0, 0, 1), idempotent("x", TIME + 1));
  }

  private static void assertDamaged(String what, MessageLite... messages) throws IOException {
    byte[] bytes = stream(messages);
    assertThatThrownBy(() -> read(bytes))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(what);
  }

  private static SnapshotFormat.State read(byte[] bytes) throws IOException {
    return SnapshotFormat.read(new ByteArrayInputStream(bytes));
  }

  private static byte[] stream(MessageLite... messages) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (MessageLite message : messages) {
      message.writeDelimitedTo(out);
    }
    CRC32C checksum = new CRC32C();
    checksum.update(out.toByteArray());
    out.writeBytes(ByteBuffer.allocate(4).putInt((int) checksum.getValue()).array());
    return out.toByteArray();
  }

  private static SnapshotHeader header(long values, long sessions, long idempotent) {
    return SnapshotHeader.newBuilder()
        .setFormat(1)
        .setTime(TIME)
        .setValues(values)
        .setSessions(sessions)
        .setIdempotent(idempotent)
        .build();
  }

  private static SnapshotValue value(String key) {
    return SnapshotValue.newBuilder().setKey(key).setValue("1").build();
  }

  private static SnapshotSession session(long id, long lastUsed, long first, int results) {
    return SnapshotSession.newBuilder()
        .setId(id)
        .setLastUsed(lastUsed)
        .setFirstUnacknowledged(first)
        .setResults(results)
        .build();
  }

  private static SnapshotResult result(long seq) {
    return SnapshotResult.newBuilder().setSeq(seq).setReply(Replies.OK).build();
  }

  private static SnapshotIdempotent idempotent(String key, long time) {
    return SnapshotIdempotent.newBuilder().setKey(key).setTime(time).setReply(Replies.OK).build();
  }
}
