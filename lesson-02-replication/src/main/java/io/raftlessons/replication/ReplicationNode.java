package io.raftlessons.replication;

import com.google.protobuf.ByteString;
import io.raftlessons.core.Driver;
import io.raftlessons.core.Effect.RoleChanged;
import io.raftlessons.core.Effect.SaveHardState;
import io.raftlessons.core.Electorate;
import io.raftlessons.core.Gate;
import io.raftlessons.core.HardStateWriter;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.RaftCore;
import io.raftlessons.core.Role;
import io.raftlessons.core.Standing;
import io.raftlessons.core.StepObserver;
import io.raftlessons.election.Election;
import io.raftlessons.election.ReferenceElection;
import io.raftlessons.runtime.EventLoop;
import io.raftlessons.runtime.Host;
import io.raftlessons.runtime.StableStore;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.HardState;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A server with a replicated log that drives a state machine: lessons 1 and 2. All methods are
 * thread-safe; futures complete on the host's callbacks executor.
 */
public final class ReplicationNode {
  /**
   * How a server is made. {@link #reference} has ours; a student replaces a part.
   *
   * @param voters the ids of all servers of the group, this one among them
   */
  public record Setup(
      RaftConfig config,
      ReplicationConfig bounds,
      Collection<String> voters,
      Election.Factory election,
      Replication.Factory replication,
      Reads.Factory reads,
      StepObserver observer) {

    public static Setup reference(RaftConfig config, Collection<String> voters) {
      return new Setup(
          config,
          ReplicationConfig.defaults(),
          voters,
          ReferenceElection::new,
          ReferenceReplication::new,
          ReferenceReads::new,
          StepObserver.NONE);
    }
  }

  /** Figure 2's indexes at one moment. */
  public record Indexes(long lastLogIndex, long lastLogTerm, long commitIndex, long lastApplied) {}

  private final Setup setup;
  private final Host host;
  private final EventLoop raft;
  private final Electorate electorate;
  private final Election election;
  private final Replication replication;
  private final Reads reads;
  private final Driver driver;
  private final Standing standing;
  private final PublishedState published;
  private final Applier applier;
  private final PendingFutures pending;
  private final ReadCalls readCalls;
  private final CallQueue waiting;
  private final CompletableFuture<@Nullable Void> stopped = new CompletableFuture<>();
  private volatile boolean ended;

  /**
   * Reads the stores and starts a server. On the I/O loop, or before anything runs there.
   *
   * @param stable and {@code logStore} are used by the I/O loop from now on; the caller closes them
   *     after {@link #shutdown}
   * @throws IOException if a store cannot be read, or the two contradict each other
   */
  public static ReplicationNode start(
      Setup setup, StableStore stable, LogStore logStore, StateMachine machine, Host host)
      throws IOException {
    HardState stored = stable.load();
    RaftLog log = RaftLog.load(logStore, setup.bounds().maxCachedBytes());
    if (log.lastTerm() > stored.getCurrentTerm()) {
      throw new IOException(
          "the log has an entry of term "
              + log.lastTerm()
              + " but the hard state says term "
              + stored.getCurrentTerm()
              + ": one of the two is from another time. Restore both from the same backup, or remove"
              + " this server and let it join again.");
    }
    ReplicationNode node = new ReplicationNode(setup, stored, log, stable, logStore, machine, host);
    node.driver.start();
    return node;
  }

  private ReplicationNode(
      Setup setup,
      HardState stored,
      RaftLog log,
      StableStore stable,
      LogStore logStore,
      StateMachine machine,
      Host host) {
    this.setup = setup;
    this.host = host;
    raft = host.loop("raft");
    electorate = Electorate.fixed(setup.voters());
    if (!electorate.votes(id())) {
      throw new IllegalArgumentException(id() + " is not among the voters " + setup.voters());
    }
    standing = new Standing(stored.getCurrentTerm(), host.callbacks());
    pending = new PendingFutures(host.callbacks());
    waiting = new CallQueue(() -> raft.execute(this::drain));
    election = setup.election().create(setup.config(), log, electorate, Gate.OPEN, host.random());
    replication =
        setup
            .replication()
            .create(
                setup.config(), setup.bounds(), log, electorate, Gate.OPEN, host::wallClockMillis);
    reads = setup.reads().create(replication, electorate, Gate.OPEN);
    RaftCore core =
        new RaftCore(setup.config(), stored, List.of(election, replication, reads), raft.now());
    published = new PublishedState(log, replication, reads, setup.observer());
    driver = new Driver(host, core, setup.config(), published, this::failed);
    applier =
        new Applier(
            host.loop("apply"),
            machine,
            batch -> raft.execute(() -> applied(batch)),
            cause -> raft.execute(() -> driver.fail(cause)));
    readCalls = new ReadCalls(raft, reads, applier, host.callbacks(), this::stoppedException);
    connect(stable, logStore);
  }

  private void connect(StableStore stable, LogStore logStore) {
    driver.writes(
        SaveHardState.class,
        new HardStateWriter(stable),
        (step, write) -> election.persisted(step, write.state()));
    driver.writes(
        LogWrite.WriteLog.class,
        new Driver.Writer<>() {
          @Override
          public void write(LogWrite.WriteLog write) throws IOException {
            logStore.write(write.from(), write.entries());
          }

          @Override
          public void sync() throws IOException {
            logStore.sync();
          }
        },
        replication::persisted);
    driver.on(RoleChanged.class, this::roleChanged);
    driver.on(LogEffect.Committed.class, committed -> {});
    driver.on(LogEffect.Apply.class, apply -> applier.apply(apply.entries()));
    driver.on(LogEffect.LoadLog.class, load -> host.loop("io").execute(() -> load(logStore, load)));
    driver.on(ReadEffect.ReadReady.class, readCalls::ready);
    driver.on(ReadEffect.ReadFailed.class, readCalls::failed);
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
   * Proposes a command. Completes when it is committed and this server's machine has applied it.
   *
   * @param command at most {@link ReplicationConfig#maxEntryBytes}
   * @return exceptionally a {@link RaftException}; only {@link RaftException.LeadershipLost} and
   *     {@link RaftException.Shutdown} leave open whether the command takes effect
   */
  public CompletableFuture<Applied> apply(byte[] command) {
    return submit(Entry.Type.COMMAND, ByteString.copyFrom(command));
  }

  /** Completes when everything proposed before it has been applied here. Fails like apply. */
  public CompletableFuture<Applied> barrier() {
    return submit(Entry.Type.BARRIER, ByteString.EMPTY);
  }

  private CompletableFuture<Applied> submit(Entry.Type type, ByteString data) {
    ProposalCall call = new ProposalCall(replication, pending, type, data);
    if (data.size() > setup.bounds().maxEntryBytes()) {
      call.fail(RaftException.tooLarge(data.size(), setup.bounds().maxEntryBytes()));
    } else {
      enqueue(call);
    }
    return call.future;
  }

  /**
   * Completes when a quorum has said that this server still leads: it did at some moment between
   * call and answer. Waits for the first entry of the own term to be committed (HashiCorp's does
   * not), not for the machine.
   *
   * @return exceptionally a {@link RaftException}
   */
  public CompletableFuture<@Nullable Void> verifyLeader() {
    return submit(readCalls.verification());
  }

  /**
   * A linearizable read without an entry in the log (ReadIndex, thesis 6.4): completes with an
   * index when this server's machine has applied everything up to it. Everything that was
   * acknowledged anywhere before the call lies at that index or below it. At the leader only.
   *
   * @return exceptionally a {@link RaftException}; whatever it is, nothing has happened
   */
  public CompletableFuture<Long> readIndex() {
    return submit(readCalls.index());
  }

  /**
   * As {@link #readIndex}, and at that point asks the machine: the query runs on the apply loop,
   * never while the machine applies, and must change nothing.
   *
   * @return what the query returned; exceptionally a {@link RaftException}, or what the query threw
   */
  public <T extends @Nullable Object> CompletableFuture<T> read(Supplier<T> query) {
    return submit(readCalls.query(query));
  }

  private <T extends @Nullable Object> CompletableFuture<T> submit(ReadCalls.ReadCall<T> call) {
    enqueue(call);
    return call.future;
  }

  private void enqueue(CallQueue.Call call) {
    if (ended) {
      call.fail(stoppedException());
    } else if (!waiting.offer(call)) {
      call.fail(new RaftException.Busy("too many calls wait to be taken up"));
    }
  }

  /**
   * All that wait are made in one step: all proposals are one write and one message to each
   * follower, all reads one round.
   */
  private void drain() {
    List<CallQueue.Call> batch = waiting.takeAll();
    if (!ended) {
      driver.stepNow(step -> batch.forEach(call -> call.make(step)));
    }
    if (ended) { // before this step, or by it: then nobody else knows of these callers
      batch.forEach(call -> call.fail(stoppedException()));
    }
  }

  private void applied(Applier.Batch batch) {
    List<Entry> entries = batch.entries();
    pending.applied(entries, batch.results());
    long last = entries.get(entries.size() - 1).getIndex();
    driver.stepNow(step -> replication.applied(step, last));
  }

  private void roleChanged(RoleChanged change) {
    standing.changed(change);
    if (change.role() != Role.LEADER) {
      pending.failAbove(
          replication.commitIndex(),
          () ->
              new RaftException.LeadershipLost(
                  "leadership was lost before the entry was committed: its outcome is unknown"));
    }
  }

  private void failed(Throwable cause) {
    ended = true;
    standing.failed(cause);
    failAll();
  }

  private void failAll() {
    pending.failAbove(-1, this::stoppedException);
    readCalls.stop();
    drain();
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
          ended = true;
          driver.stop();
          standing.stopped();
          failAll();
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

  public Indexes indexes() {
    return published.indexes();
  }

  /** HashiCorp's keys, as far as lessons 1 and 2 have them, and two of our own for reads. */
  public Map<String, String> stats() {
    return published.stats(standing.status(), electorate.members().size() - 1);
  }
}
