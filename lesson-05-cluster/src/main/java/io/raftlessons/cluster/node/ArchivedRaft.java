package io.raftlessons.cluster.node;

import io.raftlessons.cluster.archive.Archive;
import io.raftlessons.core.Role;
import io.raftlessons.snapshots.Raft;
import io.raftlessons.snapshots.SnapshotSource;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A server whose snapshots are archived. */
record ArchivedRaft(Raft raft) implements Archive.Node {
  private static final long SECONDS = 60;

  @Override
  public boolean isLeader() {
    return raft.state() == Role.LEADER;
  }

  @Override
  public List<SnapshotMeta> snapshots() throws IOException {
    return await(raft.snapshots());
  }

  @Override
  public SnapshotSource openSnapshot(String id) throws IOException {
    return await(raft.openSnapshot(id));
  }

  private static <T> T await(CompletableFuture<T> answer) throws IOException {
    try {
      return answer.get(SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(String.valueOf(cause.getMessage()), cause);
    } catch (TimeoutException e) {
      throw new IOException("this node's snapshots were not read within " + SECONDS + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
