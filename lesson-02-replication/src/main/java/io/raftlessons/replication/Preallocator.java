package io.raftlessons.replication;

import io.raftlessons.runtime.Disk;
import io.raftlessons.runtime.EventLoop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills the file of the next segment with zeros, on a loop of its own, so that an append changes no
 * file size and its sync no metadata. If it fails or is late, the store makes a segment without it.
 *
 * <p>The store's thread owns the name: it makes, renames and removes it. The loop owns the open
 * file from {@link #start} on, until it says that the file is ready. So after a {@link #close} the
 * loop can write to its own, nameless file only, and never to that of a store opened later.
 *
 * <p>The file is handed over by a task that is posted after its sync: what the loop did before
 * counts as done only then, in virtual time too.
 */
final class Preallocator {
  private static final Logger LOG = LoggerFactory.getLogger(Preallocator.class);
  private static final int CHUNK_BYTES = 256 << 10;

  private enum State {
    FILLING,
    READY,
    FAILED,
    UNWANTED
  }

  private final Disk disk;
  private final EventLoop loop;
  private final String path;
  private final int bytes;
  private final ByteBuffer zeros;
  private @Nullable Filling current;

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
  void start() {
    if (current != null && !current.is(State.FAILED)) {
      return;
    }
    current = null;
    try {
      // What a failed sync left behind is not to be trusted.
      disk.delete(path);
      Filling filling = new Filling(disk.open(path));
      current = filling;
      loop.execute(filling::step);
    } catch (IOException e) {
      notPrepared(e);
    }
  }

  /** The filled and synced file, or null. The caller renames it before the next {@link #start}. */
  Disk.@Nullable File take() {
    if (current == null || !current.is(State.READY)) {
      return null;
    }
    Disk.File file = current.file;
    current = null;
    return file;
  }

  /** After this the loop touches no file that has a name. Waits for nothing. */
  void close() throws IOException {
    Filling filling = current;
    if (filling == null) {
      return;
    }
    current = null;
    if (!filling.becomes(State.UNWANTED) && filling.is(State.READY)) {
      filling.file.close();
    }
    disk.delete(path);
  }

  private void notPrepared(IOException cause) {
    LOG.warn(
        "{}: not prepared, the segment will be made when it is needed: {}", path, cause.toString());
  }

  /** One file on its way. All but the state belongs to the loop until the file is ready. */
  private final class Filling {
    private final Disk.File file;
    private final AtomicReference<State> state = new AtomicReference<>(State.FILLING);
    private long filled;

    Filling(Disk.File file) {
      this.file = file;
    }

    boolean is(State expected) {
      return state.get() == expected;
    }

    boolean becomes(State next) {
      return state.compareAndSet(State.FILLING, next);
    }

    private void step() {
      if (is(State.UNWANTED)) {
        release();
        return;
      }
      try {
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
        notPrepared(e);
        abandon();
      }
    }

    private void publish() {
      if (!becomes(State.READY)) {
        release();
      }
    }

    private void abandon() {
      try {
        // It must not take the space that the log needs.
        file.truncate(0);
      } catch (IOException e) {
        LOG.warn("{}: not emptied: {}", path, e.toString());
      }
      release();
      becomes(State.FAILED);
    }

    private void release() {
      try {
        file.close();
      } catch (IOException e) {
        LOG.warn("{}: not closed: {}", path, e.toString());
      }
    }
  }
}
