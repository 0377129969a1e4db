package io.raftlessons.snapshots;

import io.raftlessons.runtime.Disk;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Writes the content of a snapshot to its file. */
final class FileSnapshotSink extends CheckedSink {
  private final FileSnapshotStore store;
  private final Disk.File file;
  private final ByteBuffer buffer;
  private final long syncBytes;
  private long written;
  private long synced;

  FileSnapshotSink(
      FileSnapshotStore store,
      SnapshotMeta meta,
      boolean received,
      Disk.File file,
      FileSnapshotStore.Options options) {
    super(meta, received);
    this.store = store;
    this.file = file;
    this.buffer = ByteBuffer.allocate(options.bufferBytes());
    this.syncBytes = options.syncBytes();
  }

  @Override
  void append(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      int length = Math.min(bytes.remaining(), buffer.remaining());
      buffer.put(bytes.slice(bytes.position(), length));
      bytes.position(bytes.position() + length);
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
  void commit(SnapshotMeta full) throws IOException {
    writeBuffer();
    file.sync();
    file.close();
    store.publish(full);
  }

  @Override
  void discard() throws IOException {
    try {
      file.close();
    } finally {
      store.discard(id());
    }
  }
}
