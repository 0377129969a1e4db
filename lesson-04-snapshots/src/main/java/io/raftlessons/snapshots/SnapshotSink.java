package io.raftlessons.snapshots;

import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Where the content of a snapshot that is being made goes. Closed without having been published it
 * is thrown away, so a writer that fails in the middle leaves nothing.
 *
 * <p>Not thread-safe. After an IOException from a write or from {@link #publish} nothing more can
 * be done but to throw it away.
 */
public abstract class SnapshotSink extends OutputStream {
  /** The id that the snapshot has or will have. */
  public abstract String id();

  /** Bytes written so far. */
  public abstract long offset();

  /**
   * Ends the content and makes the snapshot durable, as a whole: after a crash at any time it is
   * either there or not. Idempotent.
   *
   * @return the meta with id, size and checksum
   * @throws SnapshotDamagedException if a snapshot from another server has not the size or the
   *     checksum that it came with
   * @throws IOException if it cannot be made durable. It may be found after a restart, but whole.
   */
  public abstract SnapshotMeta publish() throws IOException;

  /**
   * Throws away what was written. Idempotent; after {@link #publish} it does nothing.
   *
   * @throws IOException if something is left. It is in nobody's way.
   */
  public abstract void cancel() throws IOException;

  /** As {@link #cancel}. */
  @Override
  public final void close() throws IOException {
    cancel();
  }
}
