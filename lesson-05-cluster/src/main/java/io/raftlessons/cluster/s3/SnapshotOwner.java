package io.raftlessons.cluster.s3;

/**
 * Whose snapshots they are.
 *
 * @param clusterName 1 to 64 characters
 * @param fingerprint the cluster's, never 0; another cluster of the same name has another one
 */
public record SnapshotOwner(String clusterName, long fingerprint) {
  public SnapshotOwner {
    if (clusterName.isEmpty() || fingerprint == 0) {
      throw new IllegalArgumentException("a cluster has a name and a fingerprint");
    }
  }

  /** For messages: the name, and the fingerprint in 16 hexadecimal digits. */
  @Override
  public String toString() {
    return "cluster %s with fingerprint %016x".formatted(clusterName, fingerprint);
  }
}
