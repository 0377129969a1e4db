package io.raftlessons.cluster.s3;

import java.io.IOException;

/** The snapshot is not kept: there is one that ends at the same index or at a higher one. */
public final class SupersededSnapshotException extends IOException {
  private static final long serialVersionUID = 1L;

  SupersededSnapshotException(String id, long index, long newest) {
    super(
        "snapshot %s ends at index %d, and there is one already that ends at %d: it is not kept"
            .formatted(id, index, newest));
  }
}
