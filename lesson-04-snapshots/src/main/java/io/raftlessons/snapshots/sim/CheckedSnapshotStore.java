package io.raftlessons.snapshots.sim;

import io.raftlessons.snapshots.DamagedSnapshot;
import io.raftlessons.snapshots.SnapshotSink;
import io.raftlessons.snapshots.SnapshotSource;
import io.raftlessons.snapshots.SnapshotStore;
import io.raftlessons.wire.SnapshotMeta;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;

/** A server's snapshot store, and what becomes of its snapshots is shown to whoever watches. */
final class CheckedSnapshotStore implements SnapshotStore {
  /** Sees what happens at the store. */
  interface Watch {
    /**
     * A snapshot is durable.
     *
     * @param received whether it came from another server
     */
    void published(SnapshotMeta meta, byte[] content, boolean received);

    /** One was opened, and is whole. */
    void opened(SnapshotMeta meta);

    /** One could not be opened. */
    void notOpened(String id, IOException why);
  }

  private final SnapshotStore store;
  private final Watch watch;

  CheckedSnapshotStore(SnapshotStore store, Watch watch) {
    this.store = store;
    this.watch = watch;
  }

  @Override
  public SnapshotSink create(SnapshotMeta meta) throws IOException {
    return new Sink(store.create(meta), !meta.getId().isEmpty());
  }

  @Override
  public List<SnapshotMeta> list() throws IOException {
    return store.list();
  }

  @Override
  public List<DamagedSnapshot> damaged() throws IOException {
    return store.damaged();
  }

  @Override
  public SnapshotSource open(String id) throws IOException {
    try {
      SnapshotSource source = store.open(id);
      watch.opened(source.meta());
      return source;
    } catch (IOException e) {
      watch.notOpened(id, e);
      throw e;
    }
  }

  private final class Sink extends SnapshotSink {
    private final SnapshotSink sink;
    private final boolean received;
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();

    Sink(SnapshotSink sink, boolean received) {
      this.sink = sink;
      this.received = received;
    }

    @Override
    public String id() {
      return sink.id();
    }

    @Override
    public long offset() {
      return sink.offset();
    }

    @Override
    public void write(int oneByte) throws IOException {
      sink.write(oneByte);
      content.write(oneByte);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      sink.write(bytes, from, length);
      content.write(bytes, from, length);
    }

    @Override
    public SnapshotMeta publish() throws IOException {
      SnapshotMeta meta = sink.publish();
      watch.published(meta, content.toByteArray(), received);
      return meta;
    }

    @Override
    public void cancel() throws IOException {
      sink.cancel();
    }
  }
}
