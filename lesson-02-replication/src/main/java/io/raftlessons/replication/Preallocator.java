package io.raftlessons.replication;

import io.raftlessons.runtime.Disk;
import io.raftlessons.runtime.EventLoop;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills the file of the next segment with zeros, on a loop of its own, so that an append changes no
 * file size and its sync no metadata. If it fails or is late, the store makes a segment without it.
 *
 * <p>The file is handed over by a task that is posted after its sync: what the loop did before
 * counts as done only then, in virtual time too.
 */
final class Preallocator {
  private static final Logger LOG = LoggerFactory.getLogger(Preallocator.class);
  private static final int CHUNK_BYTES = 256 << 10;

  private final Disk disk;
  private final EventLoop loop;
  private final String path;
  private final int bytes;
  private final ByteBuffer zeros;
  private Disk.@Nullable File file;
  private long filled;
  private boolean busy;
  private boolean closed;
  private volatile boolean ready;

  Preallocator(Disk disk, EventLoop loop, String path, int bytes) {
    this.disk = disk;
    this.loop = loop;
    this.path = path;
    this.bytes = bytes;
    this.zeros = ByteBuffer.allocateDirect(Math.min(bytes, CHUNK_BYTES));
  }

  String path() {
    return path;
  }

  /** Begins a file unless one is there or under way. */
  synchronized void start() {
    if (!busy && !closed) {
      busy = true;
      loop.execute(this::step);
    }
  }

  /** The filled and synced file, or null. The caller renames it before the next {@link #start}. */
  Disk.@Nullable File take() {
    // Without the look at the flag a store that needs a segment now would wait for the filling.
    return ready ? hand() : null;
  }

  private synchronized Disk.@Nullable File hand() {
    Disk.File taken = file;
    file = null;
    ready = false;
    busy = false;
    return taken;
  }

  /** After this the loop touches no file any more. Waits for one chunk at most. */
  synchronized void close() throws IOException {
    closed = true;
    ready = false;
    if (file != null) {
      file.close();
      file = null;
      disk.delete(path);
    }
  }

  private synchronized void step() {
    if (closed) {
      return;
    }
    try {
      if (file == null) {
        file = disk.open(path);
        filled = 0;
      }
      if (filled < bytes) {
        zeros.clear().limit((int) Math.min(zeros.capacity(), bytes - filled));
        int chunk = zeros.remaining();
        file.writeAt(filled, zeros);
        filled += chunk;
        loop.execute(this::step);
      } else {
        file.sync();
        loop.execute(this::publish);
      }
    } catch (IOException e) {
      LOG.warn(
          "{}: not prepared, the segment will be made when it is needed: {}", path, e.toString());
      abandon();
    }
  }

  private synchronized void publish() {
    ready = !closed && file != null;
  }

  private void abandon() {
    busy = false;
    try {
      if (file != null) {
        file.close();
      }
      disk.delete(path);
    } catch (IOException e) {
      LOG.warn("{}: not removed: {}", path, e.toString());
    }
    file = null;
  }
}
