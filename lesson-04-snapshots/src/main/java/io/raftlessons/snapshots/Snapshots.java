package io.raftlessons.snapshots;

import com.google.protobuf.ByteString;
import io.raftlessons.core.Electorate;
import io.raftlessons.core.Part;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.Step;
import io.raftlessons.membership.Membership;
import io.raftlessons.replication.PeerListener;
import io.raftlessons.replication.Replication;
import io.raftlessons.wire.SnapshotMeta;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Lesson 4's part: the log before a snapshot goes, and a follower that needs it gets the snapshot
 * instead (§7). {@link ReferenceSnapshots} is ours; a student writes another.
 */
public interface Snapshots extends Part, PeerListener {
  /** How far a snapshot is that goes to a follower, in bytes. */
  record Sending(SnapshotMeta meta, long offset) {}

  /** The newest snapshot of this server, as far as it is known to be durable. */
  Optional<SnapshotMeta> latest();

  /**
   * A snapshot of this server's own machine is durable: the log before it may go.
   *
   * @param trailing how many entries before its end stay in the log, for followers that are only a
   *     little behind; from 0
   */
  void taken(Step step, SnapshotMeta meta, long trailing);

  /**
   * The answer to {@link SnapshotEffect.LoadChunk}.
   *
   * @param data not empty, unless the snapshot is
   */
  void chunkLoaded(Step step, String to, SnapshotMeta meta, long offset, ByteString data);

  /**
   * The other answer to {@link SnapshotEffect.LoadChunk}: this snapshot cannot be read any more.
   */
  void chunkMissing(Step step, String to, SnapshotMeta meta);

  /**
   * The answer to {@link SnapshotEffect.StoreChunk}; after the last one the snapshot is durable.
   */
  void chunkStored(Step step, SnapshotEffect.StoreChunk chunk);

  /** The other answer to {@link SnapshotEffect.StoreChunk}: nothing of that snapshot is there. */
  void storeFailed(Step step, SnapshotEffect.StoreChunk chunk);

  /** The answer to {@link SnapshotEffect.Restore}. */
  void restored(Step step, SnapshotMeta meta);

  /** To whom a leader is sending, by id. */
  SortedMap<String, Sending> sending();

  /** How it is made: {@code ReferenceSnapshots::new}, or a student's. */
  interface Factory {
    /**
     * @param latest the snapshot that the machine was started with, if any
     */
    Snapshots create(
        RaftConfig config,
        SnapshotConfig bounds,
        Optional<SnapshotMeta> latest,
        Electorate electorate,
        Replication replication,
        Membership membership);
  }
}
