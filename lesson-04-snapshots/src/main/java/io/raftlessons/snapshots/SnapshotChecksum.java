package io.raftlessons.snapshots;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The checksum of a snapshot's content: the first eight bytes of its SHA-256, big-endian. HashiCorp
 * has CRC-64. Java has no CRC-64, but every Java has SHA-256, often in hardware, and any {@code
 * sha256sum} can check a snapshot. A damage of any kind goes unseen once in 2^64.
 *
 * <p>Not thread-safe.
 */
public final class SnapshotChecksum {
  private final MessageDigest digest;

  public SnapshotChecksum() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform must have SHA-256", e);
    }
  }

  /** Adds all that remains in the buffer, and consumes it. */
  public void update(ByteBuffer bytes) {
    digest.update(bytes);
  }

  /** The checksum of all that was added; starts anew. */
  public long value() {
    return ByteBuffer.wrap(digest.digest()).getLong();
  }
}
