package io.raftlessons.runtime;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A small file that is replaced as a whole and that shows when it is damaged: magic number, format
 * version, length, CRC32C of all the rest, payload. All numbers are big-endian and have 4 bytes.
 * This header is the same in every version, so a version is believed only if the checksum is right:
 * a flipped bit in it is damage and not a newer release.
 *
 * <p>It is replaced by writing another file beside it and renaming that, so a crash leaves the old
 * content or the new one.
 */
final class CheckedFile {
  /**
   * The payload has at most this many bytes; a longer length is damage, not a reason to allocate.
   */
  static final int MAX_PAYLOAD = 1 << 16;

  private static final int VERSION_AT = 4;
  private static final int LENGTH_AT = 8;
  private static final int CRC_AT = 12;
  private static final int HEADER = 16;

  private final Disk disk;
  private final String directory;
  private final String name;
  private final String temporary;
  private final int magic;
  private final int version;

  CheckedFile(Disk disk, String directory, String leaf, int magic, int version) {
    this.disk = disk;
    this.directory = directory;
    this.name = DiskNames.in(directory, leaf);
    this.temporary = name + ".tmp";
    this.magic = magic;
    this.version = version;
  }

  String name() {
    return name;
  }

  /**
   * Removes what a crash in the middle of {@link #write} may have left, and makes durable what a
   * killed process may have renamed but not synced: whoever reads it relies on it.
   */
  void recover() throws IOException {
    disk.delete(temporary);
    disk.syncDirectory(directory);
  }

  /** Replaces the payload, durably. */
  void write(byte[] payload) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(frame(payload, magic, version));
    try (Disk.File file = disk.open(temporary)) {
      file.truncate(0);
      file.writeAt(0, bytes);
      file.sync();
    }
    disk.rename(temporary, name);
    disk.syncDirectory(directory);
  }

  /**
   * The payload, or null if there is no such file.
   *
   * @throws IOException if it is damaged or of another version; the message says where and why
   */
  byte @Nullable [] read() throws IOException {
    if (!disk.exists(name)) {
      return null;
    }
    try (Disk.File file = disk.open(name)) {
      long size = file.size();
      if (size > HEADER + MAX_PAYLOAD) {
        throw damaged(name, LENGTH_AT, "the file has " + size + " bytes, too many");
      }
      ByteBuffer bytes = ByteBuffer.allocate((int) size);
      if (file.read(0, bytes) < size) {
        throw new IOException(name + " became shorter while it was read");
      }
      return payload(name, bytes.array(), magic, version);
    }
  }

  static byte[] frame(byte[] payload, int magic, int version) {
    if (payload.length > MAX_PAYLOAD) {
      throw new IllegalArgumentException("payload of " + payload.length + " bytes");
    }
    byte[] bytes =
        ByteBuffer.allocate(HEADER + payload.length)
            .putInt(magic)
            .putInt(version)
            .putInt(payload.length)
            .putInt(0)
            .put(payload)
            .array();
    ByteBuffer.wrap(bytes).putInt(CRC_AT, crc(bytes));
    return bytes;
  }

  static byte[] payload(String name, byte[] bytes, int magic, int version) throws IOException {
    if (bytes.length < HEADER) {
      throw damaged(name, bytes.length, "it ends inside the header");
    }
    ByteBuffer header = ByteBuffer.wrap(bytes);
    if (header.getInt(0) != magic) {
      throw damaged(name, 0, "it does not begin as such a file does");
    }
    int length = header.getInt(LENGTH_AT);
    if (length != bytes.length - HEADER) {
      throw damaged(
          name,
          LENGTH_AT,
          "length " + length + ", but " + (bytes.length - HEADER) + " bytes follow");
    }
    if (header.getInt(CRC_AT) != crc(bytes)) {
      throw damaged(name, CRC_AT, "the checksum does not match");
    }
    if (header.getInt(VERSION_AT) != version) {
      throw new UnknownFormatException(name, header.getInt(VERSION_AT), version);
    }
    byte[] payload = new byte[length];
    header.get(HEADER, payload);
    return payload;
  }

  static IOException damaged(String name, long offset, String reason) {
    return new IOException(
        name
            + " is damaged at byte "
            + offset
            + ": "
            + reason
            + ". Do not delete this file alone: the server could vote twice in a term. Check the"
            + " disk, then remove the server from its cluster, delete its whole directory and add"
            + " it again; in a cluster of one, restore a backup");
  }

  private static int crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, CRC_AT);
    crc.update(bytes, HEADER, bytes.length - HEADER);
    return (int) crc.getValue();
  }
}
