package io.raftlessons.replication;

import com.google.protobuf.ByteString;
import io.raftlessons.core.Driver;
import io.raftlessons.core.Effect;
import io.raftlessons.core.Effect.RoleChanged;
import io.raftlessons.core.Effect.SaveHardState;
import io.raftlessons.core.HardStateWriter;
import io.raftlessons.core.Part;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.RaftCore;
import io.raftlessons.core.Role;
import io.raftlessons.core.Standing;
import io.raftlessons.core.Step;
import io.raftlessons.core.StepObserver;
import io.raftlessons.election.Election;
import io.raftlessons.runtime.EventLoop;
import io.raftlessons.runtime.Host;
import io.raftlessons.wire.Entry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A running server with a replicated log: loops, stores, machine and callers, connected to a core.
 * It is what the facades of lessons 2 to 4 hold; they differ in the parts they give it and in the
 * calls they add. All methods are thread-safe unless they say otherwise; futures complete on the
 * host's callbacks executor.
 */
public final class Replica {
  /**
   * What a replica is made of.
   *
   * @param observer sees every step
   * @param further the parts of later lessons, in lesson order
   */
  public record Setup(
      RaftConfig config,
      ReplicationConfig bounds,
      StepObserver observer,
      Election election,
      Replication replication,
      Reads reads,
      List<Part> further) {

    private List<Part> parts() {
      List<Part> parts = new ArrayList<>(List.of(election, replication, reads));
      parts.addAll(further);
      return parts;
    }
  }

  /** Figure 2's indexes at one moment. */
  public record Indexes(long lastLogIndex, long lastLogTerm, long commitIndex, long lastApplied) {}

  /** Asks a part for a read. The part answers with one {@link ReadEffect} of the same id. */
  public interface ReadRequest {
    void make(Step step, long requestId);
  }

  private static final byte[] NOTHING = new byte[0];

  private final Setup setup;
  private final Host host;
  private final EventLoop raft;
  private final Replication replication;
  private final Driver driver;
  private final Standing standing;
  private final PublishedState published;
  private final Applier applier;
  private final ReadCalls readCalls;
  private final Callers callers;
  private final CompletableFuture<@Nullable Void> stopped = new CompletableFuture<>();

  /**
   * Connects everything; nothing runs before {@link #start}.
   *
   * @param stored its stores are used by the I/O loop from now on; the caller closes them after
   *     {@link #shutdown}
   */
  public Replica(Setup setup, Stored stored, StateMachine machine, Host host) {
    this.setup = setup;
    this.host = host;
    raft = host.loop("raft");
    replication = setup.replication();
    standing = new Standing(stored.hardState().getCurrentTerm(), host.callbacks());
    RaftCore core = new RaftCore(setup.config(), stored.hardState(), setup.parts(), raft.now());
    published = new PublishedState(stored.log(), replication, setup.reads(), setup.observer());
    driver = new Driver(host, core, setup.config(), published, this::failed);
    applier =
        new Applier(
            host.loop("apply"),
            machine,
            batch -> raft.execute(() -> applied(batch)),
            cause -> raft.execute(() -> driver.fail(cause)));
    readCalls = new ReadCalls(raft, applier, host.callbacks(), this::stoppedException);
    callers =
        new Callers(
            raft,
            host.callbacks(),
            driver::stepNow,
            replication,
            setup.bounds(),
            readCalls,
            this::stoppedException);
    connect(stored);
  }

  private void connect(Stored stored) {
    LogStore logStore = stored.logStore();
    driver.writes(
        SaveHardState.class,
        new HardStateWriter(stored.stable()),
        (step, write) -> setup.election().persisted(step, write.state()));
    driver.writes(LogWrite.class, new LogStoreWriter(logStore), this::persisted);
    on(RoleChanged.class, this::roleChanged);
    on(LogEffect.Committed.class, committed -> callers.placesMayBeFree());
    on(LogEffect.Apply.class, apply -> applier.apply(apply.entries()));
    on(LogEffect.LoadLog.class, load -> host.loop("io").execute(() -> load(logStore, load)));
    on(ReadEffect.ReadReady.class, readCalls::ready);
    on(ReadEffect.ReadFailed.class, readCalls::failed);
  }

  private void persisted(Step step, LogWrite write) {
    if (write instanceof LogWrite.WriteLog entries) {
      replication.persisted(step, entries);
      callers.placesMayBeFree();
    }
  }

  private void load(LogStore logStore, LogEffect.LoadLog load) {
    try {
      boolean there = load.from() >= logStore.firstIndex() && load.from() <= logStore.lastIndex();
      List<Entry> entries = there ? logStore.read(load.from(), load.maxBytes()) : List.of();
      driver.step(step -> replication.loaded(step, load.peer(), load.from(), entries));
    } catch (IOException | RuntimeException e) {
      raft.execute(() -> driver.fail(e));
    }
  }

  /**
   * Who carries out a later lesson's kind of effect, on the raft loop. Before {@link #start}, by
   * the thread that starts.
   */
  public <E extends Effect> void on(Class<E> kind, Consumer<E> handler) {
    driver.on(kind, handler);
  }

  /**
   * Who is told, once and on the raft loop, that the server has stopped: what a later lesson's
   * callers wait for will not come. Before {@link #start}, by the thread that starts.
   */
  public void onStop(Consumer<RaftException> listener) {
    callers.onStop(listener);
  }

  /** Begins to receive and to keep time. Before any call. */
  public void start() {
    driver.start();
  }

  /**
   * Proposes a command. Completes when it is committed and this server's machine has applied it.
   *
   * @param command at most {@link ReplicationConfig#maxEntryBytes}
   * @return exceptionally a {@link RaftException}; only {@link RaftException.LeadershipLost} and
   *     {@link RaftException.Shutdown} leave open whether the command takes effect
   */
  public CompletableFuture<Applied> apply(byte[] command) {
    return callers.propose(Entry.Type.COMMAND, ByteString.copyFrom(command), ByteString.EMPTY);
  }

  /**
   * As {@link #apply(byte[])}, but where that one would fail with {@link RaftException.Busy}
   * because too much is not committed yet, this one waits for a place, behind those that wait
   * already. <b>The time bounds that wait and nothing else:</b> who has a place waits for the
   * outcome as long as it takes. A server that stands still says late that the time is over, but
   * appends nothing after it.
   *
   * @param enqueueTimeout zero to wait as long as it takes, else at least a nanosecond
   * @return exceptionally also {@link RaftException.EnqueueTimeout}; {@link RaftException.Busy} is
   *     left for when there is no room to wait in
   * @throws IllegalArgumentException if the time is negative
   */
  public CompletableFuture<Applied> apply(byte[] command, Duration enqueueTimeout) {
    return applyLog(command, NOTHING, enqueueTimeout);
  }

  /**
   * As {@link #apply(byte[], Duration)}, with something that the machine gets beside the command.
   *
   * @param extensions counts as a part of the command where its size is bounded
   */
  public CompletableFuture<Applied> applyLog(
      byte[] data, byte[] extensions, Duration enqueueTimeout) {
    return callers.propose(
        Entry.Type.COMMAND,
        ByteString.copyFrom(data),
        ByteString.copyFrom(extensions),
        enqueueTimeout);
  }

  /** Completes when everything proposed before it has been applied here. Fails like apply. */
  public CompletableFuture<Applied> barrier() {
    return callers.propose(Entry.Type.BARRIER, ByteString.EMPTY, ByteString.EMPTY);
  }

  /** As {@link #barrier()}; waits for a place like {@link #apply(byte[], Duration)}. */
  public CompletableFuture<Applied> barrier(Duration enqueueTimeout) {
    return callers.propose(Entry.Type.BARRIER, ByteString.EMPTY, ByteString.EMPTY, enqueueTimeout);
  }

  /**
   * Completes when a quorum has said that this server still leads: it did at some moment between
   * call and answer. Waits for the first entry of the own term to be committed (HashiCorp's does
   * not), not for the machine.
   *
   * @return exceptionally a {@link RaftException}
   */
  public CompletableFuture<@Nullable Void> verifyLeader() {
    return callers.read(readCalls.verification(setup.reads()::read));
  }

  /**
   * A linearizable read without an entry in the log (ReadIndex, thesis 6.4): completes with an
   * index when this server's machine has applied everything up to it. Everything that was
   * acknowledged anywhere before the call lies at that index or below it. At the leader only.
   *
   * @return exceptionally a {@link RaftException}; whatever it is, nothing has happened
   */
  public CompletableFuture<Long> readIndex() {
    return readIndex(setup.reads()::read);
  }

  /** As {@link #readIndex()}, but what it promises is what {@code request} asks for. */
  public CompletableFuture<Long> readIndex(ReadRequest request) {
    return callers.read(readCalls.index(request));
  }

  /**
   * As {@link #readIndex()}, and at that point asks the machine: the query runs on the apply loop,
   * never while the machine applies, and must change nothing.
   *
   * @return what the query returned; exceptionally a {@link RaftException}, or what the query threw
   */
  public <T extends @Nullable Object> CompletableFuture<T> read(Supplier<T> query) {
    return read(setup.reads()::read, query);
  }

  /** As {@link #read(Supplier)}, but what it promises is what {@code request} asks for. */
  public <T extends @Nullable Object> CompletableFuture<T> read(
      ReadRequest request, Supplier<T> query) {
    return callers.read(readCalls.query(request, query));
  }

  /**
   * A small local call of a later lesson's part.
   *
   * @param make in a raft step, together with all other calls that wait
   * @param refused instead, on the callbacks executor: with {@link RaftException.Busy} or {@link
   *     RaftException.Shutdown}. The latter comes after {@code make} too, if the server stops in
   *     that very step
   */
  public void call(Consumer<Step> make, Consumer<RaftException> refused) {
    callers.call(make, refused);
  }

  /**
   * The machine has the state of a snapshot already. Before {@link #start}.
   *
   * @param configuration the last one up to there
   */
  public void machineIsAt(LogStart at, Entry configuration) {
    applier.restore(at, configuration, machine -> {}, () -> {});
  }

  /**
   * Looks at the machine, between two batches of entries.
   *
   * @param taken on the apply loop; never, if the server stops before
   */
  public void view(Consumer<MachineView> taken) {
    applier.view(taken);
  }

  /**
   * Replaces the state of the machine. That it cannot be done stops the server.
   *
   * @param configuration the last one up to there
   * @param state on the apply loop
   * @param then in a raft step afterwards
   */
  public void restore(
      LogStart at, @Nullable Entry configuration, MachineRestore state, Consumer<Step> then) {
    applier.restore(at, configuration, state, () -> driver.step(then));
  }

  /**
   * Who keeps the parts of what a user restores (lesson 4): given each, in order, on the apply
   * loop, and nothing more is applied before {@link #partKept} or {@link #restoreParts}. Before
   * {@link #start}.
   */
  public void onRestorePart(Consumer<Entry> keeper) {
    applier.onPart(keeper);
  }

  /** The part in hand is kept, and more are to come. From any thread. */
  public void partKept() {
    applier.partKept();
  }

  /**
   * With the part in hand the content is whole. That it cannot become the machine's state stops the
   * server. From any thread.
   *
   * @param state on the apply loop
   */
  public void restoreParts(MachineRestore state) {
    applier.restoreParts(state);
  }

  /** The answer to an effect of a later lesson's part. From any thread. */
  public void answer(Consumer<Step> call) {
    driver.step(call);
  }

  /** Stops the server, because it cannot be trusted any more. From any thread. */
  public void fail(Throwable cause) {
    raft.execute(() -> driver.fail(cause));
  }

  private void applied(Applier.Batch batch) {
    callers.applied(batch);
    long last = batch.entries().get(batch.entries().size() - 1).getIndex();
    driver.stepNow(step -> replication.applied(step, last));
  }

  private void roleChanged(RoleChanged change) {
    standing.changed(change);
    if (change.role() != Role.LEADER) {
      callers.leadershipLost(replication.commitIndex());
      callers.placesMayBeFree(); // there are none, and who waits for one is told
    }
  }

  private void failed(Throwable cause) {
    standing.failed(cause);
    callers.stop();
  }

  private RaftException stoppedException() {
    return new RaftException.Shutdown(
        standing
            .failure()
            .map(cause -> "the server stopped by itself: " + cause.getMessage())
            .orElse("the server was shut down"));
  }

  /** Stops for good; completes when the last write has ended. Idempotent. */
  public CompletableFuture<@Nullable Void> shutdown() {
    raft.execute(
        () -> {
          driver.stop();
          standing.stopped();
          callers.stop();
          host.loop("io").execute(() -> host.callbacks().execute(() -> stopped.complete(null)));
        });
    return stopped;
  }

  /** This server's id. */
  public String id() {
    return setup.config().localId();
  }

  /** Follower, candidate or leader. */
  public Role state() {
    return standing.status().role();
  }

  /** The id of the leader, if one is known. */
  public Optional<String> leader() {
    return standing.leader();
  }

  public Standing.Status status() {
    return standing.status();
  }

  /** Why the server stopped by itself, if it did. */
  public Optional<Throwable> failure() {
    return standing.failure();
  }

  /** Calls the observer at every change of role, term or leader, in order. */
  public void observe(Consumer<Standing.Status> observer) {
    standing.observe(observer);
  }

  /**
   * How long ago this server heard a leader; zero while it leads, empty if it has heard none since
   * its start.
   */
  public Optional<Duration> lastContact() {
    if (state() == Role.LEADER) {
      return Optional.of(Duration.ZERO);
    }
    OptionalLong heardAt = published.leaderHeardAt();
    return heardAt.isEmpty()
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(Math.max(0, raft.now() - heardAt.getAsLong())));
  }

  public Indexes indexes() {
    return published.indexes();
  }

  /**
   * HashiCorp's keys, as far as lessons 1 and 2 have them, and two of our own for reads.
   *
   * @param peers how many other members the group has
   */
  public Map<String, String> stats(int peers) {
    return published.stats(standing.status(), peers, lastContact());
  }
}
