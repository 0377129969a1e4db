package io.raftlessons.cluster.launcher;

import io.raftlessons.cluster.backup.SnapshotBucket;
import io.raftlessons.cluster.config.ClusterConfig;
import io.raftlessons.cluster.s3.EmbeddedS3;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The snapshots in S3 for a command. If they are in the launcher's own store and no launcher runs,
 * that store is started for as long as it takes.
 */
final class BucketAccess implements Closeable {
  private final Optional<EmbeddedS3> ownStore;
  private final Path scratch;
  private final SnapshotBucket bucket;

  private BucketAccess(Optional<EmbeddedS3> ownStore, Path scratch, SnapshotBucket bucket) {
    this.ownStore = ownStore;
    this.scratch = scratch;
    this.bucket = bucket;
  }

  /**
   * @throws CommandException if the configuration names no place in S3
   * @throws IOException if it cannot be asked, or is empty
   */
  static BucketAccess open(ClusterConfig config, ClusterDirectory directory) throws IOException {
    if (config.snapshotDestination().isEmpty()) {
      throw new CommandException(
          "snapshots go to no place in S3: RAFT_WORKER__SNAPSHOTS__DESTINATION is 'none'");
    }
    Optional<EmbeddedS3> ownStore = Optional.empty();
    if (config.embedsS3() && !isRunning(directory)) {
      if (!directory.hasS3Store()) {
        throw new CommandException("there never was an S3 store in " + config.dataDirectory());
      }
      ownStore = Optional.of(EmbeddedS3.start(config));
    }
    Path scratch = Files.createTempDirectory("raft-snapshots");
    try {
      return new BucketAccess(ownStore, scratch, SnapshotBucket.ofLostCluster(config, scratch));
    } catch (IOException | RuntimeException e) {
      close(ownStore, scratch);
      throw e;
    }
  }

  private static boolean isRunning(ClusterDirectory directory) {
    return BaseCommand.control(directory).tryCall("status", 0).isPresent();
  }

  SnapshotBucket bucket() {
    return bucket;
  }

  @Override
  public void close() throws IOException {
    bucket.close();
    close(ownStore, scratch);
  }

  private static void close(Optional<EmbeddedS3> ownStore, Path scratch) throws IOException {
    if (ownStore.isPresent()) {
      ownStore.get().close();
    }
    ClusterDirectory.deleteTree(scratch);
  }
}
