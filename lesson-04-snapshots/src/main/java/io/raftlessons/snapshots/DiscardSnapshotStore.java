package io.raftlessons.snapshots;

import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Takes every snapshot and keeps none: for tests, and for groups that may lose everything. A log
 * that is compacted on its word is lost.
 */
public final class DiscardSnapshotStore implements SnapshotStore {
  private final LongSupplier millis;

  /**
   * @param millis the wall clock, for ids
   */
  public DiscardSnapshotStore(LongSupplier millis) {
    this.millis = millis;
  }

  @Override
  public SnapshotSink create(SnapshotMeta meta) {
    return new CheckedSink(
        SnapshotMetas.begin(meta, millis, id -> false), !meta.getId().isEmpty()) {
      @Override
      protected void append(byte[] bytes, int from, int length) {}

      @Override
      protected void commit(SnapshotMeta full) {}

      @Override
      protected void discard() {}
    };
  }

  @Override
  public List<SnapshotMeta> list() {
    return List.of();
  }

  /** However far: there is nothing that would need the log. */
  @Override
  public long mayCutTo() {
    return Long.MAX_VALUE;
  }

  @Override
  public List<DamagedSnapshot> damaged() {
    return List.of();
  }

  @Override
  public SnapshotSource open(String id) throws IOException {
    throw new IOException("no snapshot " + id + ": they are all discarded");
  }
}
