package io.raftlessons.cluster.s3;

import java.util.List;
import java.util.Optional;

/**
 * Who asks an S3 store. Its text says nothing of it, so that no log does.
 *
 * @param secretAccessKey never sent: requests are signed with it
 */
public record S3Credentials(String accessKeyId, String secretAccessKey) {
  /** Of a pair, as in settings. */
  static Optional<S3Credentials> of(Optional<List<String>> pair) {
    return pair.map(both -> new S3Credentials(both.get(0), both.get(1)));
  }

  @Override
  public String toString() {
    return "S3Credentials[not shown]";
  }
}
