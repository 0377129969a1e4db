package io.raftlessons.cluster.s3;

import java.io.IOException;

/**
 * The snapshots at this place are another cluster's. Or they were this one's, and a cluster that
 * was restored from them has claimed them since.
 */
public final class NotOurSnapshotsException extends IOException {
  private static final long serialVersionUID = 1L;

  private final SnapshotOwner owner;

  NotOurSnapshotsException(String place, SnapshotOwner theirs, SnapshotOwner ours) {
    super(
        "the snapshots in %s belong to %s, and this is %s: nothing is read or written there."
                .formatted(place, theirs, ours)
            + " Give this cluster another destination, or restore a cluster from that one");
    this.owner = theirs;
  }

  /** Whose they are. */
  public SnapshotOwner owner() {
    return owner;
  }
}
