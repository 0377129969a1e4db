package io.raftlessons.cluster.backup;

import io.raftlessons.cluster.archive.Archive;
import io.raftlessons.cluster.config.ClusterConfig;
import io.raftlessons.cluster.node.ClusterIdentity;
import io.raftlessons.cluster.s3.ObjectStoreException;
import io.raftlessons.cluster.s3.S3Config;
import io.raftlessons.cluster.s3.S3ObjectStore;
import io.raftlessons.cluster.s3.S3SnapshotStore;
import io.raftlessons.cluster.s3.SnapshotOwner;
import io.raftlessons.runtime.RealDisk;
import io.raftlessons.snapshots.DamagedSnapshot;
import io.raftlessons.snapshots.SnapshotDamagedException;
import io.raftlessons.snapshots.SnapshotSource;
import io.raftlessons.wire.SnapshotMeta;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The place in S3 that the configuration names for a cluster's snapshots. Blocking; used by one
 * thread at a time.
 */
public final class SnapshotBucket implements Archive.Place, Closeable {
  /** There is one Raft group. */
  private static final String GROUP = "main";

  private static final Logger log = LoggerFactory.getLogger(SnapshotBucket.class);

  private final String place;
  private final S3ObjectStore objects;
  private final SnapshotOwner owner;
  private final S3SnapshotStore store;

  private SnapshotBucket(
      String place, S3ObjectStore objects, SnapshotOwner owner, S3SnapshotStore store) {
    this.place = place;
    this.objects = objects;
    this.owner = owner;
    this.store = store;
  }

  /**
   * For a cluster that uses it. Asks nobody yet.
   *
   * @param scratch a directory for what is on its way
   * @return empty if the configuration names none
   */
  public static Optional<SnapshotBucket> of(
      ClusterConfig config, ClusterIdentity cluster, Path scratch) throws IOException {
    Optional<S3Config> s3 = S3Config.of(config);
    return s3.isEmpty()
        ? Optional.empty()
        : Optional.of(open(config, new S3ObjectStore(s3.get()), owner(cluster), scratch));
  }

  /**
   * For whoever wants a cluster's snapshots back and knows nothing of the cluster any more.
   *
   * @throws IOException if the configuration names none, it cannot be asked, or is empty
   */
  public static SnapshotBucket ofLostCluster(ClusterConfig config, Path scratch)
      throws IOException {
    S3ObjectStore objects =
        new S3ObjectStore(
            S3Config.of(config)
                .orElseThrow(() -> new IOException("the configuration names no place in S3")));
    try {
      SnapshotOwner owner =
          S3SnapshotStore.ownerOf(objects, options(config))
              .orElseThrow(() -> new IOException("there are no snapshots in " + place(config)));
      return open(config, objects, owner, scratch);
    } catch (IOException | RuntimeException e) {
      objects.close();
      throw e;
    }
  }

  private static SnapshotBucket open(
      ClusterConfig config, S3ObjectStore objects, SnapshotOwner owner, Path scratch)
      throws IOException {
    S3SnapshotStore store =
        S3SnapshotStore.open(
            objects, new RealDisk(scratch), System::currentTimeMillis, owner, options(config));
    return new SnapshotBucket(place(config), objects, owner, store);
  }

  private static SnapshotOwner owner(ClusterIdentity cluster) {
    return new SnapshotOwner(cluster.name(), cluster.fingerprint());
  }

  private static S3SnapshotStore.Options options(ClusterConfig config) {
    return S3SnapshotStore.Options.of(config, GROUP, "s3-upload");
  }

  private static String place(ClusterConfig config) {
    return config.snapshotDestination().orElseThrow().toString();
  }

  @Override
  public void upload(SnapshotSource source) throws IOException {
    store.upload(source);
  }

  @Override
  public List<SnapshotMeta> list() throws IOException {
    return store.list();
  }

  /** The name of the cluster whose snapshots these are. */
  public String clusterName() {
    return owner.clusterName();
  }

  /** What people see of a snapshot. Size in bytes. */
  public record Row(String id, long index, long term, long timeMillis, long size) {}

  /** All that are retained, newest first. */
  public List<Row> rows() throws IOException {
    return list().stream()
        .map(
            meta ->
                new Row(
                    meta.getId(), meta.getIndex(), meta.getTerm(), meta.getTime(), meta.getSize()))
        .toList();
  }

  /**
   * Makes the nodes of a new cluster from the newest snapshot that is whole. After that the place
   * is the new cluster's.
   *
   * @return what they begin with
   * @throws IOException if there is none, or it cannot be done
   */
  public Row restore(ClusterConfig config, ClusterIdentity cluster, Path nodes) throws IOException {
    for (DamagedSnapshot damaged : store.damaged()) {
      log.error("snapshot {} is not used: {}", damaged.id(), damaged.reason());
    }
    for (Row row : rows()) {
      try (SnapshotSource source = store.open(row.id())) {
        new Restoration(config, cluster).makeNodes(nodes, source);
      } catch (SnapshotDamagedException | ObjectStoreException.NotFound e) {
        log.error("snapshot {} is not used: {}", row.id(), e.getMessage());
        continue;
      }
      store.claim(owner(cluster), row.id());
      return row;
    }
    throw new IOException("no snapshot in " + place + " is whole");
  }

  @Override
  public void close() {
    objects.close();
  }

  @Override
  public String toString() {
    return place;
  }
}
