package io.raftlessons.replication.keyvalue;

import com.google.protobuf.ByteString;
import io.raftlessons.replication.keyvalue.KeyValueMachine.Limits;
import io.raftlessons.replication.keyvalue.wire.Reply;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answers given under idempotency keys, oldest first. Where a session guards one client's
 * retries, a key guards those of a caller that comes back through another client. An entry's time
 * is that of its first use; it is not renewed. Not thread-safe.
 */
final class IdempotencyTable {
  /**
   * One key and its answer.
   *
   * @param time log time at which the operation was carried out, in milliseconds
   * @param digest of the operation, see {@link KeyValueMachine}
   */
  record Entry(String key, long time, ByteString digest, Reply reply) {
    int weight() {
      return Replies.weight(reply) + key.length() + digest.size();
    }
  }

  private final Limits limits;
  private final Map<String, Entry> byAge = new LinkedHashMap<>();
  private long weight;

  /**
   * @param entries oldest first
   */
  IdempotencyTable(Limits limits, List<Entry> entries) {
    this.limits = limits;
    entries.forEach(this::putLast);
  }

  /** Drops the entries that have reached the retention time. */
  void expire(long time) {
    Iterator<Entry> oldest = byAge.values().iterator();
    while (oldest.hasNext()) {
      Entry entry = oldest.next();
      if (time - entry.time() < limits.idempotencyRetentionMillis()) {
        return;
      }
      oldest.remove();
      weight -= entry.weight();
    }
  }

  /** The entry of a key, or null. */
  @Nullable Entry find(String key) {
    return byAge.get(key);
  }

  /** Keeps the answer of a key that has none; drops the oldest entries if there are too many. */
  void keep(Entry entry) {
    putLast(entry);
    Iterator<Entry> oldest = byAge.values().iterator();
    while (byAge.size() > limits.maxIdempotencyKeys()
        || (weight > limits.maxResultChars() && byAge.size() > 1)) {
      weight -= oldest.next().weight();
      oldest.remove();
    }
  }

  /** All entries, oldest first; O(number of entries). */
  List<Entry> view() {
    return List.copyOf(byAge.values());
  }

  private void putLast(Entry entry) {
    byAge.put(entry.key(), entry);
    weight += entry.weight();
  }
}
