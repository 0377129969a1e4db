package io.raftlessons.cluster.raft;

import io.raftlessons.membership.ReadLevel;
import io.raftlessons.snapshots.Raft;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** How a node has reads answered: its own clients', and those that others send it as the leader. */
public final class ReadPolicy {
  /** At the leader, which asks a quorum. */
  public static final ReadPolicy LEADER = new ReadPolicy(true, ReadLevel.LINEARIZABLE);

  /** At the leader, which asks nobody while it holds a lease. */
  public static final ReadPolicy LEASE = new ReadPolicy(true, ReadLevel.LEASE);

  /** By this node, which asks the leader how far it must have come. */
  public static final ReadPolicy FOLLOWER = new ReadPolicy(false, ReadLevel.LINEARIZABLE);

  private final boolean atLeader;
  private final ReadLevel level;

  private ReadPolicy(boolean atLeader, ReadLevel level) {
    this.atLeader = atLeader;
    this.level = level;
  }

  /** By this node, which asks nobody if it has asked the leader within this time. */
  public static ReadPolicy stale(Duration atMost) {
    return new ReadPolicy(false, ReadLevel.boundedStale(atMost));
  }

  /** Whether a read of this node's clients goes to the leader; else this node answers it. */
  boolean atLeader() {
    return atLeader;
  }

  <T> CompletableFuture<T> ours(Raft node, Supplier<T> query) {
    return node.read(level, query);
  }

  /**
   * Whoever sends a read to the leader wants to see every earlier write, so it is never stale. A
   * lease is only asked for while this node believes that it leads. If that has just ended, the
   * node asks the next leader, which is as good.
   */
  <T> CompletableFuture<T> asLeader(Raft node, Supplier<T> query) {
    return level instanceof ReadLevel.Lease ? node.read(level, query) : node.read(query);
  }
}
