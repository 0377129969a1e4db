package seams;

import io.raftlessons.core.Effect;
import io.raftlessons.core.Part;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.Role;
import io.raftlessons.core.Step;
import io.raftlessons.replication.Applied;
import io.raftlessons.replication.LogStore;
import io.raftlessons.replication.StateMachine;
import io.raftlessons.runtime.Host;
import io.raftlessons.runtime.StableStore;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What lesson 4 adds to the frame: a plan that compiles. */
interface Lesson4 {
  /** The part: when to send a snapshot, and what follows when one has come (§7). */
  interface Snapshots extends Part, Lesson2.PeerListener {
    /**
     * The snapshot is durable: the log before it may go.
     *
     * @param trailing how many entries before it stay for slow followers
     */
    void taken(Step step, SnapshotMeta meta, long trailing);

    /** The bytes went to the peer, or did not. They never pass through the core (a proposal). */
    void streamed(Step step, String to, SnapshotMeta meta, boolean delivered);

    /** The state machine now holds this snapshot. */
    void restored(Step step, SnapshotMeta meta);
  }

  /** Send this snapshot on a stream of its own. */
  record Stream(String to, SnapshotMeta meta) implements Effect {}

  /** Put this snapshot in the place of the state machine's state. */
  record Restore(SnapshotMeta meta) implements Effect {}

  /** Stands for the interface of this name in package {@code snapshots}, which is code by now. */
  interface SnapshotStore {
    Optional<SnapshotMeta> latest() throws IOException;
  }

  /**
   * The whole of Raft for a program that embeds it (a proposal). It builds data, parts, core and
   * driver in this order; futures wait here, never in the core.
   */
  interface Raft {
    CompletableFuture<Applied> apply(byte[] command, Duration enqueueTimeout);

    CompletableFuture<Applied> barrier(Duration enqueueTimeout);

    CompletableFuture<Long> verifyLeader();

    CompletableFuture<Long> addVoter(
        String id, String address, long prevIndex, Duration enqueueTimeout);

    CompletableFuture<Long> addNonvoter(
        String id, String address, long prevIndex, Duration enqueueTimeout);

    CompletableFuture<Long> demoteVoter(String id, long prevIndex, Duration enqueueTimeout);

    CompletableFuture<Long> removeServer(String id, long prevIndex, Duration enqueueTimeout);

    CompletableFuture<Configuration> configuration();

    CompletableFuture<Void> leadershipTransfer();

    CompletableFuture<Void> leadershipTransferToServer(String id);

    CompletableFuture<SnapshotMeta> snapshot();

    Role state();

    Optional<String> leader();

    long lastIndex();

    long commitIndex();

    long appliedIndex();

    Map<String, String> stats();

    CompletableFuture<Void> shutdown();

    /** How one is made. */
    interface Factory {
      Raft create(
          RaftConfig config,
          StateMachine machine,
          LogStore log,
          StableStore stable,
          SnapshotStore snapshots,
          Host host);
    }
  }
}
