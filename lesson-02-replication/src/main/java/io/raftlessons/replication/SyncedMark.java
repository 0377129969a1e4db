package io.raftlessons.replication;

import io.raftlessons.runtime.Disk;
import io.raftlessons.runtime.UnknownFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A durable lower bound of what the log holds: the segments from {@code firstSegment} on, and
 * everything before {@code offset} in {@code segment}, were synced. It is saved when a segment is
 * begun, when segments are dropped, and at a clean stop.
 *
 * <p>It is a place in the files and not an index: the files only grow, so the mark never has to be
 * taken back when entries are cut off the log. Without it a lost first or last file could not be
 * told from a dropped prefix or a log that never got so far.
 *
 * @param firstSegment sequence number of the oldest segment that is needed
 * @param segment sequence number of the newest segment; 0 if none was ever begun
 * @param offset bytes from the start of that segment
 * @param syncedIndex the last index of the log at that place, for messages
 */
record SyncedMark(long firstSegment, long segment, long offset, long syncedIndex) {
  static final String NAME = "synced";
  static final String TEMPORARY = "synced.tmp";
  private static final int MAGIC = 0x5246534d;
  private static final int VERSION = 1;
  private static final int CRC_AT = 40;
  private static final int BYTES = 44;

  /** The mark of a directory, or null if it has none. */
  static @Nullable SyncedMark load(Disk disk, String directory) throws IOException {
    String path = directory + "/" + NAME;
    if (!disk.exists(path)) {
      return null;
    }
    ByteBuffer in = ByteBuffer.allocate(BYTES + 1);
    try (Disk.File file = disk.open(path)) {
      file.read(0, in);
    }
    in.flip();
    if (in.remaining() != BYTES || in.getInt() != MAGIC) {
      throw new LogDamagedException(path, 0, "this is not the mark of a log");
    }
    if (in.getInt(CRC_AT) != crc(in)) {
      throw new LogDamagedException(path, 0, "the checksum is wrong");
    }
    int version = in.getInt();
    if (version != VERSION) {
      throw new UnknownFormatException(path, version, VERSION);
    }
    return new SyncedMark(in.getLong(), in.getLong(), in.getLong(), in.getLong());
  }

  /** Replaces the mark; durable when this returns, and at every moment one of the two is whole. */
  void save(Disk disk, String directory) throws IOException {
    ByteBuffer out = ByteBuffer.allocate(BYTES);
    out.putInt(MAGIC).putInt(VERSION);
    out.putLong(firstSegment).putLong(segment).putLong(offset).putLong(syncedIndex);
    out.putInt(crc(out)).flip();
    String temporary = directory + "/" + TEMPORARY;
    try (Disk.File file = disk.open(temporary)) {
      file.writeAt(0, out);
      file.sync();
    }
    disk.rename(temporary, directory + "/" + NAME);
    disk.syncDirectory(directory);
  }

  private static int crc(ByteBuffer mark) {
    CRC32C crc = new CRC32C();
    crc.update(mark.slice(0, CRC_AT));
    return (int) crc.getValue();
  }
}
