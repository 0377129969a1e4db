package io.raftlessons.cluster.archive;

import io.raftlessons.snapshots.DamagedSnapshot;
import io.raftlessons.snapshots.SnapshotSink;
import io.raftlessons.snapshots.SnapshotSource;
import io.raftlessons.snapshots.SnapshotStore;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The snapshots that a node keeps itself, with one difference: the log stays as far back as an
 * archive needs it. If all nodes are lost but their logs, or all but the archive, the two still fit
 * together.
 *
 * @param own where the snapshots are
 * @param archivedTo where the oldest snapshot of the archive ends; 0 if it has none, or it is not
 *     known
 */
public record ArchivedSnapshotStore(SnapshotStore own, LongSupplier archivedTo)
    implements SnapshotStore {
  @Override
  public SnapshotSink create(SnapshotMeta meta) throws IOException {
    return own.create(meta);
  }

  @Override
  public List<SnapshotMeta> list() throws IOException {
    return own.list();
  }

  @Override
  public List<DamagedSnapshot> damaged() throws IOException {
    return own.damaged();
  }

  @Override
  public SnapshotSource open(String id) throws IOException {
    return own.open(id);
  }

  @Override
  public long mayCutTo() throws IOException {
    return Math.min(own.mayCutTo(), archivedTo.getAsLong());
  }
}
