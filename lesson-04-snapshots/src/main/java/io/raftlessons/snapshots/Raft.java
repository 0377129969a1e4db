package io.raftlessons.snapshots;

import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.Role;
import io.raftlessons.core.Standing;
import io.raftlessons.core.StepObserver;
import io.raftlessons.election.Election;
import io.raftlessons.election.ReferenceElection;
import io.raftlessons.membership.Change;
import io.raftlessons.membership.ChangeResult;
import io.raftlessons.membership.ConfigurationHistory;
import io.raftlessons.membership.ConfigurationStatus;
import io.raftlessons.membership.LeaderNotification;
import io.raftlessons.membership.MemberStatus;
import io.raftlessons.membership.Membership;
import io.raftlessons.membership.MembershipCalls;
import io.raftlessons.membership.MembershipEffect.ConfigurationChanged;
import io.raftlessons.membership.MembershipNode;
import io.raftlessons.membership.Observation;
import io.raftlessons.membership.Observers;
import io.raftlessons.membership.ReadLevel;
import io.raftlessons.membership.ReadLevels;
import io.raftlessons.membership.ReadOptions;
import io.raftlessons.membership.ReferenceMembership;
import io.raftlessons.membership.ReferenceReadLevels;
import io.raftlessons.membership.Transfer;
import io.raftlessons.replication.Applied;
import io.raftlessons.replication.LogStore;
import io.raftlessons.replication.ReferenceReplication;
import io.raftlessons.replication.Replica;
import io.raftlessons.replication.Replication;
import io.raftlessons.replication.ReplicationConfig;
import io.raftlessons.replication.StateMachine;
import io.raftlessons.replication.Stored;
import io.raftlessons.runtime.Host;
import io.raftlessons.runtime.StableStore;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.HardState;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A server with everything of lessons 1 to 4: what {@link MembershipNode} is, and its log does not
 * grow for ever. All methods are thread-safe; futures complete on the host's callbacks executor.
 */
public final class Raft {
  /** How a server is made. {@link #reference} has ours; a student replaces a part. */
  public record Setup(
      RaftConfig config,
      ReplicationConfig bounds,
      SnapshotConfig snapshotConfig,
      Election.Factory election,
      Replication.Factory replication,
      ReadLevels.Factory reads,
      ReadOptions readOptions,
      Membership.Factory membership,
      Snapshots.Factory snapshots,
      StepObserver observer) {

    public static Setup reference(RaftConfig config, SnapshotConfig snapshotConfig) {
      return reference(config, snapshotConfig, ReadOptions.DEFAULTS);
    }

    public static Setup reference(
        RaftConfig config, SnapshotConfig snapshotConfig, ReadOptions readOptions) {
      return new Setup(
          config,
          ReplicationConfig.defaults(),
          snapshotConfig,
          ReferenceElection::new,
          ReferenceReplication::new,
          ReferenceReadLevels::new,
          readOptions,
          ReferenceMembership::new,
          ReferenceSnapshots::new,
          StepObserver.NONE);
    }
  }

  private final Replica replica;
  private final ConfigurationHistory history;
  private final Replication replication;
  private final ReadLevels reads;
  private final MembershipCalls calls;
  private final Observers observers;
  private final SnapshotTaker taker;
  private volatile ConfigurationStatus configuration;

  /**
   * Reads the stores, gives the machine the newest snapshot, and starts a server. On the I/O loop,
   * or before anything runs there. Without a configuration it waits to be bootstrapped, or to be
   * added to a group.
   *
   * @param stable and {@code logStore} are used by the I/O loop from now on, {@code snapshots} by
   *     the snapshot loop; the caller closes them after {@link #shutdown}
   * @param machine new: it has applied nothing
   * @throws IOException if a store cannot be read, or they contradict each other, or what is
   *     between snapshot and log is missing, or a leader has refused this disk; the message says
   *     what to do
   */
  public static Raft create(
      Setup setup,
      StateMachine machine,
      LogStore logStore,
      StableStore stable,
      SnapshotStore snapshots,
      Host host)
      throws IOException {
    Restart restart = Restart.from(snapshots, machine);
    restart.align(logStore);
    restart.enterTerm(stable);
    HardState life = MembershipNode.beginLife(stable, logStore, host.random());
    ConfigurationHistory history = new ConfigurationHistory(life);
    restart
        .snapshot()
        .ifPresent(
            meta ->
                history.startAt(
                    meta.getIndex(), meta.getConfigurationIndex(), meta.getConfiguration()));
    Stored stored =
        Stored.load(
            stable, logStore, restart.start(), setup.bounds().maxCachedBytes(), history::load);
    Raft raft = new Raft(setup, restart, stored, history, machine, snapshots, host);
    raft.replica.start();
    raft.taker.begin();
    return raft;
  }

  private Raft(
      Setup setup,
      Restart restart,
      Stored stored,
      ConfigurationHistory history,
      StateMachine machine,
      SnapshotStore store,
      Host host) {
    RaftConfig config = setup.config();
    Transfer transfer = new Transfer();
    Election election =
        setup.election().create(config, stored.log(), history, transfer, host.random());
    this.history = history;
    replication =
        setup
            .replication()
            .create(config, setup.bounds(), stored.log(), history, transfer, host::wallClockMillis);
    Membership membership =
        setup
            .membership()
            .create(
                config, stored.hardState(), stored.log(), history, transfer, election, replication);
    reads =
        setup
            .reads()
            .create(
                config, setup.readOptions(), stored.hardState(), replication, history, transfer);
    Snapshots snapshots =
        setup
            .snapshots()
            .create(
                config,
                setup.snapshotConfig(),
                restart.snapshot(),
                history,
                replication,
                membership);
    replica =
        new Replica(
            new Replica.Setup(
                config,
                setup.bounds(),
                setup.observer(),
                election,
                replication,
                reads,
                List.of(membership, snapshots)),
            stored,
            machine,
            host);
    restart
        .snapshot()
        .ifPresent(meta -> replica.machineIsAt(restart.start(), SnapshotIo.configurationOf(meta)));
    calls = new MembershipCalls(replica, membership, host.callbacks());
    configuration = ConfigurationStatus.of(history);
    observers = new Observers(host.callbacks(), configuration.latest());
    replica.on(ConfigurationChanged.class, this::configurationChanged);
    observers.observe(replica);
    new SnapshotIo(host.loop("snapshot"), store, replica, snapshots);
    taker =
        new SnapshotTaker(
            host, store, setup.snapshotConfig(), replica, snapshots, restart.start().index());
  }

  private void configurationChanged(ConfigurationChanged changed) {
    configuration =
        new ConfigurationStatus(
            changed.latest(), changed.latestIndex(), changed.committed(), changed.committedIndex());
    observers.configuration(changed.latest());
  }

  /** As {@link MembershipNode#bootstrapCluster(Configuration)}. */
  public CompletableFuture<@Nullable Void> bootstrapCluster(Configuration first) {
    return calls.bootstrap(first);
  }

  /** As {@link MembershipNode#addVoter}. */
  public CompletableFuture<ChangeResult> addVoter(
      String id, String address, long prevIndex, Duration timeout) {
    return calls.change(new Change.AddVoter(id, address), prevIndex, timeout);
  }

  /** As {@link MembershipNode#addNonvoter}. */
  public CompletableFuture<ChangeResult> addNonvoter(
      String id, String address, long prevIndex, Duration timeout) {
    return calls.change(new Change.AddNonvoter(id, address), prevIndex, timeout);
  }

  /** As {@link MembershipNode#demoteVoter}. */
  public CompletableFuture<ChangeResult> demoteVoter(String id, long prevIndex, Duration timeout) {
    return calls.change(new Change.DemoteVoter(id), prevIndex, timeout);
  }

  /** As {@link MembershipNode#removeServer}. */
  public CompletableFuture<ChangeResult> removeServer(String id, long prevIndex, Duration timeout) {
    return calls.change(new Change.RemoveServer(id), prevIndex, timeout);
  }

  /** The configurations of this server, as far as it knows. */
  public ConfigurationStatus getConfiguration() {
    return configuration;
  }

  /** As {@link MembershipNode#leadershipTransfer}. */
  public CompletableFuture<@Nullable Void> leadershipTransfer() {
    return calls.transfer("");
  }

  /** As {@link MembershipNode#leadershipTransferToServer}. */
  public CompletableFuture<@Nullable Void> leadershipTransferToServer(String id) {
    if (id.isEmpty()) {
      throw new IllegalArgumentException("a server id is not empty");
    }
    return calls.transfer(id);
  }

  /**
   * Takes a snapshot of this server's machine, leader or not, and cuts the log. The group goes on
   * meanwhile.
   *
   * @return its meta, when it is durable; exceptionally an {@link IllegalStateException} if nothing
   *     was applied yet, an {@link IOException} if it cannot be stored, a Shutdown
   */
  public CompletableFuture<SnapshotMeta> snapshot() {
    return taker.take();
  }

  /** The snapshots that are kept here, newest first; exceptionally an {@link IOException}. */
  public CompletableFuture<List<SnapshotMeta>> snapshots() {
    return taker.list();
  }

  /**
   * Opens a snapshot that is kept here, after its content was verified. It can be read until it is
   * closed, by one thread at a time.
   *
   * @return exceptionally an {@link IOException} if there is none of that id, or it is damaged
   */
  public CompletableFuture<SnapshotSource> openSnapshot(String id) {
    return taker.open(id);
  }

  /** As {@link MembershipNode#members}. */
  public CompletableFuture<List<MemberStatus>> members() {
    return calls.members(history, replication);
  }

  /** As {@link MembershipNode#registerObserver}. */
  public Runnable registerObserver(Consumer<Observation> observer) {
    return observers.register(observer);
  }

  /** As {@link MembershipNode#leaderNotification}. */
  public LeaderNotification leaderNotification() {
    return observers.leaderNotification();
  }

  /** Proposes a command: {@link Replica#apply}. */
  public CompletableFuture<Applied> apply(byte[] command) {
    return replica.apply(command);
  }

  /** Completes when everything proposed before it has been applied here. Fails like apply. */
  public CompletableFuture<Applied> barrier() {
    return replica.barrier();
  }

  /** Asks a quorum whether this server still leads: {@link Replica#verifyLeader}. */
  public CompletableFuture<@Nullable Void> verifyLeader() {
    return replica.verifyLeader();
  }

  /** As {@link MembershipNode#readIndex()}. */
  public CompletableFuture<Long> readIndex() {
    return replica.readIndex();
  }

  /** As {@link MembershipNode#read(Supplier)}. */
  public <T extends @Nullable Object> CompletableFuture<T> read(Supplier<T> query) {
    return replica.read(query);
  }

  /** As {@link MembershipNode#readIndex(ReadLevel)}. */
  public CompletableFuture<Long> readIndex(ReadLevel level) {
    return replica.readIndex((step, id) -> reads.read(step, id, level));
  }

  /** As {@link MembershipNode#read(ReadLevel, Supplier)}. */
  public <T extends @Nullable Object> CompletableFuture<T> read(
      ReadLevel level, Supplier<T> query) {
    return replica.read((step, id) -> reads.read(step, id, level), query);
  }

  /** Stops for good; completes when the last write of the log has ended. Idempotent. */
  public CompletableFuture<@Nullable Void> shutdown() {
    return replica.shutdown();
  }

  /** This server's id. */
  public String id() {
    return replica.id();
  }

  /** Follower, candidate or leader. */
  public Role state() {
    return replica.state();
  }

  /** The id of the leader, if one is known. */
  public Optional<String> leader() {
    return replica.leader();
  }

  public Standing.Status status() {
    return replica.status();
  }

  /** Why the server stopped by itself, if it did. */
  public Optional<Throwable> failure() {
    return replica.failure();
  }

  /** As {@link MembershipNode#observe}. */
  public void observe(Consumer<Standing.Status> observer) {
    replica.observe(observer);
  }

  public Replica.Indexes indexes() {
    return replica.indexes();
  }

  /** HashiCorp's keys, as far as they are there. */
  public Map<String, String> stats() {
    return configuration.stats(replica);
  }
}
