package io.raftlessons.snapshots;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftlessons.replication.MachineView;
import io.raftlessons.replication.RaftException;
import io.raftlessons.replication.Replica;
import io.raftlessons.runtime.EventLoop;
import io.raftlessons.runtime.Host;
import io.raftlessons.snapshots.SnapshotEffect.TakeAnother;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes snapshots of this server's machine: the machine hands out a view, between two batches, and
 * that is written on the snapshot loop while the machine goes on.
 */
final class SnapshotTaker {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotTaker.class);

  private final EventLoop raft;
  private final EventLoop loop;
  private final Executor callbacks;
  private final RandomGenerator random;
  private RandomGenerator pauses;
  private final SnapshotStore store;
  private volatile SnapshotConfig config;
  private final Replica replica;
  private final Snapshots snapshots;

  /** On the snapshot loop. */
  private long lastIndex;

  /** The first one's snapshot is being taken. */
  private final ArrayDeque<CompletableFuture<SnapshotMeta>> waiting = new ArrayDeque<>();

  private boolean stopped;

  /** Counts the reloads: a look that was arranged before the last one is not taken. */
  private int reloads;

  /**
   * @param lastIndex where the snapshot ended that the server started from; 0 if none
   */
  SnapshotTaker(
      Host host,
      SnapshotStore store,
      SnapshotConfig config,
      Replica replica,
      Snapshots snapshots,
      long lastIndex) {
    raft = host.loop("raft");
    loop = host.loop("snapshot");
    callbacks = host.callbacks();
    random = host.random();
    pauses = random;
    this.store = store;
    this.config = config;
    this.replica = replica;
    this.snapshots = snapshots;
    this.lastIndex = lastIndex;
    replica.on(TakeAnother.class, another -> loop.execute(this::takeIfIdle));
    replica.onStop(this::stop);
  }

  private void takeIfIdle() {
    if (!stopped && waiting.isEmpty()) {
      take(new CompletableFuture<>());
    }
  }

  /**
   * Looks at it again and again.
   *
   * @param seed of the pauses; drawn before any loop runs
   */
  void begin() {
    pauses = new SplittableRandom(random.nextLong());
    schedule();
  }

  /** From any thread: from now on by these settings. A new interval begins. */
  void reload(ReloadableConfig reloaded) {
    config = reloaded.in(config);
    loop.execute(
        () -> {
          reloads++;
          schedule();
        });
  }

  ReloadableConfig settings() {
    return ReloadableConfig.of(config);
  }

  private void schedule() {
    long interval = config.interval().toNanos();
    int by = reloads;
    raft.schedule(interval + pauses.nextLong(interval), () -> loop.execute(() -> look(by)));
  }

  private void look(int by) {
    if (stopped || by != reloads) {
      return;
    }
    if (replica.indexes().lastApplied() - lastIndex >= config.threshold()) {
      takeIfIdle();
    }
    schedule();
  }

  /** From any thread: takes one now. */
  CompletableFuture<SnapshotMeta> take() {
    CompletableFuture<SnapshotMeta> future = new CompletableFuture<>();
    loop.execute(() -> take(future));
    return future;
  }

  /** From any thread. */
  CompletableFuture<List<SnapshotMeta>> list() {
    return ask(store::list);
  }

  /** From any thread. */
  CompletableFuture<SnapshotSource> open(String id) {
    return ask(() -> store.open(id));
  }

  private interface Question<T> {
    T of() throws IOException;
  }

  private <T> CompletableFuture<T> ask(Question<T> question) {
    CompletableFuture<T> future = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            T answer = question.of();
            callbacks.execute(() -> future.complete(answer));
          } catch (IOException e) {
            callbacks.execute(() -> future.completeExceptionally(e));
          }
        });
    return future;
  }

  private void take(CompletableFuture<SnapshotMeta> future) {
    if (stopped) {
      fail(future, new RaftException.Shutdown("the server has stopped"));
      return;
    }
    waiting.add(future);
    if (waiting.size() == 1) {
      view();
    }
  }

  private void view() {
    replica.view(view -> loop.execute(() -> write(view)));
  }

  private void write(MachineView view) {
    try {
      SnapshotMeta begun = begun(view);
      try (SnapshotSink sink = store.create(begun)) {
        view.state().writeTo(sink);
        SnapshotMeta meta = sink.publish();
        published(meta);
        finish(future -> future.complete(meta));
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("no snapshot was taken", e);
      finish(future -> future.completeExceptionally(e));
    }
  }

  /** On the snapshot loop: a snapshot of the own machine is there. */
  void published(SnapshotMeta meta) throws IOException {
    lastIndex = meta.getIndex();
    long trailing = Math.max(config.trailing(), lastIndex - store.mayCutTo());
    replica.answer(step -> snapshots.taken(step, meta, trailing));
  }

  private static SnapshotMeta begun(MachineView view) throws InvalidProtocolBufferException {
    Entry configuration = view.configuration();
    if (view.at().index() == 0 || configuration == null) {
      throw new IllegalStateException("nothing was applied yet: there is nothing to snapshot");
    }
    return SnapshotMeta.newBuilder()
        .setIndex(view.at().index())
        .setTerm(view.at().term())
        .setTime(view.at().timeMillis())
        .setConfiguration(Configuration.parseFrom(configuration.getData()))
        .setConfigurationIndex(configuration.getIndex())
        .build();
  }

  private interface End {
    void of(CompletableFuture<SnapshotMeta> future);
  }

  private void finish(End end) {
    CompletableFuture<SnapshotMeta> first = waiting.poll();
    if (first != null) {
      callbacks.execute(() -> end.of(first));
    }
    if (!waiting.isEmpty()) {
      view();
    }
  }

  private void stop(RaftException why) {
    loop.execute(
        () -> {
          stopped = true;
          List<CompletableFuture<SnapshotMeta>> all = List.copyOf(waiting);
          waiting.clear();
          all.forEach(future -> fail(future, why));
        });
  }

  private void fail(CompletableFuture<SnapshotMeta> future, RaftException why) {
    callbacks.execute(() -> future.completeExceptionally(why));
  }
}
