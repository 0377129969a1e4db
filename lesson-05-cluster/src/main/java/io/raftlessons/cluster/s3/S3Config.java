package io.raftlessons.cluster.s3;

import io.raftlessons.cluster.config.ClusterConfig;
import io.raftlessons.cluster.config.SnapshotDestination;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * Where a bucket is and how it is asked.
 *
 * @param endpoint of the store; empty for Amazon's of the region
 * @param credentials if empty, the AWS SDK looks for them: {@code AWS_ACCESS_KEY_ID} and {@code
 *     AWS_SECRET_ACCESS_KEY}, then {@code ~/.aws/credentials}, then the machine's role
 * @param timeout of an attempt; a long upload or download has a second more for each MiB
 * @param attempts of a request, at least 1
 */
public record S3Config(
    Optional<URI> endpoint,
    String region,
    String bucket,
    Optional<S3Credentials> credentials,
    Duration timeout,
    int attempts) {
  public S3Config {
    if (timeout.isNegative() || timeout.isZero() || attempts < 1) {
      throw new IllegalArgumentException(
          "timeout " + timeout + ", " + attempts + " attempts: both must be positive");
    }
  }

  /** Ten seconds, three attempts. */
  public static S3Config of(
      Optional<URI> endpoint, String region, String bucket, Optional<S3Credentials> credentials) {
    return new S3Config(endpoint, region, bucket, credentials, Duration.ofSeconds(10), 3);
  }

  /**
   * Where the settings send snapshots; empty if nowhere.
   *
   * @throws IOException if the file with the credentials of the launcher's own store is damaged
   */
  public static Optional<S3Config> of(ClusterConfig config) throws IOException {
    Optional<SnapshotDestination> destination = config.snapshotDestination();
    if (destination.isEmpty()) {
      return Optional.empty();
    }
    Optional<S3Credentials> credentials =
        config.embedsS3() ? EmbeddedS3.credentials(config) : S3Credentials.of(config.s3Keys());
    return Optional.of(
        of(
            Optional.of(config.s3Endpoint()),
            config.s3Region(),
            destination.get().bucket(),
            credentials));
  }

  /** For messages. */
  String location() {
    return "s3://" + bucket + endpoint.map(uri -> " at " + uri).orElse(" in " + region);
  }
}
