package io.raftlessons.replication;

import io.raftlessons.replication.BatchCodec.Link;
import io.raftlessons.runtime.Disk;
import io.raftlessons.runtime.UnknownFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The first 40 bytes of a segment, and its name. The header is durable before the file gets its
 * name, so a named segment without a good header is damage, never a crash.
 *
 * @param sequence which segment this is, from 1 without gaps
 * @param firstIndex the first index the segment was begun for
 * @param before the last batch of the segment before
 */
record SegmentHeader(long sequence, long firstIndex, Link before) {
  static final int BYTES = 40;
  private static final int CRC_AT = 36;
  private static final int MAGIC = 0x52465347;
  private static final int VERSION = 1;
  private static final Pattern NAME = Pattern.compile("(\\d{10})-(\\d{19})\\.log");

  /** The sequence number in a name, or 0 if this is not the name of a segment. */
  static long sequenceOf(String name) {
    Matcher matcher = NAME.matcher(name);
    return matcher.matches() ? Long.parseLong(matcher.group(1)) : 0;
  }

  String name() {
    return String.format(Locale.ROOT, "%010d-%019d.log", sequence, firstIndex);
  }

  ByteBuffer encode() {
    ByteBuffer out = ByteBuffer.allocate(BYTES);
    out.putInt(MAGIC).putInt(VERSION).putLong(sequence).putLong(firstIndex);
    out.putLong(before.end()).putInt(before.crc());
    return out.putInt(crc(out)).flip();
  }

  /**
   * @param path for the message
   * @param name without the directory
   * @throws LogDamagedException if the header is not one, or belongs to another name
   * @throws UnknownFormatException if it is of another version
   */
  static SegmentHeader read(Disk.File file, String path, String name) throws IOException {
    ByteBuffer in = ByteBuffer.allocate(BYTES);
    int read = file.read(0, in);
    @Nullable String problem = null;
    if (read < BYTES) {
      problem = "the file is too short for a segment header";
    } else if (in.getInt(0) != MAGIC) {
      problem = "this is not a log segment";
    } else if (in.getInt(CRC_AT) != crc(in)) {
      problem = "the checksum of the segment header is wrong";
    }
    if (problem != null) {
      throw new LogDamagedException(path, 0, problem);
    }
    // Every version has the checksum in the same place, so it is looked at first.
    if (in.getInt(4) != VERSION) {
      throw new UnknownFormatException(path, in.getInt(4), VERSION);
    }
    in.position(8);
    SegmentHeader header =
        new SegmentHeader(in.getLong(), in.getLong(), new Link(in.getLong(), in.getInt()));
    if (!header.name().equals(name)) {
      throw new LogDamagedException(path, 0, "the file was " + header.name() + " when written");
    }
    return header;
  }

  private static int crc(ByteBuffer header) {
    CRC32C crc = new CRC32C();
    crc.update(header.slice(0, CRC_AT));
    return (int) crc.getValue();
  }
}
