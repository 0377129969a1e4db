package io.raftlessons.cluster.s3;

import io.raftlessons.snapshots.SnapshotChecksum;
import io.raftlessons.snapshots.SnapshotDamagedException;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the content of a snapshot as a whole, and finds out whether it is that of its meta.
 * Connections end early: it goes on where it was, as long as that brings it further.
 */
final class Download {
  /** Where the bytes go. */
  interface Target {
    void write(long position, ByteBuffer bytes) throws IOException;
  }

  private final ObjectStore objects;
  private final String key;
  private final SnapshotMeta meta;
  private final byte[] buffer;
  private final SnapshotChecksum checksum = new SnapshotChecksum();
  private long at;
  private @Nullable IOException failure;

  Download(ObjectStore objects, String key, SnapshotMeta meta, int bufferBytes) {
    this.objects = objects;
    this.key = key;
    this.meta = meta;
    this.buffer = new byte[bufferBytes];
  }

  /** Compares, and keeps nothing. */
  void verify(int attempts) throws IOException {
    to((position, bytes) -> {}, attempts);
  }

  /**
   * @param attempts how often in a row it may come no further
   * @throws SnapshotDamagedException if the object has not the size or the checksum of the meta
   * @throws ObjectStoreException if it is not there, or cannot be read
   */
  void to(Target target, int attempts) throws IOException {
    int fruitless = 0;
    do {
      long before = at;
      failure = null;
      readOn(target);
      fruitless = at == before ? fruitless + 1 : 0;
    } while (at < meta.getSize() && fruitless < attempts);
    if (at < meta.getSize()) {
      throw failure != null ? failure : damaged("ends after " + at + " bytes");
    }
    long found = checksum.value();
    if (found != meta.getChecksum()) {
      throw damaged("has checksum %016x".formatted(found));
    }
  }

  private void readOn(Target target) throws IOException {
    try (InputStream in = objects.read(key, at)) {
      while (at < meta.getSize()) {
        int count = some(in);
        if (count <= 0) {
          return;
        }
        checksum.update(ByteBuffer.wrap(buffer, 0, count));
        target.write(at, ByteBuffer.wrap(buffer, 0, count));
        at += count;
      }
      if (some(in) > 0) {
        throw damaged("has more than " + at + " bytes");
      }
    } catch (ObjectStoreException.Unavailable e) {
      failure = e;
    }
  }

  /** Some bytes of the rest, and one more if there is one. */
  private int some(InputStream in) throws IOException {
    int wanted = (int) Math.min(buffer.length, Math.max(1, meta.getSize() - at));
    try {
      return in.read(buffer, 0, wanted);
    } catch (ObjectStoreException.Unavailable e) {
      failure = e;
      return -1;
    }
  }

  private SnapshotDamagedException damaged(String how) {
    return new SnapshotDamagedException(
        meta.getId(),
        "%s in %s %s; it should have %d bytes with checksum %016x"
            .formatted(key, objects, how, meta.getSize(), meta.getChecksum()));
  }
}
