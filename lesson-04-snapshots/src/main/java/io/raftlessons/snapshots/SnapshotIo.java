package io.raftlessons.snapshots;

import com.google.protobuf.ByteString;
import io.raftlessons.replication.LogStart;
import io.raftlessons.replication.Replica;
import io.raftlessons.runtime.EventLoop;
import io.raftlessons.snapshots.SnapshotEffect.LoadChunk;
import io.raftlessons.snapshots.SnapshotEffect.Restore;
import io.raftlessons.snapshots.SnapshotEffect.StoreChunk;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does with the snapshot store what {@link Snapshots} asks for, on the snapshot loop. */
final class SnapshotIo {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotIo.class);

  /** A snapshot that is being sent, and how far its stream was read. */
  private static final class Reading {
    final SnapshotSource source;
    InputStream stream;
    long position;

    Reading(SnapshotSource source) throws IOException {
      this.source = source;
      stream = source.stream();
    }

    ByteString read(long offset, int maxBytes) throws IOException {
      if (offset < position) {
        stream = source.stream();
        position = 0;
      }
      stream.skipNBytes(offset - position);
      byte[] bytes = stream.readNBytes(maxBytes);
      position = offset + bytes.length;
      return ByteString.copyFrom(bytes);
    }
  }

  private final SnapshotStore store;
  private final Replica replica;
  private final Snapshots snapshots;
  private final Map<String, Reading> reading = new TreeMap<>();
  private @Nullable SnapshotSink sink;

  /**
   * The last one that was received, open: the store may let go of it before the machine has it, for
   * a newer one.
   */
  private @Nullable SnapshotSource received;

  SnapshotIo(EventLoop loop, SnapshotStore store, Replica replica, Snapshots snapshots) {
    this.store = store;
    this.replica = replica;
    this.snapshots = snapshots;
    replica.on(LoadChunk.class, load -> loop.execute(() -> load(load)));
    replica.on(StoreChunk.class, chunk -> loop.execute(() -> store(chunk)));
    replica.on(Restore.class, restore -> loop.execute(() -> restore(restore.meta())));
    replica.onStop(why -> loop.execute(this::close));
  }

  private void load(LoadChunk load) {
    SnapshotMeta meta = load.meta();
    try {
      ByteString data = open(load.to(), meta).read(load.offset(), load.maxBytes());
      if (load.offset() + data.size() == meta.getSize()) {
        closeReading(load.to());
      }
      replica.answer(step -> snapshots.chunkLoaded(step, load.to(), meta, load.offset(), data));
    } catch (IOException e) {
      LOG.warn("a snapshot for {} cannot be read; it gets the newest one", load.to(), e);
      closeReading(load.to());
      replica.answer(step -> snapshots.chunkMissing(step, load.to(), meta));
    }
  }

  private Reading open(String to, SnapshotMeta meta) throws IOException {
    Reading open = reading.get(to);
    if (open != null && open.source.meta().equals(meta)) {
      return open;
    }
    closeReading(to);
    Reading opened = new Reading(store.open(meta.getId()));
    reading.put(to, opened);
    return opened;
  }

  private void closeReading(String to) {
    Reading closed = reading.remove(to);
    if (closed != null) {
      close(closed.source);
    }
  }

  private static void close(SnapshotSource source) {
    try {
      source.close();
    } catch (IOException e) {
      LOG.warn("a snapshot could not be closed", e);
    }
  }

  private void store(StoreChunk chunk) {
    try {
      SnapshotSink to = sinkFor(chunk);
      chunk.data().writeTo(to);
      if (chunk.last()) {
        to.publish();
        sink = null;
        closeReceived();
        received = store.open(chunk.meta().getId());
      }
      replica.answer(step -> snapshots.chunkStored(step, chunk));
    } catch (IOException | IllegalArgumentException e) {
      LOG.warn("the leader's snapshot {} cannot be kept; it begins anew", chunk.meta().getId(), e);
      cancel();
      replica.answer(step -> snapshots.storeFailed(step, chunk));
    }
  }

  private SnapshotSink sinkFor(StoreChunk chunk) throws IOException {
    if (chunk.offset() == 0) {
      cancel();
      sink = store.create(chunk.meta());
    }
    if (sink == null
        || !sink.id().equals(chunk.meta().getId())
        || sink.offset() != chunk.offset()) {
      throw new IOException("there is nothing that ends at " + chunk.offset());
    }
    return sink;
  }

  private void cancel() {
    SnapshotSink cancelled = sink;
    sink = null;
    if (cancelled != null) {
      try {
        cancelled.cancel();
      } catch (IOException e) {
        LOG.warn("what there was of a snapshot could not be removed", e);
      }
    }
  }

  private void restore(SnapshotMeta meta) {
    SnapshotSource source = received;
    received = null;
    if (source == null || !source.meta().equals(meta)) {
      replica.fail(new IllegalStateException("asked to restore what did not come: " + meta));
      return;
    }
    replica.restore(
        new LogStart(meta.getIndex(), meta.getTerm(), meta.getTime()),
        configurationOf(meta),
        machine -> {
          try (source) {
            machine.restore(source.stream());
          }
        },
        step -> snapshots.restored(step, meta));
  }

  /** The configuration of a snapshot as the entry that it came from. */
  static Entry configurationOf(SnapshotMeta meta) {
    return Entry.newBuilder()
        .setType(Entry.Type.CONFIGURATION)
        .setIndex(meta.getConfigurationIndex())
        .setData(meta.getConfiguration().toByteString())
        .build();
  }

  private void closeReceived() {
    SnapshotSource closed = received;
    received = null;
    if (closed != null) {
      close(closed);
    }
  }

  private void close() {
    cancel();
    closeReceived();
    new TreeMap<>(reading).keySet().forEach(this::closeReading);
  }
}
