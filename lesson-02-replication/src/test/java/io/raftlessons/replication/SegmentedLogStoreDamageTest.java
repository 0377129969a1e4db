package io.raftlessons.replication;

import static io.raftlessons.replication.TestEntries.all;
import static io.raftlessons.replication.TestEntries.entries;
import static io.raftlessons.replication.TestEntries.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.raftlessons.runtime.UnknownFormatException;
import io.raftlessons.sim.SimDisk.CrashMode;
import io.raftlessons.wire.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Decay and lost files: the store stops, or cuts what nobody relied on; it never invents. */
class SegmentedLogStoreDamageTest {
  private static final int BATCHES = 12;
  private static final List<Entry> WHOLE = entries(1, 5L * BATCHES, 1);

  private final SimStorage storage = new SimStorage(1);

  /** Several segments, the last one with several batches, and no clean stop. */
  @BeforeEach
  void fill() throws IOException {
    SegmentedLogStore store = storage.open();
    for (int i = 0; i < BATCHES; i++) {
      store.write(5L * i + 1, entries(5L * i + 1, 5L * i + 5, 1));
      store.sync();
      storage.loop.runAll();
    }
    storage.crash(CrashMode.DROP_ALL);
    assertThat(storage.segments()).hasSizeGreaterThan(2);
    assertThat(all(storage.open())).isEqualTo(WHOLE);
  }

  private String newest() throws IOException {
    List<String> segments = storage.segments();
    return segments.get(segments.size() - 1);
  }

  @Test
  void aFlippedBitBeforeTheLastBatchStopsTheStore() throws IOException {
    int flipped = 0;
    for (String path : storage.segments()) {
      byte[] content = storage.content(path);
      List<Integer> places = SimStorage.batches(content);
      int end = places.get(places.size() - (path.equals(newest()) ? 2 : 1));
      for (int at = 0; at < end; at++) {
        storage.overwrite(path, at, (byte) (content[at] ^ (1 << (at % 8))));
        assertThatThrownBy(storage::open)
            .as("byte %d of %s", at, path)
            .isInstanceOfSatisfying(
                LogDamagedException.class,
                e -> {
                  assertThat(e.file()).startsWith(SimStorage.DIRECTORY + "/0");
                  assertThat(e).hasMessageContaining("After the removal the same id will do");
                  assertThat(e)
                      .as("a flipped bit is no newer format")
                      .hasMessageNotContaining("format");
                });
        storage.overwrite(path, at, content[at]);
        flipped++;
      }
    }
    assertThat(flipped).isGreaterThan(3000);
    assertThat(all(storage.open())).isEqualTo(WHOLE);
  }

  @Test
  void aFlippedBitInTheLastBatchLooksLikeAnUnfinishedWriteAndIsCut() throws IOException {
    String path = newest();
    byte[] content = storage.content(path);
    List<Integer> places = SimStorage.batches(content);
    int start = places.get(places.size() - 2);
    int cut = 0;
    int stopped = 0;
    for (int at = start; at < content.length; at++) {
      storage.overwrite(path, at, (byte) (content[at] ^ 0x10));
      try {
        SegmentedLogStore store = storage.open();
        List<Entry> found = all(store);
        assertThat(found).isEqualTo(WHOLE.subList(0, found.size()));
        assertThat(found.size()).isIn(WHOLE.size() - 5, WHOLE.size());
        cut += found.size() < WHOLE.size() ? 1 : 0;
      } catch (LogDamagedException e) {
        stopped++;
      }
      storage.overwrite(path, 0, content);
    }
    assertThat(cut).isGreaterThan(200);
    assertThat(stopped).isZero();
  }

  @Test
  void decayWhileTheStoreIsOpenIsSeenByTheRead() throws IOException {
    SegmentedLogStore store = storage.open();
    String path = storage.segments().get(1);
    byte[] content = storage.content(path);
    List<Integer> places = SimStorage.batches(content);
    long firstIndex =
        Objects.requireNonNull(BatchCodec.header(content, places.get(0))).firstIndex();
    for (int at = places.get(0); at < places.get(1); at++) {
      storage.overwrite(path, at, (byte) (content[at] ^ 0x01));
      assertThatThrownBy(() -> store.read(firstIndex, 1000))
          .as("byte %d", at)
          .isInstanceOf(LogDamagedException.class)
          .hasMessageContaining(path);
      storage.overwrite(path, at, content[at]);
    }
    assertThat(all(store)).isEqualTo(WHOLE);
  }

  @Test
  void aLostFirstMiddleOrLastSegmentStopsTheStore() throws IOException {
    for (String path : storage.segments()) {
      storage.disk.rename(path, SimStorage.DIRECTORY + "/kept");
      assertThatThrownBy(storage::open)
          .as("without %s", path)
          .isInstanceOf(LogDamagedException.class)
          .hasMessageContaining("missing");
      storage.disk.rename(SimStorage.DIRECTORY + "/kept", path);
    }
    assertThat(all(storage.open())).isEqualTo(WHOLE);
  }

  @Test
  void aLostOrDamagedMarkStopsTheStore() throws IOException {
    String mark = SimStorage.DIRECTORY + "/" + SyncedMark.NAME;
    byte[] content = storage.content(mark);
    for (int at = 0; at < content.length; at++) {
      storage.overwrite(mark, at, (byte) (content[at] ^ 0x04));
      assertThatThrownBy(storage::open)
          .isInstanceOf(LogDamagedException.class)
          .hasMessageNotContaining("format");
      storage.overwrite(mark, at, content[at]);
    }
    storage.disk.rename(mark, SimStorage.DIRECTORY + "/kept");
    assertThatThrownBy(storage::open)
        .isInstanceOf(LogDamagedException.class)
        .hasMessageContaining("missing");
  }

  @Test
  void anotherFormatVersionIsRefused() throws IOException {
    String mark = SimStorage.DIRECTORY + "/" + SyncedMark.NAME;
    byte[] content = storage.content(mark);
    storage.overwrite(mark, 0, ofVersion2(content, content.length));
    assertThatThrownBy(storage::open)
        .isInstanceOf(UnknownFormatException.class)
        .hasMessageContaining(mark + " has format 2, but this program knows format 1")
        .hasMessageContaining("newer release");
    storage.overwrite(mark, 0, content);

    storage.overwrite(newest(), 0, ofVersion2(storage.content(newest()), SegmentHeader.BYTES));
    assertThatThrownBy(storage::open)
        .isInstanceOf(UnknownFormatException.class)
        .hasMessageContaining(newest() + " has format 2, but this program knows format 1")
        .hasMessageContaining("newer release");
  }

  /** The header as another release would write it: its checksum, which comes last, is right. */
  private static byte[] ofVersion2(byte[] content, int length) {
    ByteBuffer header = ByteBuffer.wrap(Arrays.copyOf(content, length)).putInt(4, 2);
    CRC32C crc = new CRC32C();
    crc.update(header.array(), 0, length - 4);
    return header.putInt(length - 4, (int) crc.getValue()).array();
  }

  @Test
  void aSegmentOfAnotherLogDoesNotFit() throws IOException {
    SimStorage other = new SimStorage(2);
    SegmentedLogStore store = other.open();
    for (int i = 0; i < BATCHES; i++) {
      store.write(5L * i + 1, entries(5L * i + 1, 5L * i + 5, 2));
      store.sync();
      other.loop.runAll();
    }
    String path = storage.segments().get(1);
    assertThat(other.segments()).contains(path);
    storage.overwrite(path, 0, other.content(path));
    assertThatThrownBy(storage::open)
        .isInstanceOf(LogDamagedException.class)
        .hasMessageContaining("does not continue");
  }

  @Test
  void aGoodBatchInTheWrongPlaceBreaksTheChain() throws IOException {
    List<String> segments = storage.segments();
    String path = segments.get(segments.size() - 2);
    byte[] content = storage.content(path);
    List<Integer> places = SimStorage.batches(content);
    assertThat(places).hasSizeGreaterThan(2);
    for (int at : places.subList(0, places.size() - 1)) {
      BatchCodec.Header batch = Objects.requireNonNull(BatchCodec.header(content, at));
      long first = batch.firstIndex();
      List<Entry> others = entries(first, first + batch.count() - 1, 3);
      int bytes = others.stream().mapToInt(BatchCodec::entryBytes).sum();
      BatchCodec codec = new BatchCodec();
      codec.encode(batch.segment(), batch.before(), first, others, bytes);
      byte[] forged = new byte[codec.encoded().remaining()];
      codec.encoded().get(forged);
      assertThat(forged).hasSize(batch.batchBytes());
      storage.overwrite(path, at, forged);
      // The next segment without batches: its header alone must notice.
      byte[] newest = storage.content(newest());
      storage.overwrite(
          newest(), SegmentHeader.BYTES, new byte[newest.length - SegmentHeader.BYTES]);
      assertThatThrownBy(storage::open)
          .as("forged at %d", at)
          .isInstanceOf(LogDamagedException.class)
          .hasMessageContaining("does not continue");
      storage.overwrite(path, 0, content);
      storage.overwrite(newest(), 0, newest);
    }
    assertThat(all(storage.open())).isEqualTo(WHOLE);
  }

  @Test
  void aBatchBehindAHoleStopsTheStore() throws IOException {
    String path = newest();
    byte[] content = storage.content(path);
    List<Integer> places = SimStorage.batches(content);
    int end = places.get(places.size() - 1);
    BatchCodec.Header last =
        Objects.requireNonNull(BatchCodec.header(content, places.get(places.size() - 2)));
    long beyond = WHOLE.size() + 2L;
    Entry entry = entry(beyond, 1, 8);
    BatchCodec codec = new BatchCodec();
    codec.encode(
        last.segment(),
        new BatchCodec.Link(end, last.crc()),
        beyond,
        List.of(entry),
        BatchCodec.entryBytes(entry));
    byte[] batch = new byte[codec.encoded().remaining()];
    codec.encoded().get(batch);
    storage.overwrite(path, end, batch);
    assertThatThrownBy(storage::open)
        .isInstanceOf(LogDamagedException.class)
        .hasMessageContaining("entries are missing before " + beyond);
  }

  @Test
  void afterACleanStopNothingMayBeCut() throws IOException {
    storage.open().close();
    String path = newest();
    byte[] content = storage.content(path);
    List<Integer> places = SimStorage.batches(content);
    int start = places.get(places.size() - 2);
    int end = places.get(places.size() - 1);
    for (int at = start; at < end; at++) {
      storage.overwrite(path, at, (byte) (content[at] ^ 0x80));
      assertThatThrownBy(storage::open)
          .as("byte %d", at)
          .isInstanceOf(LogDamagedException.class)
          .hasMessageContaining("entries up to " + WHOLE.size());
      assertThat(storage.content(path)).as("nothing was cut").hasSameSizeAs(content);
      storage.overwrite(path, at, content[at]);
    }
    storage.overwrite(path, start, new byte[end - start]);
    assertThatThrownBy(storage::open)
        .isInstanceOf(LogDamagedException.class)
        .hasMessageContaining("was synced");
    storage.overwrite(path, 0, content);
    assertThat(all(storage.open())).isEqualTo(WHOLE);
  }

  @Test
  void aBrokenBatchBeforeATornOneIsNotCut() throws IOException {
    String path = newest();
    byte[] content = storage.content(path);
    List<Integer> places = SimStorage.batches(content);
    int damaged = places.get(places.size() - 3);
    int last = places.get(places.size() - 2);
    int end = places.get(places.size() - 1);
    storage.overwrite(path, damaged + 60, (byte) ~content[damaged + 60]);
    storage.overwrite(path, last, new byte[BatchCodec.HEADER_BYTES]);
    storage.overwrite(path, end - 20, new byte[20]);
    assertThatThrownBy(storage::open)
        .isInstanceOf(LogDamagedException.class)
        .hasMessageContaining("something was written after it");
  }

  @Test
  void aLengthThatIsWrongIsNeverBelieved() throws IOException {
    byte[] bytes = new byte[BatchCodec.HEADER_BYTES];
    for (int length : new int[] {-1, 1, 4, Integer.MAX_VALUE, BatchCodec.MAX_PAYLOAD_BYTES + 8}) {
      BatchCodec codec = new BatchCodec();
      codec.encode(1, BatchCodec.Link.NONE, 1, List.of(), 0);
      codec.encoded().get(bytes);
      assertThat(BatchCodec.header(bytes, 0)).isNotNull();
      ByteBuffer.wrap(bytes).putInt(8, length);
      CRC32C crc = new CRC32C();
      crc.update(bytes, 8, bytes.length - 8);
      ByteBuffer.wrap(bytes).putInt(4, (int) crc.getValue());
      assertThat(BatchCodec.header(bytes, 0)).as("length %d", length).isNull();
    }
  }

  /** Bytes of a client that look like a batch do not pass for one. */
  @Test
  void aBatchInsideAnEntryIsNotABatch() throws IOException {
    SegmentedLogStore store = storage.open();
    byte[] image = storage.content(storage.segments().get(0));
    long next = store.lastIndex() + 1;
    Entry hidden =
        entry(next, 1, 0).toBuilder().setData(ByteString.copyFrom(image, 0, 900)).build();
    store.write(next, List.of(hidden));
    store.sync();
    String path = newest();
    byte[] content = storage.content(path);
    List<Integer> places = SimStorage.batches(content);
    int last = places.get(places.size() - 2);
    storage.overwrite(path, last, new byte[BatchCodec.HEADER_BYTES]);
    SegmentedLogStore again = storage.open();
    assertThat(again.recoveredTornBytes()).isPositive();
    assertThat(all(again)).isEqualTo(WHOLE);
  }
}
