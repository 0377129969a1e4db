package io.raftlessons.course.trace;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** A run as it was recorded. The events are in their order; an event's number is its place. */
public final class Recording {
  /** What kind of event it is; the names are those of the page's filter. */
  public enum Kind {
    /** A message is processed. */
    RECV,
    /** The core is woken: a timeout, or the next heartbeat. */
    TIME,
    /** A local call: a proposal, a read, a change of the group. */
    CALL,
    /** What was written is on disk, and what waited for it leaves. */
    SYNCED,
    START,
    CRASH,
    /** A server stopped by itself. */
    STOP,
    /** Something that is done to the world, or to a server from outside. */
    FAULT,
    /** What whoever wrote the scenario says. */
    SAY
  }

  /** Something that happened. */
  static final class Event {
    final int number;
    final long nanos;

    /** "" for the world. */
    final String node;

    final Kind kind;

    /** The message that is processed; -1 for none. */
    int message = -1;

    /** What led to it besides what the same server did before; -1 for nothing. */
    int cause = -1;

    /** Fields that changed, the new values. */
    Map<String, String> changed = Map.of();

    /** The messages that leave. */
    final List<Integer> sent = new ArrayList<>();

    /** What goes to the disk, in words. */
    String disk = "";

    /** Ids of rules that it is about. */
    final Set<String> rules = new TreeSet<>();

    /** In a few words. */
    String label = "";

    /** What else there is to say. */
    final List<String> notes = new ArrayList<>();

    /** Whether a reader who has seen one has seen them all. */
    boolean quiet;

    Event(int number, long nanos, String node, Kind kind) {
      this.number = number;
      this.nanos = nanos;
      this.node = node;
      this.kind = kind;
    }
  }

  /** A message and what became of it. */
  static final class Message {
    final int number;
    final String type;
    final String from;
    final String to;
    final int sentBy;

    /** In a few words, and its fields. */
    final String label;

    final Map<String, String> fields;

    /** How it is drawn: the name of a class in the drawing's style. */
    final String style;

    /** The events in which it was processed: several if it was doubled. */
    final List<Integer> receivedBy = new ArrayList<>();

    /** "" unless a copy of it was lost. */
    String lost = "";

    Message(
        int number,
        String type,
        String from,
        String to,
        int sentBy,
        String label,
        Map<String, String> fields,
        String style) {
      this.number = number;
      this.type = type;
      this.from = from;
      this.to = to;
      this.sentBy = sentBy;
      this.label = label;
      this.fields = fields;
      this.style = style;
    }

    String fate() {
      if (receivedBy.isEmpty()) {
        return lost.isEmpty() ? "inflight" : "dropped";
      }
      return receivedBy.size() > 1 ? "dup" : "delivered";
    }
  }

  /**
   * A time in which something is wrong.
   *
   * @param from the number of the event that begins it
   * @param to of the event that ends it; -1 if none does
   * @param nodes whom it concerns; empty for all
   */
  record Fault(int from, int to, String kind, List<String> nodes, String text) {}

  /**
   * What a client asked.
   *
   * @param known whether it knows what came of it
   * @param from the number of the event at which it asked
   * @param to at which it was told; the last one if it was not
   */
  record Call(String client, String text, boolean known, int from, int to) {}

  final List<String> nodes;
  final List<Event> events = new ArrayList<>();
  final List<Message> messages = new ArrayList<>();
  final List<Fault> faults = new ArrayList<>();
  final List<Call> calls = new ArrayList<>();

  Recording(List<String> nodes) {
    this.nodes = new ArrayList<>(nodes);
  }

  /** Where the parts of a script begin: the numbers of their first events. */
  final List<Integer> blocks = new ArrayList<>();

  /** The number of the first event of a part of a script. */
  public int stepOfBlock(int block) {
    return Math.min(blocks.get(block), events.size() - 1);
  }

  /** What the events come to, in their order. */
  public List<String> texts() {
    return events.stream().map(event -> event.label).toList();
  }

  /** How many events there are. */
  public int size() {
    return events.size();
  }

  /** Everybody's fields before an event, by server; a server that is down has none. */
  Map<String, Map<String, String>> stateBefore(int event) {
    Map<String, Map<String, String>> state = new LinkedHashMap<>();
    nodes.forEach(node -> state.put(node, new LinkedHashMap<>()));
    events.subList(0, event).forEach(e -> apply(e, state));
    return state;
  }

  /** Lets an event happen to a state. */
  static void apply(Event event, Map<String, Map<String, String>> state) {
    if (event.node.isEmpty()) {
      return;
    }
    Map<String, String> fields = state.computeIfAbsent(event.node, node -> new LinkedHashMap<>());
    if (event.kind == Kind.CRASH || event.kind == Kind.STOP || event.kind == Kind.START) {
      fields.clear();
    }
    event.changed.forEach(
        (name, value) -> {
          if (value.isEmpty()) {
            fields.remove(name);
          } else {
            fields.put(name, value);
          }
        });
  }
}
