package seams;

import io.raftlessons.replication.Applied;
import io.raftlessons.wire.SnapshotMeta;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * What lesson 4's facade {@code Raft} still lacks: a plan that compiles. All else of lesson 4 is code
 * already: see the package {@code io.raftlessons.snapshots}.
 */
interface Lesson4 {
  interface RaftToCome {
    /**
     * @param enqueueTimeout how long the call may wait for a place; not how long it may take
     */
    CompletableFuture<Applied> apply(byte[] command, Duration enqueueTimeout);

    /** The state of the whole group becomes that of this snapshot; an index is burned for it. */
    CompletableFuture<Void> restore(SnapshotMeta meta, InputStream state, Duration timeout);

    /** When this server last heard its leader; zero on the leader. */
    Duration lastContact();
  }
}
