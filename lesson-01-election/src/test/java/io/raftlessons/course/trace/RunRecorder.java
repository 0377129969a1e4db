package io.raftlessons.course.trace;

import io.raftlessons.core.Effect;
import io.raftlessons.core.Effect.SaveHardState;
import io.raftlessons.core.Effect.SendAfterSync;
import io.raftlessons.core.Effect.SendNow;
import io.raftlessons.core.Effect.Write;
import io.raftlessons.core.Effects;
import io.raftlessons.core.RaftCore;
import io.raftlessons.course.trace.Recording.Event;
import io.raftlessons.course.trace.Recording.Kind;
import io.raftlessons.course.trace.Recording.Message;
import io.raftlessons.sim.ClientCall;
import io.raftlessons.sim.Recorder;
import io.raftlessons.sim.SimWorld;
import io.raftlessons.sim.Trace;
import io.raftlessons.wire.Envelope;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes a {@link Recording} of what it hears of a world or of a stage. */
public final class RunRecorder implements Recorder {
  /** Fields that every heartbeat changes. */
  private static final Set<String> COUNTERS = Set.of("roundsAt", "confirmed");

  private static final Pattern ROUND = Pattern.compile(" round \\d+$");

  private final Recording recording;
  private final LongSupplier tasks;
  private final LongSupplier clock;

  /** A message is the same object from its step to its end: which step made it, which number. */
  private final Map<Envelope, Integer> madeBy = new IdentityHashMap<>();

  private final Map<Envelope, Integer> numbers = new IdentityHashMap<>();

  private final Map<String, Map<String, String>> state = new TreeMap<>();
  private final Map<String, Event> newest = new TreeMap<>();
  private final Map<String, Long> taskOfNewest = new TreeMap<>();

  /** What left in a task whose step is still to come. */
  private final Map<String, List<Envelope>> early = new TreeMap<>();

  private final FaultBands bands;

  /**
   * @param tasks counts what happens in the world: what happens in the same task belongs together
   * @param clock virtual time in nanoseconds
   */
  public RunRecorder(List<String> nodes, LongSupplier tasks, LongSupplier clock) {
    recording = new Recording(nodes);
    bands = new FaultBands(recording);
    this.tasks = tasks;
    this.clock = clock;
  }

  /** Records a world from now on. */
  public static RunRecorder of(SimWorld world) {
    RunRecorder recorder = new RunRecorder(world.ids(), world::events, world::now);
    world.record(recorder);
    return recorder;
  }

  /** What was recorded, when the run is over. */
  public Recording recording(List<ClientCall> calls) {
    for (String node : List.copyOf(early.keySet())) {
      leftWithoutStep(node);
    }
    bands.end();
    for (Event event : recording.events) {
      event.quiet &=
          event.sent.stream().allMatch(m -> recording.messages.get(m).style.equals("hb"));
    }
    for (ClientCall call : calls) {
      recording.calls.add(
          new Recording.Call(
              call.client(),
              call.text(),
              call.known(),
              firstFrom(call.fromNanos()),
              firstFrom(call.toNanos())));
    }
    return recording;
  }

  /** The number of the first event that is not before a time; of the last if there is none. */
  private int firstFrom(long nanos) {
    int low = 0;
    int high = last();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (recording.events.get(middle).nanos < nanos) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Whoever wrote the scenario says something. */
  public void say(String text) {
    add("", Kind.SAY).label = text;
  }

  /** Something is done to the world or to a server, in the words of the scenario. */
  public void does(String node, String text) {
    Event event = add(node, node.isEmpty() ? Kind.FAULT : Kind.CALL);
    event.label = text;
    bands.told(event, text);
  }

  /** What else comes of what the server did last. */
  public void detail(String node, String text) {
    Event event = newest.get(node);
    if (event != null) {
      event.notes.add(text);
    }
  }

  /** A server that was not there from the start. */
  public void joined(String node) {
    if (!recording.nodes.contains(node)) {
      recording.nodes.add(node);
    }
  }

  @Override
  public void stepped(String server, RaftCore core, Object input, Effects effects) {
    Map<String, String> before = state.getOrDefault(server, Map.of());
    Map<String, String> after = Fields.of(core.describe());
    Event event = add(server, kind(input));
    event.changed = Fields.difference(before, after);
    event.rules.addAll(Rules.of(input, before, event.changed, effects));
    state.put(server, after);
    if (input instanceof Envelope message) {
      Integer number = numbers.get(message);
      if (number != null) {
        event.message = number;
        event.cause = recording.messages.get(number).sentBy;
        recording.messages.get(number).receivedBy.add(event.number);
      }
    } else if (input.equals("hung sync")) {
      event.notes.add("its disk hangs");
    }
    List<String> writes = new ArrayList<>();
    for (Effect effect : effects.list()) {
      if (effect instanceof SendNow send) {
        madeBy.put(send.envelope(), event.number);
      } else if (effect instanceof SendAfterSync send) {
        madeBy.put(send.envelope(), event.number);
      } else if (effect instanceof Write write) {
        writes.add(inWords(write));
      }
    }
    event.disk = String.join("; ", writes);
    event.label = Labels.of(input, before, event.changed, effects);
    event.quiet = isQuiet(event, input, effects);
    List<Envelope> left = early.remove(server);
    if (left != null) {
      left.forEach(message -> sent(event, message));
    }
  }

  private static Kind kind(Object input) {
    if (input instanceof Envelope) {
      return Kind.RECV;
    }
    return switch ((String) input) {
      case "time", "start", "hung sync" -> Kind.TIME;
      case "synced" -> Kind.SYNCED;
      default -> Kind.CALL;
    };
  }

  private static String inWords(Write write) {
    if (write instanceof SaveHardState save) {
      String vote = save.state().getVotedFor();
      return "currentTerm="
          + save.state().getCurrentTerm()
          + " votedFor="
          + (vote.isEmpty() ? "-" : vote);
    }
    return Words.effect(write);
  }

  /** Heartbeats and their answers, and steps that change nothing. */
  private static boolean isQuiet(Event event, Object input, Effects effects) {
    for (String field : event.changed.keySet()) {
      if (!COUNTERS.contains(field) && !ROUND.matcher(event.changed.get(field)).find()) {
        return false;
      }
    }
    if (input instanceof Envelope message && !Words.isHeartbeat(message)) {
      return false;
    }
    for (Effect effect : effects.list()) {
      if ((effect instanceof SendNow now && !Words.isHeartbeat(now.envelope()))
          || (effect instanceof SendAfterSync late && !Words.isHeartbeat(late.envelope()))
          || effect instanceof Write) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void happened(Trace.Event event) {
    Envelope message = event.message();
    switch (event.kind()) {
      case SEND -> {
        if (message != null) {
          left(message);
        }
      }
      case LOSE -> {
        if (message != null) {
          lost(message, event.text());
        }
      }
      case RECEIVE, ROLE -> {} // the step tells more
      case CRASH -> down(event, Kind.CRASH);
      case STOPPED -> down(event, Kind.STOP);
      case START -> down(event, Kind.START);
      case FAULT -> {
        Event fault = add(event.server(), Kind.FAULT);
        fault.label = event.text();
        bands.told(fault, event.text());
      }
    }
  }

  private void down(Trace.Event event, Kind kind) {
    leftWithoutStep(event.server());
    Event down = add(event.server(), kind);
    down.label = event.text();
    state.remove(event.server());
  }

  private void left(Envelope message) {
    String server = message.getFrom();
    Event event = newest.get(server);
    Long task = taskOfNewest.get(server);
    if (event != null && task != null && task == tasks.getAsLong()) {
      sent(event, message);
    } else {
      early.computeIfAbsent(server, s -> new ArrayList<>()).add(message);
    }
  }

  /**
   * The step that should have come did not: the server stopped, or left something else to do it.
   */
  private void leftWithoutStep(String server) {
    List<Envelope> left = early.remove(server);
    if (left != null) {
      Event event = add(server, Kind.SYNCED);
      event.label = "sends";
      left.forEach(message -> sent(event, message));
    }
  }

  private void sent(Event by, Envelope message) {
    int number = recording.messages.size();
    recording.messages.add(
        new Message(
            number,
            Words.type(message),
            message.getFrom(),
            message.getTo(),
            by.number,
            Words.label(message),
            new LinkedHashMap<>(Words.fields(message)),
            Words.style(message)));
    numbers.put(message, number);
    by.sent.add(number);
    Integer maker = madeBy.get(message);
    if (maker != null && maker != by.number && by.cause < 0) {
      by.cause = maker;
    }
  }

  private void lost(Envelope message, String why) {
    Integer number = numbers.get(message);
    if (number != null) {
      Message lost = recording.messages.get(number);
      lost.lost = why;
    }
  }

  private Event add(String node, Kind kind) {
    List<Envelope> left = early.get(node);
    if (left != null && kind != Kind.SYNCED) {
      leftWithoutStep(node);
    }
    Event event = new Event(recording.events.size(), clock.getAsLong(), node, kind);
    recording.events.add(event);
    newest.put(node, event);
    taskOfNewest.put(node, tasks.getAsLong());
    return event;
  }

  /** The newest event's number; -1 before the first. */
  public int last() {
    return recording.events.size() - 1;
  }

  /** Of a server that has stepped at least once in this life. */
  @Nullable Map<String, String> fields(String server) {
    return state.get(server);
  }
}
