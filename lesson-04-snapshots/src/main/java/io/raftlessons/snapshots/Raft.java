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
import io.raftlessons.replication.RaftException;
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
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
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
  private final PublishedSnapshots published;
  private final RestoreCalls restoreCalls;
  private final boolean keepsSnapshots;
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
    restart.loadInto(history);
    Stored stored =
        Stored.load(
            stable, logStore, restart.start(), setup.bounds().maxCachedBytes(), history::load);
    Raft raft = new Raft(setup, restart, stored, history, machine, snapshots, host);
    raft.taker.begin();
    raft.replica.start();
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
    RestoreGate gate = new RestoreGate(transfer);
    Election election =
        setup.election().create(config, stored.log(), history, transfer, host.random());
    this.history = history;
    replication =
        setup
            .replication()
            .create(config, setup.bounds(), stored.log(), history, gate, host::wallClockMillis);
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
    int partBytes =
        Math.min(setup.snapshotConfig().maxChunkBytes(), setup.bounds().maxEntryBytes() / 2);
    Restores restores = new Restores(partBytes, stored.log(), history, replication, gate);
    published = new PublishedSnapshots(snapshots, setup.observer());
    replica =
        new Replica(
            new Replica.Setup(
                config,
                setup.bounds(),
                published,
                election,
                replication,
                reads,
                List.of(membership, snapshots, restores)),
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
    new RestoreIo(host.loop("snapshot"), store, replica, taker);
    restoreCalls = new RestoreCalls(host, replica, restores);
    keepsSnapshots = !(store instanceof DiscardSnapshotStore);
  }

  /**
   * Gives a server that has never run its first configuration, before it starts. Every voter of it
   * must be given the same one, or only one of them any. Blocking.
   *
   * <p>HashiCorp's writes a term and then an entry; a crash between leaves a server that can never
   * be bootstrapped. This one writes one record.
   *
   * @throws IllegalArgumentException if the configuration is wrong; the message says what
   * @throws IllegalStateException if the server has a state already: a vote, a log or a snapshot
   *     (ErrCantBootstrap)
   */
  public static void bootstrapCluster(
      StableStore stable, LogStore logStore, SnapshotStore snapshots, Configuration configuration)
      throws IOException {
    OfflineStores.bootstrap(stable, logStore, snapshots, configuration);
  }

  /**
   * Whether there is anything in the stores that a server must not forget; also a snapshot that is
   * damaged. Blocking.
   *
   * @throws IOException if a store cannot be read
   */
  public static boolean hasExistingState(
      StableStore stable, LogStore logStore, SnapshotStore snapshots) throws IOException {
    return OfflineStores.hasExistingState(stable, logStore, snapshots);
  }

  /**
   * Gives a server a configuration without asking its group, which has lost its quorum for good;
   * the server must not run. It starts from its newest whole snapshot and its log. Use it on one
   * server, the one with the longest log, and add the others again with empty disks. <b>What only
   * the lost servers had is lost, and what was never committed may be committed by this.</b>
   * Blocking.
   *
   * <p>HashiCorp's needs a state machine, which it runs through the log and snapshots, and deletes
   * the log. This one puts a configuration behind the log.
   *
   * @throws IllegalArgumentException if the configuration is wrong; the message says what
   * @throws IllegalStateException if the server has no state
   * @throws IOException also if there is a gap between the newest whole snapshot and the log
   */
  public static void recoverCluster(
      StableStore stable, LogStore logStore, SnapshotStore snapshots, Configuration configuration)
      throws IOException {
    OfflineStores.recover(stable, logStore, snapshots, configuration);
  }

  /**
   * The configurations in the stores of a server that does not run: the newest one, and the one
   * that is certainly committed because a snapshot has it. Changes nothing. Blocking.
   *
   * @throws IOException if a store cannot be read, or what is between snapshot and log is missing
   */
  public static ConfigurationStatus getConfiguration(
      StableStore stable, LogStore logStore, SnapshotStore snapshots) throws IOException {
    return OfflineStores.configuration(stable, logStore, snapshots);
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
   * meanwhile. Where not all parts of a {@link #restore} have been applied, it waits for the rest:
   * on a server that is cut off just then, for as long as that.
   *
   * @return its meta, when it is durable; exceptionally an {@link IllegalStateException} if nothing
   *     was applied yet, an {@link IOException} if it cannot be stored, a Shutdown
   */
  public CompletableFuture<SnapshotMeta> snapshot() {
    return taker.take();
  }

  /** The newest snapshot of this server, as of its last step. */
  public Optional<SnapshotMeta> latestSnapshot() {
    return published.latest();
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

  /**
   * Makes the state of a snapshot that the caller brings that of the whole group; at the leader.
   * Members and configuration stay as they are.
   *
   * <p>The content goes through the log, in parts, and takes effect on every server when it applies
   * the last one: it is a command like any other, only large. So all that is true of commands is
   * true of it. It happens on all servers or on none, at the same place among the other commands;
   * if the leader is deposed before the last part is committed, the group goes on as if nothing had
   * been; whoever joins later gets it with the log, or in a snapshot behind it. Each server makes a
   * snapshot of its own of the parts before its machine changes, so what is in a snapshot store is
   * committed. HashiCorp's leader switches to the new state alone, before anybody else has it, and
   * keeps it if it is deposed in the middle: then it has a state that nobody agreed to.
   *
   * <p>It begins when every configuration before is committed, and an entry of the leader's term.
   *
   * <p>The price is that the content is written twice, and that nothing else is appended from the
   * first part to the last: calls fail with {@link RaftException.AbortedByRestore}, and changes of
   * the configuration wait. What was appended before has its answer, as always.
   *
   * <p>A machine may have indexes in its state, so they must not run backwards: the restored state
   * has an index of the log above that of the snapshot. If the log has not come so far, the indexes
   * between are burned: they become empty entries, a million of them at most. For a snapshot that
   * is further ahead begin a new group: {@link SnapshotBootstrap}.
   *
   * @param meta its index, size and checksum count; the rest is not looked at
   * @param state read by a thread of this server's until the future is done; the caller closes it
   *     then
   * @param timeout for all of it; zero to wait as long as it takes
   * @return where in the log the state was restored; exceptionally a {@link RaftException}: {@link
   *     RaftException.Busy} if another restore is under way, {@link RestoreException} if the stream
   *     has not the size and the checksum of the meta, or the time is over. Only {@link
   *     RaftException.LeadershipLost}, {@link RaftException.Shutdown} and a {@link
   *     RestoreException} that says so leave the outcome open
   * @throws IllegalArgumentException if size, index or timeout is negative
   * @throws IllegalStateException if this server's snapshot store keeps nothing
   */
  public CompletableFuture<Applied> restore(
      SnapshotMeta meta, InputStream state, Duration timeout) {
    if (!keepsSnapshots) {
      throw new IllegalStateException("a restore needs a snapshot store that keeps snapshots");
    }
    return restoreCalls.restore(meta, state, timeout);
  }

  /** What a leader is sending of its snapshots, by the id of the follower it goes to. */
  public SortedMap<String, Snapshots.Sending> snapshotsSending() {
    return published.sending();
  }

  /**
   * Other settings from now on; they are not kept over a restart. All of them are replaced, as
   * HashiCorp's are: begin with {@link #reloadableConfig}. Settings that are out of range cannot
   * come here, see {@link ReloadableConfig}. A new interval begins at once.
   */
  public void reloadConfig(ReloadableConfig settings) {
    taker.reload(settings);
  }

  /** The settings that count now. */
  public ReloadableConfig reloadableConfig() {
    return taker.settings();
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

  /**
   * As {@link #apply(byte[])}, and waits for a place: {@link Replica#apply(byte[], Duration)}.
   *
   * @param enqueueTimeout bounds the wait for a place in the log, <b>not</b> the wait for the
   *     outcome; zero to wait as long as it takes
   */
  public CompletableFuture<Applied> apply(byte[] command, Duration enqueueTimeout) {
    return replica.apply(command, enqueueTimeout);
  }

  /** As {@link #apply(byte[], Duration)}, with extensions: {@link Replica#applyLog}. */
  public CompletableFuture<Applied> applyLog(
      byte[] data, byte[] extensions, Duration enqueueTimeout) {
    return replica.applyLog(data, extensions, enqueueTimeout);
  }

  /** Completes when everything proposed before it has been applied here. Fails like apply. */
  public CompletableFuture<Applied> barrier() {
    return replica.barrier();
  }

  /** As {@link #barrier()}; waits for a place like {@link #apply(byte[], Duration)}. */
  public CompletableFuture<Applied> barrier(Duration enqueueTimeout) {
    return replica.barrier(enqueueTimeout);
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

  /** As {@link MembershipNode#shutdownGracefully}. */
  public CompletableFuture<@Nullable Void> shutdownGracefully() {
    return leadershipTransfer().handle((done, failed) -> null).thenCompose(next -> shutdown());
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

  /** As {@link Replica#lastContact}. */
  public Optional<Duration> lastContact() {
    return replica.lastContact();
  }

  public Replica.Indexes indexes() {
    return replica.indexes();
  }

  /**
   * HashiCorp's keys but for those of its protocol and snapshot versions, which there is one of
   * here, and some of our own: of reads, and {@code snapshot_sending_ID}, "bytes/total", for each
   * follower that gets a snapshot.
   *
   * <p>{@code latest_configuration_index} is the true index (HashiCorp's is always 0), and {@code
   * applied_index} is what the machine has applied (HashiCorp's: what was handed to it).
   */
  public Map<String, String> stats() {
    Map<String, String> stats = configuration.stats(replica);
    published.addTo(stats);
    return stats;
  }
}
