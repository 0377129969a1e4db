package io.raftlessons.snapshots;

import io.raftlessons.runtime.Disk;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Writes the content of a snapshot to its file. */
final class FileSnapshotSink extends CheckedSink {
  private final FileSnapshotStore store;
  private final String directory;
  private final Disk.File file;
  private final ByteBuffer buffer;
  private final long syncBytes;
  private long written;
  private long synced;

  FileSnapshotSink(
      FileSnapshotStore store,
      String directory,
      SnapshotMeta meta,
      boolean received,
      Disk.File file,
      FileSnapshotStore.Options options) {
    super(meta, received);
    this.store = store;
    this.directory = directory;
    this.file = file;
    this.buffer = ByteBuffer.allocate(options.bufferBytes());
    this.syncBytes = options.syncBytes();
  }

  @Override
  protected void append(byte[] bytes, int from, int length) throws IOException {
    int end = from + length;
    for (int at = from; at < end; ) {
      int fits = Math.min(end - at, buffer.remaining());
      buffer.put(bytes, at, fits);
      at += fits;
      if (!buffer.hasRemaining()) {
        writeBuffer();
      }
    }
  }

  private void writeBuffer() throws IOException {
    buffer.flip();
    int length = buffer.remaining();
    file.writeAt(written, buffer);
    written += length;
    buffer.clear();
    if (written - synced >= syncBytes) {
      file.sync();
      synced = written;
    }
  }

  @Override
  protected void commit(SnapshotMeta full) throws IOException {
    writeBuffer();
    file.sync();
    file.close();
    store.publish(directory, full);
  }

  @Override
  protected void discard() throws IOException {
    try {
      file.close();
    } finally {
      store.discard(directory, id());
    }
  }
}
