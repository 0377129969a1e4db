package io.raftlessons.snapshots;

import io.raftlessons.wire.SnapshotMeta;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/**
 * A snapshot that is open for reading. It stays readable until it is closed, even if the store has
 * let go of it meanwhile. Not thread-safe.
 */
public interface SnapshotSource extends Closeable {
  SnapshotMeta meta();

  /**
   * A new stream of the whole content, from its first byte. To skip bytes costs nothing. It ends
   * with this source; closing it is not needed.
   */
  InputStream stream() throws IOException;
}
