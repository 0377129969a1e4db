package io.raftlessons.sim;

import io.raftlessons.core.Effect.RoleChanged;
import io.raftlessons.wire.Envelope;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happened, event by event; the newest ones, up to a limit. */
public final class Trace {
  /** The kinds of events. */
  public enum Kind {
    SEND,
    RECEIVE,
    LOSE,
    /** A step changed role, term or known leader. */
    ROLE,
    CRASH,
    START,
    STOPPED,
    FAULT
  }

  /**
   * One event.
   *
   * @param step the number of the world's event in which it happened
   * @param nanos virtual time
   * @param server where; "" for the world itself
   * @param message the message sent, received or lost
   * @param text in words
   */
  public record Event(
      long step, long nanos, String server, Kind kind, @Nullable Envelope message, String text) {}

  private final int limit;
  private final ArrayDeque<Event> events = new ArrayDeque<>();

  Trace(int limit) {
    this.limit = limit;
  }

  void add(Event event) {
    if (events.size() == limit) {
      events.removeFirst();
    }
    events.addLast(event);
  }

  /** What a server is now, in words. */
  static String text(RoleChanged change) {
    String leader = change.leader().isEmpty() ? "?" : change.leader();
    return change.role() + " t" + change.term() + " leader " + leader;
  }

  /** Oldest first. */
  public List<Event> events() {
    return new ArrayList<>(events);
  }
}
