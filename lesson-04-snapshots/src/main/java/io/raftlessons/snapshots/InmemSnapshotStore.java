package io.raftlessons.snapshots;

import io.raftlessons.wire.SnapshotMeta;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Keeps snapshots in memory, at most 2 GiB each, for tests and for groups that may lose everything.
 * HashiCorp's shows a snapshot from its creation on, and keeps one whose writer failed; this one
 * shows what was published.
 */
public final class InmemSnapshotStore implements SnapshotStore {
  private record Held(SnapshotMeta meta, byte[] content) implements SnapshotSource {
    @Override
    public InputStream stream() {
      return new ByteArrayInputStream(content);
    }

    @Override
    public void close() {}
  }

  private final LongSupplier millis;
  private final int retain;
  private final TreeMap<String, Held> published = new TreeMap<>();

  /**
   * @param millis the wall clock, for ids
   * @param retain how many of the newest are kept, at least 1
   */
  public InmemSnapshotStore(LongSupplier millis, int retain) {
    if (retain < 1) {
      throw new IllegalArgumentException("retain " + retain + " snapshots: at least 1");
    }
    this.millis = millis;
    this.retain = retain;
  }

  @Override
  public SnapshotSink create(SnapshotMeta meta) {
    return new CheckedSink(
        SnapshotMetas.begin(meta, millis, published::containsKey), !meta.getId().isEmpty()) {
      private final ByteArrayOutputStream content = new ByteArrayOutputStream();

      @Override
      protected void append(byte[] bytes, int from, int length) {
        content.write(bytes, from, length);
      }

      @Override
      protected void commit(SnapshotMeta full) throws IOException {
        Held other = published.get(full.getId());
        if (other != null && !other.meta().equals(full)) {
          throw new IOException("another snapshot is called " + full.getId());
        }
        published.put(full.getId(), new Held(full, content.toByteArray()));
        SnapshotMetas.surplus(list(), retain, full.getId())
            .forEach(surplus -> published.remove(surplus.getId()));
      }

      @Override
      protected void discard() {
        content.reset();
      }
    };
  }

  @Override
  public List<SnapshotMeta> list() {
    return published.values().stream().map(Held::meta).sorted(SnapshotMetas.NEWEST_FIRST).toList();
  }

  @Override
  public List<DamagedSnapshot> damaged() {
    return List.of();
  }

  @Override
  public SnapshotSource open(String id) throws IOException {
    Held held = published.get(id);
    if (held == null) {
      throw new IOException("no snapshot " + id);
    }
    return held;
  }
}
