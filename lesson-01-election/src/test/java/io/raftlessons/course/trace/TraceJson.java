package io.raftlessons.course.trace;

import io.raftlessons.course.RuleBook;
import io.raftlessons.course.trace.Recording.Event;
import io.raftlessons.course.trace.Recording.Fault;
import io.raftlessons.course.trace.Recording.Kind;
import io.raftlessons.course.trace.Recording.Message;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A recording as the page reads it. A long one loses events of its middle: of the first ones only
 * what happens to the world is kept, and the last ones are kept whole.
 */
final class TraceJson {
  static final int MOST_EVENTS = 5_000;
  static final int WHOLE_AT_END = 2_000;
  private static final int KEYFRAME_EVERY = 100;

  private final Recording run;
  private final About about;

  private TraceJson(Recording run, About about) {
    this.run = run;
    this.about = about;
  }

  static Map<String, Object> of(Recording run, About about) {
    return new TraceJson(run, about).json();
  }

  private Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("v", 1);
    json.put("name", about.name());
    json.put("lesson", about.lesson());
    json.put("impl", about.impl());
    json.put("test", about.test());
    if (about.seed() != null) {
      json.put("seed", about.seed());
    }
    json.put("nodes", run.nodes);
    json.put("verdict", verdict());
    json.put("repro", about.repeat());
    if (about.shrunkFrom() > 0) {
      Map<String, Object> shrunk = new LinkedHashMap<>();
      shrunk.put("from", about.shrunkFrom());
      shrunk.put("to", about.shrunkTo());
      json.put("shrunk", shrunk);
    }
    List<Event> kept = kept();
    if (kept.size() < run.size()) {
      json.put("left", run.size() - kept.size());
    }
    json.put("start", start());
    json.put("geo", Geometry.json());
    json.put("decimals", kept.stream().allMatch(e -> e.nanos % 1_000_000 == 0) ? 0 : 2);
    json.put("rules", rules(kept));
    json.put("key", keyframes(kept));
    int whole = kept.size() < run.size() ? run.size() - WHOLE_AT_END : 0;
    json.put("ev", kept.stream().map(event -> event(event, event.number >= whole)).toList());
    json.put("msg", run.messages.stream().map(m -> isSeen(m, whole) ? message(m) : 0).toList());
    json.put("fault", run.faults.stream().map(TraceJson::fault).toList());
    json.put("op", run.calls.stream().map(this::call).toList());
    return json;
  }

  private Map<String, Object> verdict() {
    Map<String, Object> verdict = new LinkedHashMap<>();
    verdict.put("ok", about.ok());
    verdict.put("rule", about.rule());
    verdict.put("step", about.step());
    verdict.put("text", about.text());
    return verdict;
  }

  /** The first event at which there is something to see: the servers have started. */
  private int start() {
    for (Event event : run.events) {
      if (event.kind == Kind.SAY || (!event.sent.isEmpty() && !event.changed.isEmpty())) {
        return event.number;
      }
    }
    return 0;
  }

  private List<Event> kept() {
    if (run.size() <= MOST_EVENTS) {
      return run.events;
    }
    List<Event> kept = new ArrayList<>();
    for (Event event : run.events.subList(0, run.size() - WHOLE_AT_END)) {
      if (isOfTheWorld(event.kind)) {
        kept.add(event);
      }
    }
    int room = MOST_EVENTS - WHOLE_AT_END;
    List<Event> all = new ArrayList<>(kept.subList(Math.max(0, kept.size() - room), kept.size()));
    all.addAll(run.events.subList(run.size() - WHOLE_AT_END, run.size()));
    return all;
  }

  private static boolean isOfTheWorld(Kind kind) {
    return switch (kind) {
      case FAULT, CRASH, STOP, START, SAY -> true;
      case RECV, TIME, CALL, SYNCED -> false;
    };
  }

  /** The state before every hundredth of the events that are there without a gap. */
  private List<Map<String, Object>> keyframes(List<Event> kept) {
    List<Map<String, Object>> keyframes = new ArrayList<>();
    int first = kept.size() < run.size() ? run.size() - WHOLE_AT_END : 0;
    Map<String, Map<String, String>> state = new LinkedHashMap<>();
    run.nodes.forEach(node -> state.put(node, new LinkedHashMap<>()));
    for (Event event : run.events) {
      if (event.number >= first && (event.number - first) % KEYFRAME_EVERY == 0) {
        Map<String, Object> copy = new LinkedHashMap<>();
        state.forEach((node, fields) -> copy.put(node, new LinkedHashMap<>(fields)));
        Map<String, Object> keyframe = new LinkedHashMap<>();
        keyframe.put("step", event.number);
        keyframe.put("state", copy);
        keyframes.add(keyframe);
      }
      Recording.apply(event, state);
    }
    return keyframes;
  }

  private static Map<String, Object> event(Event event, boolean whole) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("i", event.number);
    json.put("t", event.nanos / 1_000 / 1_000.0);
    json.put("n", event.node);
    json.put("k", event.kind.name().toLowerCase(Locale.ROOT));
    json.put("l", event.label);
    if (event.message >= 0) {
      json.put("m", event.message);
    }
    if (event.cause >= 0) {
      json.put("cause", event.cause);
    }
    if (whole && !event.changed.isEmpty()) {
      json.put("d", event.changed);
    }
    putUnlessEmpty(json, "out", event.sent);
    if (!event.disk.isEmpty()) {
      json.put("disk", event.disk);
    }
    putUnlessEmpty(json, "rules", List.copyOf(event.rules));
    putUnlessEmpty(json, "notes", event.notes);
    if (event.quiet) {
      json.put("q", 1);
    }
    return json;
  }

  private static void putUnlessEmpty(Map<String, Object> json, String name, List<?> list) {
    if (!list.isEmpty()) {
      json.put(name, list);
    }
  }

  /** One that was sent and received in what is left out is no more than its number. */
  private static boolean isSeen(Message message, int whole) {
    return message.sentBy >= whole || message.receivedBy.stream().anyMatch(event -> event >= whole);
  }

  private static Map<String, Object> message(Message message) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", message.number);
    json.put("type", message.type);
    json.put("from", message.from);
    json.put("to", message.to);
    json.put("sent", message.sentBy);
    json.put("recv", message.receivedBy);
    json.put("fate", message.fate());
    json.put("l", message.label);
    json.put("c", message.style);
    if (!message.lost.isEmpty()) {
      json.put("lost", message.lost);
    }
    json.put("f", message.fields);
    return json;
  }

  private static Map<String, Object> fault(Fault fault) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("from", fault.from());
    json.put("to", fault.to());
    json.put("kind", fault.kind());
    json.put("nodes", fault.nodes());
    json.put("text", fault.text());
    return json;
  }

  private Map<String, Object> call(Recording.Call call) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("client", call.client());
    json.put("call", call.from());
    json.put("ret", call.to());
    json.put("known", call.known());
    json.put("text", call.text());
    return json;
  }

  private static Map<String, String> rules(List<Event> kept) {
    Map<String, String> texts = new TreeMap<>();
    RuleBook book = RuleBook.read();
    for (Event event : kept) {
      for (String id : event.rules) {
        book.find(id).ifPresent(rule -> texts.put(id, rule.sentence()));
      }
    }
    return texts;
  }
}
