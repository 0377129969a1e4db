package io.raftlessons.snapshots;

import io.raftlessons.runtime.Disk;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** Reads the content of a snapshot from its file. */
public final class FileSnapshotSource implements SnapshotSource {
  private final SnapshotMeta meta;
  private final String name;
  private final Disk.File file;

  /**
   * @param meta with size and checksum
   * @param name of the file, for messages
   * @param file the content and nothing else; closed with this source
   */
  public FileSnapshotSource(SnapshotMeta meta, String name, Disk.File file) {
    this.meta = meta;
    this.name = name;
    this.file = file;
  }

  @Override
  public SnapshotMeta meta() {
    return meta;
  }

  /**
   * Reads all of it, a buffer at a time.
   *
   * @throws SnapshotDamagedException if it has not the size or the checksum of the meta
   */
  public void verify(int bufferBytes) throws IOException {
    long size = file.size();
    if (size != meta.getSize()) {
      throw damaged("has " + size + " bytes, and should have " + meta.getSize());
    }
    SnapshotChecksum checksum = new SnapshotChecksum();
    ByteBuffer buffer = ByteBuffer.allocate(bufferBytes);
    for (long position = 0; position < size; position += buffer.limit()) {
      file.read(position, buffer.clear());
      if (buffer.position() == 0) {
        throw damaged("became shorter while it was read");
      }
      checksum.update(buffer.flip());
    }
    long found = checksum.value();
    if (found != meta.getChecksum()) {
      throw damaged(
          String.format("has checksum %016x, and should have %016x", found, meta.getChecksum()));
    }
  }

  private SnapshotDamagedException damaged(String how) {
    return new SnapshotDamagedException(meta.getId(), name + " " + how);
  }

  @Override
  public InputStream stream() {
    return new Content();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  void closeAfter(Throwable failure) {
    try {
      close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private final class Content extends InputStream {
    private long position;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      int wanted = (int) Math.min(length, meta.getSize() - position);
      if (wanted == 0) {
        return -1;
      }
      int count = file.read(position, ByteBuffer.wrap(bytes, from, wanted));
      if (count == 0) {
        throw damaged("became shorter while it was read");
      }
      position += count;
      return count;
    }

    @Override
    public long skip(long count) {
      long skipped = Math.max(0, Math.min(count, meta.getSize() - position));
      position += skipped;
      return skipped;
    }

    @Override
    public int available() {
      return (int) Math.min(Integer.MAX_VALUE, meta.getSize() - position);
    }
  }
}
