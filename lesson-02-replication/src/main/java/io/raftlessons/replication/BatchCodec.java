package io.raftlessons.replication;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.raftlessons.wire.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a batch: a header of 48 bytes, then the entries, each with its length before it,
 * then zeros up to a multiple of eight. Numbers are big-endian.
 *
 * <pre>
 *  0 magic          4 CRC32C of bytes 8 to 47
 *  8 payload bytes 12 number of entries
 * 16 first index   24 sequence number of the segment
 * 32 where the batch before ends (in its own segment)
 * 40 CRC32C of the batch before
 * 44 CRC32C of bytes 8 to 43 and the payload
 * </pre>
 *
 * <p>The header has a checksum of its own because its length is used before the payload is known to
 * be whole. Not thread-safe: the encoding buffer is used again.
 */
final class BatchCodec {
  static final int HEADER_BYTES = 48;

  /** Every batch begins at a multiple of this. */
  static final int ALIGNMENT = 8;

  /** Larger payloads are neither written nor believed. */
  static final int MAX_PAYLOAD_BYTES = 64 << 20;

  private static final int MAGIC = 0x52464254;
  private static final int CRC_FROM = 8;
  private static final int BATCH_CRC_AT = 44;

  /** What ties a batch to the one before it: where that ends, and its checksum. */
  record Link(long end, int crc) {
    static final Link NONE = new Link(0, 0);
  }

  /** A header whose checksum is right. */
  record Header(int payloadBytes, int count, long firstIndex, long segment, Link before, int crc) {
    int batchBytes() {
      return HEADER_BYTES + payloadBytes;
    }
  }

  private byte[] buffer = new byte[64 << 10];
  private ByteBuffer encoded = ByteBuffer.allocate(0);

  /** The space an entry takes in a payload. */
  static int entryBytes(Entry entry) {
    return Integer.BYTES + entry.getSerializedSize();
  }

  static int batchBytes(int entryBytes) {
    return HEADER_BYTES + padded(entryBytes);
  }

  private static int padded(int bytes) {
    return (bytes + ALIGNMENT - 1) & -ALIGNMENT;
  }

  /**
   * Encodes a batch; {@link #encoded} then has its bytes.
   *
   * @param entryBytes the sum of {@link #entryBytes(Entry)}
   */
  Header encode(long segment, Link before, long firstIndex, List<Entry> entries, int entryBytes)
      throws IOException {
    int size = batchBytes(entryBytes);
    if (buffer.length < size) {
      buffer = new byte[Math.max(size, (int) Math.min(2L * buffer.length, MAX_PAYLOAD_BYTES))];
    }
    ByteBuffer batch = ByteBuffer.wrap(buffer, 0, size);
    batch.putInt(MAGIC).putInt(0).putInt(size - HEADER_BYTES).putInt(entries.size());
    batch.putLong(firstIndex).putLong(segment).putLong(before.end()).putInt(before.crc()).putInt(0);
    int payloadEnd = HEADER_BYTES + entryBytes;
    CodedOutputStream out = CodedOutputStream.newInstance(buffer, HEADER_BYTES, entryBytes);
    for (Entry entry : entries) {
      out.writeFixed32NoTag(Integer.reverseBytes(entry.getSerializedSize()));
      entry.writeTo(out);
    }
    out.checkNoSpaceLeft();
    Arrays.fill(buffer, payloadEnd, size, (byte) 0);
    int crc = batchCrc(buffer, 0, size);
    batch.putInt(BATCH_CRC_AT, crc);
    batch.putInt(Integer.BYTES, headerCrc(buffer, 0));
    encoded = batch.rewind();
    return new Header(size - HEADER_BYTES, entries.size(), firstIndex, segment, before, crc);
  }

  /** The bytes of the batch that was encoded last; valid until the next one. */
  ByteBuffer encoded() {
    return encoded;
  }

  private static int headerCrc(byte[] bytes, int at) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, at + CRC_FROM, HEADER_BYTES - CRC_FROM);
    return (int) crc.getValue();
  }

  private static int batchCrc(byte[] bytes, int at, int size) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, at + CRC_FROM, BATCH_CRC_AT - CRC_FROM);
    crc.update(bytes, at + HEADER_BYTES, size - HEADER_BYTES);
    return (int) crc.getValue();
  }

  /**
   * The header at this place, or null if there is none.
   *
   * @param bytes holds at least {@link #HEADER_BYTES} from {@code at} on
   */
  static @Nullable Header header(byte[] bytes, int at) {
    ByteBuffer in = ByteBuffer.wrap(bytes, at, HEADER_BYTES);
    if (in.getInt() != MAGIC || in.getInt() != headerCrc(bytes, at)) {
      return null;
    }
    int payloadBytes = in.getInt();
    int count = in.getInt();
    long firstIndex = in.getLong();
    Header header =
        new Header(
            payloadBytes,
            count,
            firstIndex,
            in.getLong(),
            new Link(in.getLong(), in.getInt()),
            in.getInt());
    boolean sane =
        payloadBytes >= 0
            && payloadBytes <= MAX_PAYLOAD_BYTES
            && payloadBytes % ALIGNMENT == 0
            && count >= 0
            && count <= payloadBytes / Integer.BYTES
            && firstIndex > 0
            && firstIndex <= Long.MAX_VALUE - count;
    return sane ? header : null;
  }

  /** Whether the payload behind this header is the one that was written. */
  static boolean intact(Header header, byte[] bytes, int at) {
    return batchCrc(bytes, at, header.batchBytes()) == header.crc();
  }

  /**
   * Offers the entries of a batch that {@link #intact} accepted, from the one that is wanted next
   * up to {@code lastIndex}.
   *
   * @return null, or what is wrong with the payload
   */
  static @Nullable String decode(
      Header header, byte[] bytes, int at, long lastIndex, EntryCollector target) {
    ByteBuffer in = ByteBuffer.wrap(bytes, at + HEADER_BYTES, header.payloadBytes());
    for (int i = 0; i < header.count() && !target.full(); i++) {
      long index = header.firstIndex() + i;
      int size = in.remaining() < Integer.BYTES ? -1 : in.getInt();
      if (size < 0 || size > in.remaining()) {
        return "the length of entry " + index + " is wrong";
      }
      if (index > lastIndex) {
        return null;
      }
      if (index == target.next()) {
        Entry entry;
        try {
          entry = Entry.parser().parseFrom(bytes, in.position(), size);
        } catch (InvalidProtocolBufferException e) {
          return "entry " + index + " cannot be parsed: " + e.getMessage();
        }
        if (entry.getIndex() != index) {
          return "entry " + entry.getIndex() + " stands in the place of " + index;
        }
        target.offer(entry);
      }
      in.position(in.position() + size);
    }
    return null;
  }
}
