package io.raftlessons.replication;

/**
 * The bounds of replication. All sizes are serialized bytes.
 *
 * @param maxAppendBytes how much one AppendEntries carries (one entry may be larger)
 * @param maxInflightMessages how many AppendEntries with entries a follower may leave unanswered
 * @param maxInflightBytes how many bytes of entries a follower may leave unanswered
 * @param maxUncommittedBytes how much a leader takes before it says "busy" (one entry always fits)
 * @param maxEntryBytes the largest command
 * @param maxCachedBytes how much of the newest log stays in memory
 * @param maxApplyBytes how much is handed to the state machine before it says what it has applied
 */
public record ReplicationConfig(
    int maxAppendBytes,
    int maxInflightMessages,
    int maxInflightBytes,
    int maxUncommittedBytes,
    int maxEntryBytes,
    int maxCachedBytes,
    int maxApplyBytes) {

  public ReplicationConfig {
    positive("maxAppendBytes", maxAppendBytes);
    positive("maxInflightMessages", maxInflightMessages);
    positive("maxInflightBytes", maxInflightBytes);
    positive("maxUncommittedBytes", maxUncommittedBytes);
    positive("maxEntryBytes", maxEntryBytes);
    positive("maxCachedBytes", maxCachedBytes);
    positive("maxApplyBytes", maxApplyBytes);
    if (maxEntryBytes > 2 * 1024 * 1024) {
      throw new IllegalArgumentException("maxEntryBytes must be at most 2 MiB: " + maxEntryBytes);
    }
  }

  /** For a node with a heap of 256 MiB. */
  public static ReplicationConfig defaults() {
    int mib = 1024 * 1024;
    return new ReplicationConfig(
        256 * 1024, 64, 4 * mib, 16 * mib, mib + 64 * 1024, 32 * mib, 4 * mib);
  }

  private static void positive(String name, int value) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + " must be positive, it is " + value);
    }
  }
}
