package io.raftlessons.snapshots;

import com.google.protobuf.ByteString;
import io.raftlessons.replication.Applied;
import io.raftlessons.replication.RaftException;
import io.raftlessons.replication.Replica;
import io.raftlessons.runtime.EventLoop;
import io.raftlessons.runtime.Host;
import io.raftlessons.snapshots.RestoreEffect.ReadPart;
import io.raftlessons.snapshots.RestoreEffect.RestoreDone;
import io.raftlessons.snapshots.RestoreEffect.RestoreFailed;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The callers of {@link Raft#restore}, and what they bring: it is read on a loop of its own, since
 * nobody knows how long it keeps a reader waiting. The map is used on the raft loop.
 */
final class RestoreCalls {
  private static final Duration LONGEST = Duration.ofDays(10_000);
  private static final byte[] NOTHING = new byte[0];

  private static final class Call {
    final SnapshotMeta meta;
    final InputStream state;
    final CompletableFuture<Applied> future = new CompletableFuture<>();
    final SnapshotChecksum checksum = new SnapshotChecksum();
    long offset;

    Call(SnapshotMeta meta, InputStream state) {
      this.meta = meta;
      this.state = state;
    }

    ByteString read(int bytes) throws IOException {
      byte[] data = state.readNBytes(bytes);
      offset += data.length;
      checksum.update(ByteBuffer.wrap(data));
      if (data.length < bytes) {
        throw new IOException(
            "the stream ends after " + offset + " bytes, and not after " + meta.getSize());
      }
      if (offset == meta.getSize()) {
        if (state.read() >= 0) {
          throw new IOException("the stream goes on after " + offset + " bytes");
        }
        long found = checksum.value();
        if (found != meta.getChecksum()) {
          throw new IOException(
              String.format(
                  "the stream has checksum %016x, and not %016x", found, meta.getChecksum()));
        }
      }
      return ByteString.copyFrom(data);
    }
  }

  private final Replica replica;
  private final Restores restores;
  private final EventLoop loop;
  private final Executor callbacks;
  private final Map<Long, Call> calls = new TreeMap<>();
  private long lastId;

  RestoreCalls(Host host, Replica replica, Restores restores) {
    this.replica = replica;
    this.restores = restores;
    loop = host.loop("restore");
    callbacks = host.callbacks();
    replica.on(ReadPart.class, this::read);
    replica.on(RestoreDone.class, this::done);
    replica.on(RestoreFailed.class, failed -> fail(calls.remove(failed.requestId()), failed.why()));
    replica.onStop(this::stopped);
  }

  /** From any thread. */
  CompletableFuture<Applied> restore(SnapshotMeta meta, InputStream state, Duration timeout) {
    if (meta.getSize() < 0 || meta.getIndex() < 0 || timeout.isNegative()) {
      throw new IllegalArgumentException(
          "neither size nor index nor timeout is negative: " + meta + timeout);
    }
    Call call = new Call(meta, state);
    replica.call(
        step -> {
          long id = ++lastId;
          calls.put(id, call);
          boolean forEver = timeout.isZero() || timeout.compareTo(LONGEST) > 0;
          long deadline = forEver ? Long.MAX_VALUE : step.now() + timeout.toNanos();
          restores.restore(step, new Restores.Request(id, meta, deadline));
        },
        call.future::completeExceptionally);
    return call.future;
  }

  private void read(ReadPart wanted) {
    Call call = calls.get(wanted.requestId());
    if (call != null) {
      loop.execute(() -> read(call, wanted));
    }
  }

  private void read(Call call, ReadPart wanted) {
    try {
      ByteString data = call.read(wanted.bytes());
      replica.answer(step -> restores.partRead(step, wanted.requestId(), data));
    } catch (IOException | RuntimeException e) {
      RestoreException why = RestoreException.nothingDone(String.valueOf(e.getMessage()));
      why.initCause(e);
      replica.answer(step -> restores.giveUp(step, wanted.requestId(), why));
    }
  }

  private void done(RestoreDone done) {
    Call call = calls.remove(done.requestId());
    if (call != null) {
      callbacks.execute(() -> call.future.complete(new Applied(done.index(), NOTHING)));
    }
  }

  private void stopped(RaftException why) {
    new ArrayList<>(calls.values()).forEach(call -> fail(call, why));
    calls.clear();
  }

  private void fail(@Nullable Call call, RaftException why) {
    if (call != null) {
      callbacks.execute(() -> call.future.completeExceptionally(why));
    }
  }
}
