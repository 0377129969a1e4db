package io.raftlessons.replication;

import io.raftlessons.core.Electorate;
import io.raftlessons.core.Gate;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.Role;
import io.raftlessons.core.Standing;
import io.raftlessons.core.StepObserver;
import io.raftlessons.election.Election;
import io.raftlessons.election.ReferenceElection;
import io.raftlessons.runtime.Host;
import io.raftlessons.runtime.StableStore;
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
 * A server with a replicated log that drives a state machine: lessons 1 and 2, in a group that
 * never changes. All methods are thread-safe; futures complete on the host's callbacks executor.
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

  private final Replica replica;
  private final int peers;

  private ReplicationNode(Replica replica, int peers) {
    this.replica = replica;
    this.peers = peers;
  }

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
    Stored stored = Stored.load(stable, logStore, setup.bounds().maxCachedBytes(), entry -> {});
    Electorate electorate = Electorate.fixed(setup.voters());
    String id = setup.config().localId();
    if (!electorate.votes(id)) {
      throw new IllegalArgumentException(id + " is not among the voters " + setup.voters());
    }
    Replica replica =
        new Replica(parts(setup, stored.log(), electorate, host), stored, machine, host);
    replica.start();
    return new ReplicationNode(replica, electorate.members().size() - 1);
  }

  private static Replica.Setup parts(Setup setup, RaftLog log, Electorate electorate, Host host) {
    RaftConfig config = setup.config();
    Replication replication =
        setup
            .replication()
            .create(config, setup.bounds(), log, electorate, Gate.OPEN, host::wallClockMillis);
    return new Replica.Setup(
        config,
        setup.bounds(),
        setup.observer(),
        setup.election().create(config, log, electorate, Gate.OPEN, host.random()),
        replication,
        setup.reads().create(replication, electorate, Gate.OPEN),
        List.of());
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

  /** A linearizable read without an entry in the log: {@link Replica#readIndex()}. */
  public CompletableFuture<Long> readIndex() {
    return replica.readIndex();
  }

  /** As {@link #readIndex}, and at that point asks the machine: {@link Replica#read(Supplier)}. */
  public <T extends @Nullable Object> CompletableFuture<T> read(Supplier<T> query) {
    return replica.read(query);
  }

  /** Stops for good; completes when the last write has ended. Idempotent. */
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

  /** Calls the observer at every change of role, term or leader, in order. */
  public void observe(Consumer<Standing.Status> observer) {
    replica.observe(observer);
  }

  public Replica.Indexes indexes() {
    return replica.indexes();
  }

  /** HashiCorp's keys, as far as lessons 1 and 2 have them, and two of our own for reads. */
  public Map<String, String> stats() {
    return replica.stats(peers);
  }
}
