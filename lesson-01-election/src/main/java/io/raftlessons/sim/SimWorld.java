package io.raftlessons.sim;

import io.raftlessons.core.Effect.RoleChanged;
import io.raftlessons.core.Effects;
import io.raftlessons.core.RaftCore;
import io.raftlessons.core.StepObserver;
import io.raftlessons.wire.Envelope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Servers, network, disks and clocks on one thread and one seed. Time is virtual: it jumps to the
 * next event. The same seed gives the same run, in any JVM.
 *
 * <p>A server that fails by a {@link Violation} ends the run; one whose disk was made to fail
 * crashes, as its process would.
 */
public final class SimWorld {
  /** Starts a server on a host: opens its stores and brings it up. Runs on the host's I/O loop. */
  public interface Starter {
    void start(SimHost host, StepObserver observer) throws IOException;
  }

  private static final long MAX_DRIFT_PPM = 1_000;
  private static final long MAX_EVENTS = 5_000_000;

  private final long seed;
  private final List<String> ids;
  private final Starter starter;
  private final List<Check> checks;
  private final SimRandom random;
  private final SimNetwork network;
  private final List<SimDisk> disks = new ArrayList<>();
  private final List<SimDisk.Faults> diskFaults = new ArrayList<>();
  private final long[] driftPpm;
  private final @Nullable SimHost[] hosts;
  private final @Nullable RaftCore[] cores;
  private final Reach reach = new Reach();
  private final Decisions decisions = new Decisions();
  private final PriorityQueue<SimEvent> queue = new PriorityQueue<>();

  private long numbered;
  private long events;
  private long longest = Long.MAX_VALUE;

  /** When the event under way began, and how far the disk has moved its loop's time since. */
  private long eventAt;

  private long cursor;
  private long hash;
  private boolean hashDeeply;
  private @Nullable Trace trace;
  private @Nullable SimHost running;
  private @Nullable Violation violation;

  /**
   * @param ids the servers, all down at first
   */
  public SimWorld(long seed, List<String> ids, Starter starter, List<Check> checks) {
    this.seed = seed;
    this.ids = List.copyOf(ids);
    this.starter = starter;
    this.checks = checks;
    random = new SimRandom(seed);
    network = new SimNetwork(this, random.split(), ids.size());
    hosts = new SimHost[ids.size()];
    cores = new RaftCore[ids.size()];
    driftPpm = new long[ids.size()];
    for (int i = 0; i < ids.size(); i++) {
      SimDisk.Faults faults = new SimDisk.Faults();
      diskFaults.add(faults);
      disks.add(new SimDisk(new DiskClock(), random.split(), faults));
      driftPpm[i] = random.between(-MAX_DRIFT_PPM, MAX_DRIFT_PPM);
    }
  }

  /** Leaves out of the run what the plan says. Before the run begins. */
  public void follow(Plan plan) {
    decisions.follow(plan);
  }

  /** What the run has decided so far. */
  public Decisions decisions() {
    return decisions;
  }

  /**
   * A client is about to do something; it has drawn its random numbers already.
   *
   * @return whether it does
   */
  public boolean operation() {
    return decisions.operation();
  }

  /** Ends the run, by a violation, when it takes more events than this. */
  void noLongerThan(long events) {
    longest = events;
  }

  /** Keeps the newest events for a diagram. */
  public void traceNewest(int limit) {
    trace = new Trace(limit);
  }

  /** Lets {@link #hash} depend on every message and every server's whole state. */
  public void hashDeeply() {
    hashDeeply = true;
  }

  /**
   * Runs until the condition holds or the time is reached.
   *
   * @param nanos virtual time, absolute
   * @return whether the condition held
   * @throws Violation the first rule that was broken
   */
  public boolean runUntil(long nanos, BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      SimEvent event = queue.peek();
      if (event == null || event.at() > nanos) {
        eventAt = Math.max(eventAt, nanos);
        cursor = eventAt;
        return condition.getAsBoolean();
      }
      queue.poll();
      happen(event);
      if (violation != null) {
        throw violation;
      }
    }
    return true;
  }

  /** Runs until that virtual time. */
  public void runUntil(long nanos) {
    runUntil(nanos, () -> false);
  }

  private void happen(SimEvent event) {
    Runnable task = event.task();
    SimLoop loop = event.loop();
    if (task == null || (loop != null && loop.dead())) {
      return;
    }
    if (loop != null && loop.busyUntil() > event.at()) {
      event.putOff(loop.busyUntil());
      queue.add(event);
      return;
    }
    if (++events > MAX_EVENTS) {
      violated(new Violation("Progress", MAX_EVENTS + " events and no end: something repeats"));
    }
    if (events > longest) {
      violated(new Violation("NoLonger", "more than " + longest + " events"));
    }
    eventAt = event.at();
    cursor = event.at();
    running = loop == null ? null : loop.host();
    hash = hash * 31 + (event.at() ^ (loop == null ? -1 : loop.number()));
    try {
      task.run();
    } catch (SimDisk.Crash crash) {
      reach.count("crash in the middle of a disk operation");
      crash(crashing(crash));
    }
    if (loop != null) {
      loop.busyUntil(cursor);
    }
    cursor = event.at();
    running = null;
  }

  private String crashing(SimDisk.Crash crash) {
    if (running == null) {
      throw crash;
    }
    return running.id();
  }

  SimEvent post(long at, @Nullable SimLoop loop, Runnable task) {
    SimEvent event = new SimEvent(numbered++, at, loop, task);
    queue.add(event);
    return event;
  }

  /** Lets the world itself do something after this much virtual time. */
  public void after(long nanos, Runnable task) {
    post(cursor + nanos, null, task);
  }

  /** Starts a server that is down. */
  public void start(String id) {
    int i = indexOf(id);
    if (hosts[i] != null) {
      return;
    }
    SimHost host = new SimHost(this, id, i, disks.get(i), random.split(), driftPpm[i]);
    hosts[i] = host;
    note(Trace.Kind.START, id, null, "starts");
    host.loop("io").execute(() -> startOn(host));
  }

  private void startOn(SimHost host) {
    Observer observer = new Observer(host);
    try {
      starter.start(host, observer);
    } catch (IOException | RuntimeException e) {
      observer.failed(e);
    }
  }

  /** Kills a server: memory and what was not synced are gone. */
  public void crash(String id) {
    int i = indexOf(id);
    SimHost host = hosts[i];
    if (host == null) {
      return;
    }
    host.die();
    hosts[i] = null;
    cores[i] = null;
    disks.get(i).crash(cursor);
    note(Trace.Kind.CRASH, id, null, "crashes");
    checks.forEach(check -> check.crashed(id));
  }

  /** Stops a server's loops until that much time has passed; it keeps its memory. */
  public void pause(String id, long nanos) {
    SimHost host = hosts[indexOf(id)];
    if (host != null) {
      host.pauseUntil(cursor + nanos);
      note(Trace.Kind.FAULT, id, null, "stands still for " + nanos / 1_000_000 + " ms");
    }
  }

  public boolean isUp(String id) {
    return hosts[indexOf(id)] != null;
  }

  /** The core of a running server; null while it is down or starting. */
  public @Nullable RaftCore core(String id) {
    return cores[indexOf(id)];
  }

  public SimNetwork network() {
    return network;
  }

  /** What this server's disk does wrong at the moment. */
  public SimDisk.Faults diskFaults(String id) {
    return diskFaults.get(indexOf(id));
  }

  public SimDisk disk(String id) {
    return disks.get(indexOf(id));
  }

  public List<String> ids() {
    return ids;
  }

  public long seed() {
    return seed;
  }

  public Reach reach() {
    return reach;
  }

  /** Adds what the disks lost and refused to {@link #reach}. Once, when the run is over. */
  public void countDisks() {
    disks.forEach(disk -> disk.reached().addTo(reach));
  }

  /** What every server says of itself, a line each. */
  public String describe() {
    StringBuilder text = new StringBuilder();
    for (String id : ids) {
      RaftCore core = core(id);
      text.append("\n  ").append(id).append(": ");
      text.append(core == null ? "down" : core.describe());
    }
    return text.toString();
  }

  /** How many events have happened. */
  public long events() {
    return events;
  }

  /** Virtual time in nanoseconds. */
  public long now() {
    return cursor;
  }

  /** Equal for equal runs; see {@link #hashDeeply}. */
  public long hash() {
    return hash;
  }

  public List<Trace.Event> trace() {
    return trace == null ? List.of() : trace.events();
  }

  /** A generator of its own for a scenario. */
  public SimRandom splitRandom() {
    return random.split();
  }

  /** Ends the run: the rule was broken. */
  public void violated(Violation broken) {
    if (violation == null) {
      violation = broken;
    }
  }

  /** Says something in the trace, such as a fault. */
  public void note(String text) {
    note(Trace.Kind.FAULT, "", null, text);
  }

  long cursor() {
    return cursor;
  }

  int indexOf(String id) {
    return ids.indexOf(id);
  }

  void sent(Envelope envelope) {
    if (hashDeeply) {
      for (byte b : envelope.toByteArray()) {
        hash = hash * 31 + b;
      }
    }
    try {
      for (Check check : checks) {
        check.sent(envelope);
      }
    } catch (Violation broken) {
      violated(broken);
    }
  }

  void noteSent(Envelope envelope) {
    note(Trace.Kind.SEND, envelope.getFrom(), envelope, "");
  }

  void lost(Envelope envelope, String why) {
    reach.count("message " + why);
    note(Trace.Kind.LOSE, envelope.getTo(), envelope, why);
  }

  void arrived(Envelope envelope, int to) {
    SimHost host = hosts[to];
    if (host == null) {
      lost(envelope, "to a server that is down");
      return;
    }
    note(Trace.Kind.RECEIVE, envelope.getTo(), envelope, "");
    host.deliver(envelope);
  }

  private void note(Trace.Kind kind, String server, @Nullable Envelope message, String text) {
    if (trace != null) {
      trace.add(new Trace.Event(events, cursor, server, kind, message, text));
    }
  }

  private long diskErrors(SimHost host) {
    return disks.get(host.index()).reached().errors();
  }

  private final class DiskClock implements SimDisk.Clock {
    @Override
    public long now() {
      return cursor;
    }

    @Override
    public void charge(long nanos) {
      cursor += nanos;
    }

    @Override
    public long worldNow() {
      return eventAt;
    }
  }

  /** Shows every step of a server to all checks. */
  private final class Observer implements StepObserver {
    private final SimHost host;
    private final long diskErrorsBefore;

    Observer(SimHost host) {
      this.host = host;
      diskErrorsBefore = diskErrors(host);
    }

    @Override
    public void stepped(RaftCore core, Object input, Effects effects) {
      cores[host.index()] = core;
      if (hashDeeply) {
        hash = hash * 31 + core.describe().hashCode();
      }
      try {
        for (Check check : checks) {
          check.stepped(host.id(), core, input, effects);
        }
      } catch (Violation broken) {
        violated(broken);
      }
      if (trace != null) {
        for (RoleChanged change : effects.of(RoleChanged.class)) {
          String leader = change.leader().isEmpty() ? "?" : change.leader();
          String text = change.role() + " t" + change.term() + " leader " + leader;
          note(Trace.Kind.ROLE, host.id(), null, text);
        }
      }
    }

    private void crashIfStillThere() {
      if (!host.dead()) {
        crash(host.id());
      }
    }

    @Override
    public void failed(Throwable cause) {
      note(Trace.Kind.STOPPED, host.id(), null, "stops: " + cause);
      if (cause instanceof Violation broken) {
        violated(broken); // a check saw it while the server started
      } else if (cause instanceof IOException && diskErrors(host) > diskErrorsBefore) {
        reach.count("server stopped by a failing disk");
        post(cursor, null, this::crashIfStillThere);
      } else {
        Violation broken = new Violation("NoServerStops", host.id() + " stopped: " + cause);
        broken.initCause(cause);
        violated(broken);
      }
    }
  }
}
