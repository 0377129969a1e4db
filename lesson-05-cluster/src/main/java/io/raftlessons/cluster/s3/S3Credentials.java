package io.raftlessons.cluster.s3;

/**
 * Who asks an S3 store. Its text says nothing of it, so that no log does.
 *
 * @param secretAccessKey never sent: requests are signed with it
 */
public record S3Credentials(String accessKeyId, String secretAccessKey) {
  @Override
  public String toString() {
    return "S3Credentials[not shown]";
  }
}
