package io.raftlessons.snapshots;

import com.google.protobuf.ByteString;
import io.raftlessons.core.Effect;
import io.raftlessons.wire.SnapshotMeta;

/** What snapshots ask for besides messages. Each is answered by one call of {@link Snapshots}. */
public sealed interface SnapshotEffect extends Effect {
  /**
   * Bytes of a snapshot of this server are to be sent; {@link Snapshots#chunkLoaded} or {@link
   * Snapshots#chunkMissing}.
   *
   * @param offset where they begin, before the snapshot's end
   */
  record LoadChunk(String to, SnapshotMeta meta, long offset, int maxBytes)
      implements SnapshotEffect {}

  /**
   * Bytes of the leader's snapshot have come; {@link Snapshots#chunkStored} or {@link
   * Snapshots#storeFailed}. Those at offset 0 begin it, and whatever else was begun is over; the
   * last ones make it whole, and it must be durable then.
   */
  record StoreChunk(SnapshotMeta meta, long offset, ByteString data) implements SnapshotEffect {
    /** Whether the snapshot ends with these bytes. */
    public boolean last() {
      return offset + data.size() == meta.getSize();
    }
  }

  /** No snapshot is there that could be sent; {@link Snapshots#taken}, if one can be taken. */
  record TakeAnother() implements SnapshotEffect {}

  /** The machine's state is to be that of this snapshot; {@link Snapshots#restored}. */
  record Restore(SnapshotMeta meta) implements SnapshotEffect {}
}
