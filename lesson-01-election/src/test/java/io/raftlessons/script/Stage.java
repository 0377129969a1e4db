package io.raftlessons.script;

import static java.util.Objects.requireNonNull;

import io.raftlessons.core.CoreFixture;
import io.raftlessons.core.Role;
import io.raftlessons.course.trace.RunRecorder;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Servers, the messages between them, and time. Nothing moves unless a command says so: messages
 * wait until they are delivered, no timer goes off by itself, and all clocks show the same.
 */
public final class Stage {
  private static final int MOST_DELIVERIES = 1_000;
  private static final int MOST_ROUNDS = 3;
  private static final Set<BodyCase> ELECTION =
      EnumSet.of(
          BodyCase.PRE_VOTE,
          BodyCase.PRE_VOTE_REPLY,
          BodyCase.REQUEST_VOTE,
          BodyCase.REQUEST_VOTE_REPLY);

  private static final Set<BodyCase> HEARTBEAT =
      EnumSet.of(BodyCase.APPEND_ENTRIES, BodyCase.APPEND_ENTRIES_REPLY);

  private final Server.Factory factory;
  private final Wording wording;
  private final Trace trace = new Trace();
  private final Map<String, Actor> actors = new LinkedHashMap<>();
  private final List<Envelope> inFlight = new ArrayList<>();
  private final List<Link> cuts = new ArrayList<>();
  private final List<String> voters = new ArrayList<>();
  private long now = 1_000 * CoreFixture.MS;
  private long tasks;
  private @Nullable RunRecorder recorder;

  Stage(Server.Factory factory, Wording wording) {
    this.factory = factory;
    this.wording = wording;
  }

  public Trace trace() {
    return trace;
  }

  /** Records all that happens from now on, also what is not told. */
  RunRecorder record() {
    RunRecorder made = new RunRecorder(List.of(), () -> tasks, () -> now);
    recorder = made;
    return made;
  }

  /** Tells whoever records. */
  void record(Consumer<RunRecorder> event) {
    if (recorder != null) {
      event.accept(recorder);
    }
  }

  private void recordLoss(Envelope message, String why) {
    record(r -> r.lost(message, why));
  }

  /** A loop begins with something else. */
  void task() {
    tasks++;
  }

  Wording wording() {
    return wording;
  }

  long now() {
    return now;
  }

  /** The server that an argument names. */
  public Actor actor(Command command, int i) {
    return actor(command, command.arg(i));
  }

  private Actor actor(Command command, String id) {
    Actor actor = actors.get(id);
    if (actor == null) {
      throw command.error("no server " + id + ", there are " + actors.keySet());
    }
    return actor;
  }

  Collection<Actor> actors() {
    return actors.values();
  }

  void cluster(Command command) {
    if (!actors.isEmpty()) {
      throw command.error("there is a cluster already");
    }
    command.args().forEach(id -> add(command, id));
    voters.addAll(actors.keySet());
    actors.values().forEach(this::start);
  }

  /** A server that is none of the voters starts with an empty disk. */
  public void newcomer(Command command) {
    if (actors.containsKey(command.arg(0))) {
      throw command.error("there is a server " + command.arg(0) + " already");
    }
    start(add(command, command.arg(0)));
  }

  private Actor add(Command command, String id) {
    if (!id.matches("[a-z][a-z0-9]*")) {
      throw command.error("a server's name has small letters and digits, not " + id);
    }
    Actor actor = new Actor(id, this, factory, actors.size() + 1L);
    actors.put(id, actor);
    record(r -> r.joined(id));
    return actor;
  }

  /** Starts a server anew from its disk. */
  public void start(Actor actor) {
    actor.start(voters);
  }

  void pass(long millis) {
    now += millis * CoreFixture.MS;
  }

  /** Time goes on to the server's next alarm, if it is still to come, and the server is woken. */
  void wake(Command command, Actor actor) {
    ScriptHost host = actor.host(command);
    now = Math.max(now, actor.wakeAt());
    host.ring();
  }

  /** Time passes, and the leader's heartbeats are sent and answered. Nothing is told. */
  void heartbeats(Command command, Actor leader, long millis) {
    final List<String> told = trace.take();
    long end = now + millis * CoreFixture.MS;
    while (leader.role() == Role.LEADER && leader.wakeAt() <= end) {
      wake(command, leader);
      deliverUntilQuiet(command, m -> HEARTBEAT.contains(m.getBodyCase()));
    }
    if (leader.role() != Role.LEADER) {
      throw command.error(leader.id() + " does not lead any more");
    }
    now = end;
    trace.take();
    told.forEach(trace::event);
  }

  /** The server is elected, and what it says as a leader arrives everywhere. Nothing is told. */
  public void lead(Command command, Actor leader) {
    final List<String> told = trace.take();
    elect(command, leader, actors.keySet());
    deliverUntilQuiet(command, m -> true);
    wake(command, leader);
    deliverUntilQuiet(command, m -> true);
    trace.take();
    told.forEach(trace::event);
  }

  /** A server sends. */
  void sent(Envelope message) {
    boolean lost = cuts.stream().anyMatch(cut -> cut.carries(message));
    record(r -> r.left(message));
    if (lost) {
      recordLoss(message, "cut off");
    } else {
      inFlight.add(message);
    }
    trace.sent(message.getTo(), wording.message(message) + (lost ? " (lost)" : ""));
  }

  void cut(Link link) {
    cuts.add(link);
  }

  void heal() {
    cuts.clear();
  }

  /** The messages in flight that a command means: all of them, those of a link, or one. */
  List<Envelope> chosen(Command command) {
    if (command.args().equals(List.of("all"))) {
      return List.copyOf(inFlight);
    }
    Link link = Link.of(this, command);
    List<Envelope> chosen = inFlight.stream().filter(link::carries).toList();
    if (chosen.isEmpty()) {
      throw command.error("no such message is in flight");
    }
    if (command.args().size() == 3) {
      return chosen;
    }
    return switch (command.arg(3)) {
      case "first" -> chosen.subList(0, 1);
      case "last" -> chosen.subList(chosen.size() - 1, chosen.size());
      default -> throw command.error("neither first nor last: " + command.arg(3));
    };
  }

  void drop(List<Envelope> messages) {
    messages.forEach(this::take);
    messages.forEach(message -> recordLoss(message, "lost"));
  }

  void duplicate(List<Envelope> messages) {
    inFlight.addAll(messages);
  }

  void deliver(List<Envelope> messages) {
    messages.forEach(this::deliver);
  }

  /** Delivers, and delivers the answers, until no such message is left. */
  void deliverUntilQuiet(Command command, Predicate<Envelope> which) {
    for (int i = 0; i < MOST_DELIVERIES; i++) {
      Optional<Envelope> next = inFlight.stream().filter(which).findFirst();
      if (next.isEmpty()) {
        return;
      }
      deliver(next.get());
    }
    throw endless(command);
  }

  private static RuntimeException endless(Command command) {
    return command.error("it does not end: " + MOST_DELIVERIES + " messages delivered");
  }

  private void deliver(Envelope message) {
    take(message);
    Actor to = requireNonNull(actors.get(message.getTo()));
    String line = to.id() + " < " + message.getFrom() + "  " + wording.message(message);
    trace.event(to.isDown() ? line + " (lost: " + to.id() + " is down)" : line);
    if (to.isDown()) {
      recordLoss(message, "to a server that is down");
    }
    to.deliver(message);
  }

  /** Of equal messages the first one goes: for who gets it they are the same. */
  private void take(Envelope message) {
    if (!inFlight.remove(message)) {
      throw new IllegalStateException("not in flight: " + message);
    }
  }

  /**
   * The server's election timeout passes, again if it has to learn of a higher term first, and only
   * it and its voters hear of each other until it leads. Only the step in which it becomes leader
   * is told.
   */
  void elect(Command command, Actor candidate, Collection<String> voters) {
    final List<String> told = trace.take();
    Predicate<Envelope> between =
        m ->
            ELECTION.contains(m.getBodyCase())
                && ((m.getFrom().equals(candidate.id()) && voters.contains(m.getTo()))
                    || (m.getTo().equals(candidate.id()) && voters.contains(m.getFrom())));
    int delivered = 0;
    for (int round = 0; round < MOST_ROUNDS && candidate.role() != Role.LEADER; round++) {
      wake(command, candidate);
      Optional<Envelope> next = inFlight.stream().filter(between).findFirst();
      while (next.isPresent() && candidate.role() != Role.LEADER) {
        if (delivered++ == MOST_DELIVERIES) {
          throw endless(command);
        }
        trace.take();
        deliver(next.get());
        next = inFlight.stream().filter(between).findFirst();
      }
    }
    if (candidate.role() != Role.LEADER) {
      throw command.error(candidate.id() + " is not elected by " + voters);
    }
    drop(inFlight.stream().filter(m -> ELECTION.contains(m.getBodyCase())).toList());
    List<String> step = trace.take();
    told.forEach(trace::event);
    step.forEach(trace::event);
  }
}
