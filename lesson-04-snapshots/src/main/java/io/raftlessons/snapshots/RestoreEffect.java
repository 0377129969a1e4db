package io.raftlessons.snapshots;

import io.raftlessons.core.Effect;
import io.raftlessons.replication.RaftException;

/** What the restore of a user's snapshot asks for, and how it ends. */
sealed interface RestoreEffect extends Effect {
  /** The next bytes are wanted: {@link Restores#partRead}, or {@link Restores#giveUp}. */
  record ReadPart(long requestId, int bytes) implements RestoreEffect {}

  /** The state of the snapshot is that of the group from {@code index} on. */
  record RestoreDone(long requestId, long index) implements RestoreEffect {}

  record RestoreFailed(long requestId, RaftException why) implements RestoreEffect {}
}
