package io.raftlessons.replication.keyvalue;

import io.raftlessons.replication.keyvalue.wire.Reply;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of one client (thesis section 6.3). Immutable.
 *
 * @param id the index of the entry that opened it
 * @param lastUsed log time of the last request that named it, in milliseconds
 * @param firstUnacknowledged no result below this seq is wanted or kept any more; at least 1
 * @param results by seq, none below firstUnacknowledged
 * @param weight sum of the weights of the results
 */
record Session(
    long id,
    long lastUsed,
    long firstUnacknowledged,
    PersistentMap<Long, Reply> results,
    long weight) {

  static Session opened(long id, long time) {
    return new Session(id, time, 1, PersistentMap.empty(), 0);
  }

  @Nullable Reply result(long seq) {
    return results.get(seq);
  }

  /** The session after a request at this time that acknowledges all below a seq. */
  Session used(long time, long unacknowledged) {
    PersistentMap<Long, Reply> rest = results;
    long left = weight;
    for (PersistentMap.Entry<Long, Reply> first = rest.first();
        first != null && first.key() < unacknowledged;
        first = rest.first()) {
      left -= Replies.weight(first.value());
      rest = rest.without(first.key());
    }
    // A copy that was long under way may carry an older mark: forgotten results do not come back.
    return new Session(id, time, Math.max(firstUnacknowledged, unacknowledged), rest, left);
  }

  /** The session with the result of a seq that has none yet. */
  Session with(long seq, Reply reply) {
    PersistentMap<Long, Reply> more = results.with(seq, reply);
    return new Session(id, lastUsed, firstUnacknowledged, more, weight + Replies.weight(reply));
  }
}
