package io.raftlessons.replication.keyvalue;

import io.raftlessons.replication.keyvalue.KeyValueMachine.Limits;
import io.raftlessons.replication.keyvalue.wire.Reply;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The open sessions, least recently used first. Log time never goes back, so this is also their
 * order by time, and both expiry and eviction take from the front: O(1) each. Not thread-safe.
 */
final class Sessions {
  private final Limits limits;
  private final Map<Long, Session> byLastUse = new LinkedHashMap<>();
  private long weight;

  /**
   * @param sessions least recently used first
   */
  Sessions(Limits limits, List<Session> sessions) {
    this.limits = limits;
    sessions.forEach(this::putLast);
  }

  /** Drops the sessions that nobody used for the time-out or longer. */
  void expire(long time) {
    Iterator<Session> oldest = byLastUse.values().iterator();
    while (oldest.hasNext()) {
      Session session = oldest.next();
      if (time - session.lastUsed() < limits.sessionTimeoutMillis()) {
        return;
      }
      oldest.remove();
      weight -= session.weight();
    }
  }

  void open(long id, long time) {
    putLast(Session.opened(id, time));
    evict();
  }

  /**
   * Notes that a request names the session and acknowledges the results below a seq.
   *
   * @return null if there is no such session; it is never made anew, because nobody knows any more
   *     what it carried out
   */
  @Nullable Session use(long id, long time, long firstUnacknowledged) {
    Session session = remove(id);
    if (session == null) {
      return null;
    }
    Session used = session.used(time, firstUnacknowledged);
    putLast(used);
    return used;
  }

  /** Whether the session must acknowledge results before it may ask for more. */
  boolean isFull(Session session) {
    return session.results().size() >= limits.maxResultsPerSession()
        || session.weight() >= limits.maxResultChars();
  }

  /** Keeps the result of a seq of the session used last. */
  void keep(Session session, long seq, Reply reply) {
    remove(session.id());
    putLast(session.with(seq, reply));
    evict();
  }

  /** All sessions, least recently used first; O(number of sessions). */
  List<Session> view() {
    return List.copyOf(byLastUse.values());
  }

  private void evict() {
    while (byLastUse.size() > limits.maxSessions()
        || (weight > limits.maxResultChars() && byLastUse.size() > 1)) {
      remove(byLastUse.keySet().iterator().next());
    }
  }

  private @Nullable Session remove(long id) {
    Session session = byLastUse.remove(id);
    if (session != null) {
      weight -= session.weight();
    }
    return session;
  }

  private void putLast(Session session) {
    byLastUse.put(session.id(), session);
    weight += session.weight();
  }
}
