package io.raftlessons.snapshots;

import io.raftlessons.replication.RaftException;

/** Why a snapshot of the user's was not restored, or is not known to have been. */
public final class RestoreException extends RaftException {
  private static final long serialVersionUID = 1L;

  private final boolean outcomeUnknown;

  RestoreException(String message, boolean outcomeUnknown) {
    super(message);
    this.outcomeUnknown = outcomeUnknown;
  }

  /** Nothing was restored, and nothing will be. */
  static RestoreException nothingDone(String message) {
    return new RestoreException(message + ": nothing was restored", false);
  }

  /** Whether the snapshot may yet become the state of the group; if not, it never will. */
  public boolean outcomeUnknown() {
    return outcomeUnknown;
  }
}
