package io.raftlessons.replication;

import com.google.protobuf.ByteString;
import io.raftlessons.core.Driver;
import io.raftlessons.core.Effect.RoleChanged;
import io.raftlessons.core.Effect.SaveHardState;
import io.raftlessons.core.Effects;
import io.raftlessons.core.Electorate;
import io.raftlessons.core.Gate;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.RaftCore;
import io.raftlessons.core.Role;
import io.raftlessons.core.Standing;
import io.raftlessons.core.Step;
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
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A server with a replicated log that drives a state machine: lessons 1 and 2. All methods are
 * thread-safe; futures complete on the host's callbacks executor.
 */
public final class ReplicationNode {
  /**
   * How a server is made. {@link #reference} has ours; a student replaces one part.
   *
   * @param voters the ids of all servers of the group, this one among them
   */
  public record Setup(
      RaftConfig config,
      ReplicationConfig bounds,
      Collection<String> voters,
      Election.Factory election,
      Replication.Factory replication,
      StepObserver observer) {

    public static Setup reference(RaftConfig config, Collection<String> voters) {
      return new Setup(
          config,
          ReplicationConfig.defaults(),
          voters,
          ReferenceElection::new,
          ReferenceReplication::new,
          StepObserver.NONE);
    }
  }

  /** Figure 2's indexes at one moment. */
  public record Indexes(long lastLogIndex, long lastLogTerm, long commitIndex, long lastApplied) {}

  private final Setup setup;
  private final Host host;
  private final EventLoop raft;
  private final Electorate electorate;
  private final RaftLog log;
  private final Election election;
  private final Replication replication;
  private final Driver driver;
  private final Standing standing;
  private final Applier applier;
  private final PendingFutures pending;
  private final ProposalQueue waiting;
  private final CompletableFuture<@Nullable Void> stopped = new CompletableFuture<>();
  private volatile Indexes indexes = new Indexes(0, 0, 0, 0);
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
    this.log = log;
    raft = host.loop("raft");
    electorate = Electorate.fixed(setup.voters());
    if (!electorate.votes(id())) {
      throw new IllegalArgumentException(id() + " is not among the voters " + setup.voters());
    }
    standing = new Standing(stored.getCurrentTerm(), host.callbacks());
    pending = new PendingFutures(host.callbacks());
    waiting = new ProposalQueue(() -> raft.execute(this::drain));
    election = setup.election().create(setup.config(), log, electorate, Gate.OPEN, host.random());
    replication =
        setup
            .replication()
            .create(
                setup.config(), setup.bounds(), log, electorate, Gate.OPEN, host::wallClockMillis);
    RaftCore core =
        new RaftCore(setup.config(), stored, List.of(election, replication), raft.now());
    driver = new Driver(host, core, setup.config(), new Publisher(setup.observer()), this::failed);
    applier =
        new Applier(
            host.loop("apply"),
            machine,
            batch -> raft.execute(() -> applied(batch)),
            cause -> raft.execute(() -> driver.fail(cause)));
    connect(stable, logStore);
  }

  private void connect(StableStore stable, LogStore logStore) {
    driver.writes(
        SaveHardState.class,
        new Driver.Writer<>() {
          @Override
          public void write(SaveHardState write) throws IOException {
            stable.save(write.state());
          }

          @Override
          public void sync() {} // save is durable when it returns
        },
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
    CompletableFuture<Applied> future = new CompletableFuture<>();
    if (ended) {
      pending.fail(future, stoppedException());
    } else if (data.size() > setup.bounds().maxEntryBytes()) {
      pending.fail(future, RaftException.tooLarge(data.size(), setup.bounds().maxEntryBytes()));
    } else if (!waiting.offer(new ProposalQueue.Waiting(type, data, future))) {
      pending.fail(future, new RaftException.Busy("too many calls wait to be taken up"));
    }
    return future;
  }

  /** All that wait become entries in one step: one write, one message to each follower. */
  private void drain() {
    List<ProposalQueue.Waiting> batch = waiting.takeAll();
    if (!ended) {
      driver.stepNow(step -> batch.forEach(w -> propose(step, w)));
    }
    if (ended) { // before this step, or by it: then nobody else knows of these callers
      batch.forEach(w -> pending.fail(w.future(), stoppedException()));
    }
  }

  private void propose(Step step, ProposalQueue.Waiting w) {
    Proposal answer = replication.propose(step, w.type(), w.data());
    if (answer instanceof Proposal.Accepted accepted) {
      pending.add(accepted.index(), accepted.term(), w.future());
    } else if (answer instanceof Proposal.Refused refused) {
      pending.fail(w.future(), exception(refused));
    }
  }

  private static RaftException exception(Proposal.Refused refused) {
    return switch (refused.reason()) {
      case NOT_LEADER -> new RaftException.NotLeader(refused.leader());
      case BUSY -> new RaftException.Busy(refused.why());
      case TOO_LARGE -> new RaftException.TooLarge(refused.why());
    };
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
    pending.failAbove(-1, this::stoppedException);
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
          pending.failAbove(-1, this::stoppedException);
          drain();
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
    return indexes;
  }

  /** HashiCorp's keys, as far as lessons 1 and 2 have them. */
  public Map<String, String> stats() {
    Standing.Status now = standing.status();
    Indexes at = indexes;
    Map<String, String> stats = new TreeMap<>();
    stats.put("state", now.role().toString());
    stats.put("term", Long.toString(now.term()));
    stats.put("leader", now.leader());
    stats.put("num_peers", Integer.toString(electorate.members().size() - 1));
    stats.put("last_log_index", Long.toString(at.lastLogIndex()));
    stats.put("last_log_term", Long.toString(at.lastLogTerm()));
    stats.put("commit_index", Long.toString(at.commitIndex()));
    stats.put("applied_index", Long.toString(at.lastApplied()));
    stats.put("fsm_pending", Long.toString(at.commitIndex() - at.lastApplied()));
    return stats;
  }

  /** After every step: what other threads may see of the indexes. */
  private final class Publisher implements StepObserver {
    private final StepObserver next;

    Publisher(StepObserver next) {
      this.next = next;
    }

    @Override
    public void stepped(RaftCore core, Object input, Effects effects) {
      Indexes now =
          new Indexes(
              log.lastIndex(),
              log.lastTerm(),
              replication.commitIndex(),
              replication.lastApplied());
      if (!now.equals(indexes)) {
        indexes = now;
      }
      next.stepped(core, input, effects);
    }

    @Override
    public void failed(Throwable cause) {
      next.failed(cause);
    }
  }
}
