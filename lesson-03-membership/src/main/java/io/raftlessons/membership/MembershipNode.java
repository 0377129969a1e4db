package io.raftlessons.membership;

import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.Role;
import io.raftlessons.core.Standing;
import io.raftlessons.core.StepObserver;
import io.raftlessons.election.Election;
import io.raftlessons.election.ReferenceElection;
import io.raftlessons.replication.Applied;
import io.raftlessons.replication.LogStart;
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
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A server of a group whose members come and go: lessons 1 to 3. All methods are thread-safe;
 * futures complete on the host's callbacks executor.
 *
 * <p>The calls are HashiCorp's. What differs: {@code addVoter} lets a server catch up before it
 * gets a vote; {@code prevIndex} can be used, because {@link #getConfiguration} tells the true
 * index; a timeout covers the whole call and its exception says how far it came; a change that
 * changes nothing is answered without an entry in the log.
 */
public final class MembershipNode {
  /** How a server is made. {@link #reference} has ours; a student replaces a part. */
  public record Setup(
      RaftConfig config,
      ReplicationConfig bounds,
      Election.Factory election,
      Replication.Factory replication,
      ReadLevels.Factory reads,
      ReadOptions readOptions,
      Membership.Factory membership,
      StepObserver observer) {

    public static Setup reference(RaftConfig config) {
      return reference(config, ReadOptions.DEFAULTS);
    }

    public static Setup reference(RaftConfig config, ReadOptions readOptions) {
      return new Setup(
          config,
          ReplicationConfig.defaults(),
          ReferenceElection::new,
          ReferenceReplication::new,
          ReferenceReadLevels::new,
          readOptions,
          ReferenceMembership::new,
          StepObserver.NONE);
    }
  }

  private final Replica replica;
  private final ConfigurationHistory history;
  private final Replication replication;
  private final ReadLevels reads;
  private final MembershipCalls calls;
  private final Observers observers;
  private volatile ConfigurationStatus configuration;

  /**
   * Reads the stores and starts a server. On the I/O loop, or before anything runs there. Without a
   * configuration in its log it waits to be bootstrapped, or to be added to a group.
   *
   * @param stable and {@code logStore} are used by the I/O loop from now on; the caller closes them
   *     after {@link #shutdown}
   * @throws IOException if a store cannot be read, or the two contradict each other, or a leader
   *     has refused this disk; then the message says what to do
   */
  public static MembershipNode start(
      Setup setup, StableStore stable, LogStore logStore, StateMachine machine, Host host)
      throws IOException {
    HardState life = Bootstrap.beginLife(stable, logStore, host.random());
    ConfigurationHistory history = new ConfigurationHistory(life);
    Stored stored = Stored.load(stable, logStore, setup.bounds().maxCachedBytes(), history::load);
    MembershipNode node = new MembershipNode(setup, stored, history, machine, host);
    node.replica.start();
    return node;
  }

  private MembershipNode(
      Setup setup, Stored stored, ConfigurationHistory history, StateMachine machine, Host host) {
    this.history = history;
    RaftConfig config = setup.config();
    Transfer transfer = new Transfer();
    Election election =
        setup.election().create(config, stored.log(), history, transfer, host.random());
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
    Replica.Setup parts =
        new Replica.Setup(
            config,
            setup.bounds(),
            setup.observer(),
            election,
            replication,
            reads,
            List.of(membership));
    replica = new Replica(parts, stored, machine, host);
    calls = new MembershipCalls(replica, membership, host.callbacks());
    configuration = ConfigurationStatus.of(history);
    observers = new Observers(host.callbacks(), configuration.latest());
    replica.on(MembershipEffect.ConfigurationChanged.class, this::configurationChanged);
    observers.observe(replica);
  }

  private void configurationChanged(MembershipEffect.ConfigurationChanged changed) {
    configuration =
        new ConfigurationStatus(
            changed.latest(), changed.latestIndex(), changed.committed(), changed.committedIndex());
    observers.configuration(changed.latest());
  }

  /**
   * Gives a server that has never run its first configuration, before it starts. Every voter of it
   * must be given the same one, or only one of them any. Blocking.
   *
   * @throws IllegalArgumentException if the configuration is wrong; the message says what
   * @throws IllegalStateException if the server has a state already (ErrCantBootstrap)
   */
  public static void bootstrapCluster(
      StableStore stable, LogStore logStore, Configuration configuration) throws IOException {
    Bootstrap.bootstrap(stable, logStore, configuration);
  }

  /**
   * What every start of a server does to its stable store: see {@code HardState.life}. For the
   * facade of a later lesson. Blocking.
   *
   * @return what the store has now
   * @throws IOException also if the disk was refused in an earlier life
   */
  public static HardState beginLife(StableStore stable, LogStore logStore, RandomGenerator random)
      throws IOException {
    return Bootstrap.beginLife(stable, logStore, random);
  }

  /**
   * Whether there is anything in the stores that a server must not forget. Blocking.
   *
   * @throws IOException if a store cannot be read
   */
  public static boolean hasExistingState(StableStore stable, LogStore logStore) throws IOException {
    return Bootstrap.hasExistingState(stable, logStore);
  }

  /**
   * Gives a server a configuration without asking its group, which has lost its quorum for good;
   * the server must not run. Use it on one server, the one with the longest log, and add the others
   * again with empty disks. <b>What only the lost servers had is lost, and what was never committed
   * may be committed by this.</b> Blocking.
   *
   * @throws IllegalArgumentException if the configuration is wrong; the message says what
   * @throws IllegalStateException if the server has no state
   */
  public static void recoverCluster(
      StableStore stable, LogStore logStore, Configuration configuration) throws IOException {
    Bootstrap.recover(stable, logStore, configuration);
  }

  /**
   * As the other one, for the facade of a later lesson.
   *
   * @param covered where a snapshot ends that the log goes on behind, if it is not empty
   */
  public static void recoverCluster(
      StableStore stable, LogStore logStore, LogStart covered, Configuration configuration)
      throws IOException {
    Bootstrap.recover(stable, logStore, covered, configuration);
  }

  /**
   * As the other one, on a server that runs.
   *
   * @return exceptionally a {@link MembershipException} with the reason INVALID if the
   *     configuration is wrong, has not this server among its voters, or the server has a state
   *     already
   */
  public CompletableFuture<@Nullable Void> bootstrapCluster(Configuration first) {
    Objects.requireNonNull(first, "first");
    return calls.bootstrap(first);
  }

  /**
   * Makes a server a voter. A new one, or a nonvoter, gets the log first and its vote when it has
   * caught up (thesis 4.2.1). A voter gets the address. That nothing has to change is what this
   * leader believes: see {@link ChangeResult}.
   *
   * @param prevIndex the index of the configuration that the caller started from: any other fails
   *     with CONFLICT; 0 for whatever is newest. Guards the first entry
   * @param timeout for all of it; zero to wait as long as it takes
   * @return exceptionally a {@link RaftException}; a {@link MembershipException} says how far the
   *     change came
   */
  public CompletableFuture<ChangeResult> addVoter(
      String id, String address, long prevIndex, Duration timeout) {
    return calls.change(new Change.AddVoter(id, address), prevIndex, timeout);
  }

  /** Adds a server that gets the log and does not vote. A voter keeps its vote. As addVoter. */
  public CompletableFuture<ChangeResult> addNonvoter(
      String id, String address, long prevIndex, Duration timeout) {
    return calls.change(new Change.AddNonvoter(id, address), prevIndex, timeout);
  }

  /** Takes a server its vote. It still gets the log. As addVoter. */
  public CompletableFuture<ChangeResult> demoteVoter(String id, long prevIndex, Duration timeout) {
    return calls.change(new Change.DemoteVoter(id), prevIndex, timeout);
  }

  /**
   * Removes a server. A leader that removes itself leads until that is committed, and then steps
   * down; the caller must shut it down. As addVoter: that it is gone already is a belief, too.
   */
  public CompletableFuture<ChangeResult> removeServer(String id, long prevIndex, Duration timeout) {
    return calls.change(new Change.RemoveServer(id), prevIndex, timeout);
  }

  /** The configurations of this server, as far as it knows. */
  public ConfigurationStatus getConfiguration() {
    return configuration;
  }

  /**
   * Hands leadership to the voter that has the most of the log (thesis 3.10). Proposals are refused
   * meanwhile. Completes when this server's term has ended: usually the other one leads by then,
   * but nobody knows yet.
   *
   * @return exceptionally a {@link RaftException}; after TIMEOUT this server goes on leading
   */
  public CompletableFuture<@Nullable Void> leadershipTransfer() {
    return calls.transfer("");
  }

  /** As {@link #leadershipTransfer()}, to one voter. */
  public CompletableFuture<@Nullable Void> leadershipTransferToServer(String id) {
    if (id.isEmpty()) {
      throw new IllegalArgumentException("a server id is not empty");
    }
    return calls.transfer(id);
  }

  /**
   * The members as this leader sees them, in the order of the configuration.
   *
   * @return exceptionally a {@link RaftException}
   */
  public CompletableFuture<List<MemberStatus>> members() {
    return calls.members(history, replication);
  }

  /**
   * Calls an observer with what changes from now on, in order. What it throws is the host's to log.
   * It must not wait: {@link Observer} keeps them for a thread of your own.
   *
   * @return ends that when it is run
   */
  public Runnable registerObserver(Consumer<Observation> observer) {
    return observers.register(observer);
  }

  /** Whether this server has come to lead, or leads no more. */
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

  /** A linearizable read at the leader, as HashiCorp's: {@link Replica#readIndex()}. */
  public CompletableFuture<Long> readIndex() {
    return replica.readIndex();
  }

  /** As {@link #readIndex}, and at that point asks the machine: {@link Replica#read(Supplier)}. */
  public <T extends @Nullable Object> CompletableFuture<T> read(Supplier<T> query) {
    return replica.read(query);
  }

  /**
   * Completes with an index when this server's machine has applied everything up to it, and what
   * lies there is what the level promises. On any member of the group, voter or not.
   *
   * <p>There is no deadline but the caller's own ({@link CompletableFuture#orTimeout}), and at a
   * server that was removed it is needed: see {@link ReadLevel}.
   *
   * @return exceptionally a {@link RaftException}: NotLeader where no leader can be asked or this
   *     server is not a member, LeadershipLost if the leader changed meanwhile. Whatever it is,
   *     nothing has happened
   */
  public CompletableFuture<Long> readIndex(ReadLevel level) {
    return replica.readIndex((step, id) -> reads.read(step, id, level));
  }

  /** As {@link #readIndex(ReadLevel)}, and at that point asks the machine: {@link Replica#read}. */
  public <T extends @Nullable Object> CompletableFuture<T> read(
      ReadLevel level, Supplier<T> query) {
    return replica.read((step, id) -> reads.read(step, id, level), query);
  }

  /** Stops for good; completes when the last write has ended. Idempotent. Not graceful. */
  public CompletableFuture<@Nullable Void> shutdown() {
    return replica.shutdown();
  }

  /**
   * As {@link #shutdown}, but a leader hands over first, so that the group goes on at once. If that
   * fails it stops all the same.
   */
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

  /** Calls the observer at every change of role, term or leader, in order. */
  public void observe(Consumer<Standing.Status> observer) {
    replica.observe(observer);
  }

  public Replica.Indexes indexes() {
    return replica.indexes();
  }

  /** HashiCorp's keys, as far as lessons 1 to 3 have them, and two of our own for reads. */
  public Map<String, String> stats() {
    return configuration.stats(replica);
  }
}
