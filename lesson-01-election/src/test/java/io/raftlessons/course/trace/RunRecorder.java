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
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes a {@link Recording} of what it hears of a world or of a stage. */
public final class RunRecorder implements Recorder {
  /** Fields that every heartbeat changes. */
  private static final Set<String> COUNTERS = Set.of("roundsAt", "confirmed");

  private static final Pattern ROUND = Pattern.compile(" round \\d+$");

  private static final Pattern ANSWER =
      Pattern.compile("tells the (client|reader|operator) .*?(\\S+): (.*)");

  private final Recording recording;
  private final LongSupplier tasks;
  private final LongSupplier clock;

  /** A message is the same object from its step to its end: which step made it, which number. */
  private final Map<Envelope, Integer> madeBy = new IdentityHashMap<>();

  private final Map<Envelope, Integer> numbers = new IdentityHashMap<>();

  private final Map<String, Map<String, String>> state = new TreeMap<>();
  private final Map<String, Event> newest = new TreeMap<>();
  private final Map<String, Long> taskOfNewest = new TreeMap<>();

  private final Set<Integer> arrived = new TreeSet<>();

  private final Map<Envelope, String> lostEarly = new IdentityHashMap<>();

  /** What left in a task whose step is still to come. */
  private final Map<String, List<Envelope>> early = new TreeMap<>();

  /** By server: the call that its next step is about. */
  private final Map<String, String> calls = new TreeMap<>();

  /** Calls that are not answered. */
  private final List<Open> open = new ArrayList<>();

  private record Open(String what, String command, int from) {}

  private final FaultBands bands;

  /** The newest event's time. */
  private long now;

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
  public Recording recording(List<ClientCall> clientCalls) {
    for (String node : List.copyOf(early.keySet())) {
      leftWithoutStep(node);
    }
    for (int number : arrived) {
      Message message = recording.messages.get(number);
      if (message.receivedBy.isEmpty() && message.lost.isEmpty()) {
        message.lost = "it arrived, but the server went down";
      }
    }
    bands.end();
    for (Event event : recording.events) {
      event.quiet &=
          event.sent.stream().allMatch(m -> recording.messages.get(m).style.equals("hb"));
    }
    for (Open call : open) {
      String text = call.command() + " " + call.what();
      recording.calls.add(new Recording.Call("client", text, false, call.from(), last()));
    }
    for (ClientCall call : clientCalls) {
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

  /** Whoever wrote the scenario says something; an empty line parts paragraphs. */
  public void say(List<String> lines) {
    for (String paragraph : String.join("\n", lines).split("\n\n")) {
      if (!paragraph.isBlank()) {
        add("", Kind.SAY).label = paragraph.replace('\n', ' ').strip();
      }
    }
  }

  /** The next part of a script begins. */
  public void block(List<String> prose) {
    recording.blocks.add(recording.events.size());
    say(prose);
  }

  /** A script does something; only what is done to the network cannot be seen at a server. */
  public void does(String command, String text) {
    if (command.equals("cut") || command.equals("heal")) {
      Event event = add("", Kind.FAULT);
      event.label = text;
      bands.told(event, text);
    }
  }

  /** Somebody calls a server: what it does next comes of that. */
  public void called(String server, String command, List<String> args) {
    String what = args.get(args.size() - 1);
    calls.put(server, command + " " + what);
    open.add(new Open(what, command, recording.events.size()));
  }

  /** If it did nothing. */
  public void calledWithoutStep(String server) {
    String call = calls.remove(server);
    if (call != null) {
      add(server, Kind.CALL).label = call;
    }
  }

  /** What else comes of what the server did last. */
  public void told(String server, String text) {
    Event event = newest.get(server);
    if (event != null) {
      event.notes.add(text);
    }
    Matcher answer = ANSWER.matcher(text);
    if (answer.matches()) {
      open.removeIf(call -> call.what().equals(answer.group(2)) && close(call, answer));
    }
  }

  private boolean close(Open call, Matcher answer) {
    String text = call.command() + " " + call.what() + " -> " + answer.group(3);
    recording.calls.add(
        new Recording.Call(
            answer.group(1), text, true, call.from(), Math.max(call.from(), last())));
    return true;
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
    String call = event.kind == Kind.CALL ? calls.remove(server) : null;
    if (call != null) {
      event.label = call + (event.label.isEmpty() ? "" : ": " + event.label);
      event.quiet = false;
    }
    List<Envelope> left = early.remove(server);
    if (left != null) {
      left.forEach(message -> sent(event, message));
      event.label = event.label.isEmpty() ? "on disk" : event.label;
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
      case RECEIVE -> {
        Integer number = message == null ? null : numbers.get(message);
        if (number != null) {
          arrived.add(number);
        }
      }
      case ROLE -> {} // the step tells it
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
    down(event.server(), kind, event.text());
  }

  /** A server begins or ends to run. */
  public void down(String server, Kind kind, String text) {
    leftWithoutStep(server);
    add(server, kind).label = text;
    state.remove(server);
  }

  /** A server sends. */
  public void left(Envelope message) {
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
    String why = lostEarly.remove(message);
    if (why != null) {
      recording.messages.get(number).lost = why;
    }
    by.sent.add(number);
    Integer maker = madeBy.get(message);
    if (maker != null && maker != by.number && by.cause < 0) {
      by.cause = maker;
    }
  }

  /** A message, or a copy of it, will not arrive. */
  public void lost(Envelope message, String why) {
    Integer number = numbers.get(message);
    if (number == null) {
      lostEarly.put(message, why); // it left before its step was told
    } else {
      Message lost = recording.messages.get(number);
      lost.lost = why;
    }
  }

  private Event add(String node, Kind kind) {
    List<Envelope> left = early.get(node);
    if (left != null && kind != Kind.SYNCED) {
      leftWithoutStep(node);
    }
    // While a server waits for its disk its time runs ahead of the others'; the order is the
    // world's.
    now = Math.max(now, clock.getAsLong());
    Event event = new Event(recording.events.size(), now, node, kind);
    recording.events.add(event);
    newest.put(node, event);
    taskOfNewest.put(node, tasks.getAsLong());
    return event;
  }

  private int last() {
    return recording.events.size() - 1;
  }
}
