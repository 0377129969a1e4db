package io.raftlessons.snapshots;

import java.io.IOException;

/** A snapshot is not what was written, or not what was sent. */
public final class SnapshotDamagedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String id;

  /**
   * @param id the snapshot's
   * @param reason what is wrong, and where
   */
  public SnapshotDamagedException(String id, String reason) {
    super("snapshot " + id + " is damaged: " + reason);
    this.id = id;
  }

  public String id() {
    return id;
  }
}
