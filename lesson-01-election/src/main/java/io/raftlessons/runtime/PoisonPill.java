package io.raftlessons.runtime;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the first failed write of a store. What the disk holds is unknown from then on, and a
 * later sync may succeed although the data is gone, so nothing may be promised any more.
 */
final class PoisonPill {
  private @Nullable Exception first;

  void check(String store) throws IOException {
    if (first != null) {
      throw new IOException(
          store
              + " failed earlier and is not used any more; restart the server when the disk is well."
              + " First failure: "
              + first.getMessage(),
          first);
    }
  }

  boolean swallowed() {
    return first != null;
  }

  /** Keeps the failure. */
  void swallow(Exception failure) {
    if (first == null) {
      first = failure;
    }
  }
}
