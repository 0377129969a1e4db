package io.raftlessons.snapshots;

import io.raftlessons.replication.Replica;
import io.raftlessons.runtime.EventLoop;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.RestorePart;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every server does with the committed parts of a user's snapshot, on the snapshot loop: it
 * makes a snapshot of its own of them, and when that is durable it becomes the machine's state. A
 * server that crashes before has its log still, and does it again.
 */
final class RestoreIo {
  private static final Logger LOG = LoggerFactory.getLogger(RestoreIo.class);

  private final SnapshotStore store;
  private final Replica replica;
  private final SnapshotTaker taker;
  private @Nullable SnapshotSink sink;

  RestoreIo(EventLoop loop, SnapshotStore store, Replica replica, SnapshotTaker taker) {
    this.store = store;
    this.replica = replica;
    this.taker = taker;
    replica.onRestorePart(entry -> loop.execute(() -> keep(entry)));
    replica.onStop(why -> loop.execute(this::cancel));
  }

  /** It cannot be left out, so what goes wrong here stops the server. */
  private void keep(Entry entry) {
    try {
      RestorePart part = RestorePart.parseFrom(entry.getData());
      SnapshotSink to = sinkFor(entry, part);
      part.getData().writeTo(to);
      if (to.offset() < part.getMeta().getSize()) {
        replica.partKept();
      } else {
        restore(entry, to.publish());
      }
    } catch (IOException | RuntimeException e) {
      cancel();
      replica.fail(e);
    }
  }

  private SnapshotSink sinkFor(Entry entry, RestorePart part) throws IOException {
    if (part.getOffset() == 0) {
      cancel(); // one that another leader did not end
      sink = store.create(part.getMeta().toBuilder().setTime(entry.getTime()).build());
    }
    SnapshotSink open = sink;
    if (open == null
        || !open.id().equals(part.getMeta().getId())
        || open.offset() != part.getOffset()) {
      throw new IllegalStateException(
          "entry " + entry.getIndex() + " is no next part of a restore: " + part.getMeta());
    }
    return open;
  }

  private void restore(Entry last, SnapshotMeta meta) throws IOException {
    sink = null;
    if (last.getIndex() != meta.getIndex()
        || last.getTerm() != meta.getTerm()
        || last.getTime() != meta.getTime()) {
      throw new IllegalStateException("entry " + last.getIndex() + " should not end " + meta);
    }
    SnapshotSource source = store.open(meta.getId());
    replica.restoreParts(
        machine -> {
          try (source) {
            machine.restore(source.stream());
          }
        });
    taker.published(meta);
  }

  private void cancel() {
    SnapshotSink cancelled = sink;
    sink = null;
    if (cancelled != null) {
      try {
        cancelled.cancel();
      } catch (IOException e) {
        LOG.warn("what there was of a restore could not be removed", e);
      }
    }
  }
}
