package io.raftlessons.sim;

import io.raftlessons.core.Effects;
import io.raftlessons.core.RaftCore;
import io.raftlessons.core.StepObserver;
import io.raftlessons.wire.Envelope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
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

  private final long seed;
  private final List<String> ids;
  private final Starter starter;
  private final SimRandom random;
  private final SimNetwork network;
  private final List<SimDisk> disks = new ArrayList<>();
  private final List<SimDisk> replacedDisks = new ArrayList<>();
  private final List<SimDisk.Faults> diskFaults = new ArrayList<>();
  private final long[] driftPpm;
  private final @Nullable SimHost[] hosts;
  private final @Nullable RaftCore[] cores;
  private final Reach reach = new Reach();
  private final Decisions decisions = new Decisions();
  private final Timeline timeline = new Timeline(this::crashInDiskOperation);
  private final Witness witness;
  private BiPredicate<String, Throwable> mayStop = (server, cause) -> false;
  private Supplier<List<ClientCall>> clientCalls = List::of;

  /**
   * @param ids the servers, all down at first
   */
  public SimWorld(long seed, List<String> ids, Starter starter, List<Check> checks) {
    this.seed = seed;
    this.ids = List.copyOf(ids);
    this.starter = starter;
    witness = new Witness(timeline, checks);
    random = new SimRandom(seed);
    network = new SimNetwork(this, random.split(), ids.size());
    hosts = new SimHost[ids.size()];
    cores = new RaftCore[ids.size()];
    driftPpm = new long[ids.size()];
    for (int i = 0; i < ids.size(); i++) {
      SimDisk.Faults faults = new SimDisk.Faults();
      diskFaults.add(faults);
      disks.add(new SimDisk(timeline, random.split(), faults));
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

  /**
   * A scenario is about to make something go wrong; it has drawn its random numbers already.
   *
   * @param words what it does, for a reader
   * @return whether it does
   */
  public boolean fault(String words) {
    boolean happens = decisions.fault(words);
    if (happens) {
      note(words);
    }
    return happens;
  }

  /** Ends the run, by a violation, when it takes more events than this. */
  void noLongerThan(long events) {
    timeline.noLongerThan(events);
  }

  /** Keeps the newest events for a diagram. */
  public void traceNewest(int limit) {
    witness.traceNewest(limit);
  }

  /** Lets somebody keep all that happens. Before the run begins. */
  public void record(Recorder recorder) {
    witness.record(recorder);
  }

  /** Where {@link #clientCalls} come from: asked when somebody wants to read them. */
  public void clientCalls(Supplier<List<ClientCall>> calls) {
    clientCalls = calls;
  }

  /** What clients have asked so far, in that order. */
  public List<ClientCall> clientCalls() {
    return clientCalls.get();
  }

  /** Lets {@link #hash} depend on every message and every server's whole state. */
  public void hashDeeply() {
    witness.hashDeeply();
  }

  /**
   * Runs until the condition holds or the time is reached.
   *
   * @param nanos virtual time, absolute
   * @return whether the condition held
   * @throws Violation the first rule that was broken
   */
  public boolean runUntil(long nanos, BooleanSupplier condition) {
    return timeline.runUntil(nanos, condition);
  }

  /** Runs until that virtual time. */
  public void runUntil(long nanos) {
    runUntil(nanos, () -> false);
  }

  private void crashInDiskOperation(SimHost host) {
    reach.count("crash in the middle of a disk operation");
    crash(host.id());
  }

  /** Lets the world itself do something after this much virtual time. */
  public void after(long nanos, Runnable task) {
    timeline.post(timeline.now() + nanos, null, task);
  }

  /**
   * Lets a server's clock run fast or slow, from its next start on; without it by a thousandth at
   * most.
   *
   * @param ppm microseconds in a second; up to half a second, in both directions
   */
  public void drift(String id, long ppm) {
    if (Math.abs(ppm) > 500_000) {
      throw new IllegalArgumentException("a clock that drifts by " + ppm + " ppm is no clock");
    }
    driftPpm[indexOf(id)] = ppm;
  }

  /** Starts a server that is down. */
  public void start(String id) {
    int i = indexOf(id);
    if (hosts[i] != null) {
      return;
    }
    SimHost host = new SimHost(this, id, i, disks.get(i), random.split(), driftPpm[i]);
    hosts[i] = host;
    witness.note(Trace.Kind.START, id, null, "starts");
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
    disks.get(i).crash(timeline.now());
    witness.crashed(id);
  }

  /** Puts an empty disk into a server that is down. */
  public void emptyDisk(String id) {
    replaceDisk(id, new SimDisk(timeline, random.split(), diskFaults(id)));
  }

  /** What a server that is down has on its disk: for {@link #setBackDisk}. */
  public SimDisk copyOfDisk(String id) {
    return disk(id).copy(timeline, random.split(), diskFaults(id));
  }

  /**
   * Sets the disk of a server that is down back to what it was.
   *
   * @param earlier a {@link #copyOfDisk}; it stays as it is
   */
  public void setBackDisk(String id, SimDisk earlier) {
    replaceDisk(id, earlier.copy(timeline, random.split(), diskFaults(id)));
  }

  private void replaceDisk(String id, SimDisk disk) {
    if (isUp(id)) {
      throw new IllegalStateException(id + " uses its disk");
    }
    replacedDisks.add(disks.set(indexOf(id), disk));
    witness.diskReplaced(id);
  }

  /** Stops a server's loops until that much time has passed; it keeps its memory. */
  public void pause(String id, long nanos) {
    SimHost host = hosts[indexOf(id)];
    if (host != null) {
      host.pauseUntil(timeline.now() + nanos);
      witness.note(Trace.Kind.FAULT, id, null, "stands still for " + nanos / 1_000_000 + " ms");
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
    replacedDisks.forEach(disk -> disk.reached().addTo(reach));
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
    return timeline.events();
  }

  /** Virtual time in nanoseconds. */
  public long now() {
    return timeline.now();
  }

  /** Equal for equal runs; see {@link #hashDeeply}. */
  public long hash() {
    return timeline.hash();
  }

  public List<Trace.Event> trace() {
    return witness.trace();
  }

  /** A generator of its own for a scenario. */
  public SimRandom splitRandom() {
    return random.split();
  }

  /**
   * Which server may stop by itself, and why: any other that does ends the run, but one whose disk
   * was made to fail.
   */
  public void mayStop(BiPredicate<String, Throwable> mayStop) {
    this.mayStop = mayStop;
  }

  /** Ends the run: the rule was broken. */
  public void violated(Violation broken) {
    timeline.end(broken);
  }

  /** Says something in the trace, such as a fault. */
  public void note(String text) {
    witness.note(Trace.Kind.FAULT, "", null, text);
  }

  Timeline timeline() {
    return timeline;
  }

  int indexOf(String id) {
    return ids.indexOf(id);
  }

  void sent(Envelope envelope) {
    witness.sent(envelope);
  }

  void noteSent(Envelope envelope) {
    witness.note(Trace.Kind.SEND, envelope.getFrom(), envelope, "");
  }

  void lost(Envelope envelope, String why) {
    reach.count("message " + why);
    witness.note(Trace.Kind.LOSE, envelope.getTo(), envelope, why);
  }

  void arrived(Envelope envelope, int to) {
    SimHost host = hosts[to];
    if (host == null) {
      lost(envelope, "to a server that is down");
      return;
    }
    witness.note(Trace.Kind.RECEIVE, envelope.getTo(), envelope, "");
    host.deliver(envelope);
  }

  private long diskErrors(SimHost host) {
    return disks.get(host.index()).reached().errors();
  }

  /** Hears of a server what it did, and why it stopped. */
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
      witness.stepped(host.id(), core, input, effects);
    }

    private void crashIfStillThere() {
      if (!host.dead()) {
        crash(host.id());
      }
    }

    @Override
    public void failed(Throwable cause) {
      witness.note(Trace.Kind.STOPPED, host.id(), null, "stops: " + cause);
      if (cause instanceof Violation broken) {
        violated(broken); // a check saw it while the server started
      } else if (cause instanceof IOException && diskErrors(host) > diskErrorsBefore) {
        reach.count("server stopped by a failing disk");
        after(0, this::crashIfStillThere);
      } else if (!mayStop.test(host.id(), cause)) {
        Violation broken = new Violation("NoServerStops", host.id() + " stopped: " + cause);
        broken.initCause(cause);
        violated(broken);
      }
    }
  }
}
