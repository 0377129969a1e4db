package io.raftlessons.election;

import io.raftlessons.core.Driver;
import io.raftlessons.core.Effect.RoleChanged;
import io.raftlessons.core.Effect.SaveHardState;
import io.raftlessons.core.Electorate;
import io.raftlessons.core.Gate;
import io.raftlessons.core.HardStateWriter;
import io.raftlessons.core.LogView;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.RaftCore;
import io.raftlessons.core.Role;
import io.raftlessons.core.Standing;
import io.raftlessons.core.StepObserver;
import io.raftlessons.runtime.Host;
import io.raftlessons.runtime.StableStore;
import io.raftlessons.wire.HardState;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A server that elects and does nothing else: lesson 1, complete. All methods are thread-safe. */
public final class ElectionNode {
  private final RaftConfig config;
  private final Electorate electorate;
  private final Host host;
  private final Driver driver;
  private final Standing standing;
  private final CompletableFuture<@Nullable Void> stopped = new CompletableFuture<>();

  /**
   * Starts a server.
   *
   * @param voters the ids of all servers of the group, this one among them
   * @param stored what {@code stable} held at the start
   * @param stable written on the I/O loop; the caller closes it after {@link #shutdown}
   * @param factory {@code ReferenceElection::new}, or a student's
   */
  public static ElectionNode start(
      RaftConfig config,
      Collection<String> voters,
      HardState stored,
      StableStore stable,
      Host host,
      Election.Factory factory,
      StepObserver observer) {
    ElectionNode node = new ElectionNode(config, voters, stored, stable, host, factory, observer);
    node.driver.start();
    return node;
  }

  private ElectionNode(
      RaftConfig config,
      Collection<String> voters,
      HardState stored,
      StableStore stable,
      Host host,
      Election.Factory factory,
      StepObserver observer) {
    this.config = config;
    this.host = host;
    electorate = Electorate.fixed(voters);
    if (!electorate.votes(config.localId())) {
      throw new IllegalArgumentException(config.localId() + " is not among the voters " + voters);
    }
    standing = new Standing(stored.getCurrentTerm(), host.callbacks());
    Election election = factory.create(config, LogView.EMPTY, electorate, Gate.OPEN, host.random());
    RaftCore core =
        new RaftCore(
            config,
            stored,
            List.of(election, new Heartbeats(config, electorate)),
            host.loop("raft").now());
    driver = new Driver(host, core, config, observer, standing::failed);
    driver.on(RoleChanged.class, standing::changed);
    driver.writes(
        SaveHardState.class,
        new HardStateWriter(stable),
        (step, write) -> election.persisted(step, write.state()));
  }

  /** Follower, candidate or leader, as of the last change. */
  public Role state() {
    return standing.status().role();
  }

  /** The id of the leader, if one is known. */
  public Optional<String> leader() {
    return standing.leader();
  }

  public long term() {
    return standing.status().term();
  }

  public Standing.Status status() {
    return standing.status();
  }

  /** Why the server stopped by itself, if it did: a failed store, or a contradiction found. */
  public Optional<Throwable> failure() {
    return standing.failure();
  }

  /** HashiCorp's keys, as far as lesson 1 has them. */
  public Map<String, String> stats() {
    Standing.Status now = standing.status();
    Map<String, String> stats = new TreeMap<>();
    stats.put("state", now.role().toString());
    stats.put("term", Long.toString(now.term()));
    stats.put("leader", now.leader());
    stats.put("num_peers", Integer.toString(electorate.members().size() - 1));
    return stats;
  }

  /**
   * Calls the observer at every change of role, term or leader, in order, on the callbacks
   * executor.
   */
  public void observe(Consumer<Standing.Status> observer) {
    standing.observe(observer);
  }

  /**
   * Stops for good; completes when the last write has ended. From then on the server is a follower
   * without a leader. Idempotent.
   */
  public CompletableFuture<@Nullable Void> shutdown() {
    host.loop("raft")
        .execute(
            () -> {
              driver.stop();
              standing.stopped();
              host.loop("io").execute(() -> host.callbacks().execute(() -> stopped.complete(null)));
            });
    return stopped;
  }

  /** This server's id. */
  public String id() {
    return config.localId();
  }
}
