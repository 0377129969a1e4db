package io.raftlessons.sim;

import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import java.util.Arrays;

/**
 * The network between simulated servers: delay, loss, duplication, reordering and cuts, by seed. A
 * cut is one-directional.
 */
public final class SimNetwork {
  /** What the network is like at the moment. Delays in nanoseconds. */
  public static final class Weather {
    public long minDelay = 100_000;
    public long maxDelay = 1_000_000;

    /** Probability that a message is late by up to {@link #maxLateness}. */
    public double late;

    public long maxLateness = 200_000_000;
    public double loss;
    public double duplication;

    /** Probability that a message does not wait for those sent before it. */
    public double reordering;

    /** Back to a good network. */
    public void clear() {
      late = 0;
      loss = 0;
      duplication = 0;
      reordering = 0;
    }
  }

  private final SimWorld world;
  private final SimRandom random;
  private final Weather weather = new Weather();
  private final int servers;
  private final boolean[] cut;
  private final long[] lastArrival;
  private BodyCase detained = BodyCase.BODY_NOT_SET;
  private long longestDetention;

  SimNetwork(SimWorld world, SimRandom random, int servers) {
    this.world = world;
    this.random = random;
    this.servers = servers;
    cut = new boolean[servers * servers];
    lastArrival = new long[servers * servers];
  }

  public Weather weather() {
    return weather;
  }

  /** Nothing sent by {@code from} reaches {@code to} any more; what is under way is lost too. */
  public void cut(String from, String to) {
    cut[link(from, to)] = true;
  }

  /**
   * From now on each message of this kind is under way for longer, and others overtake it.
   *
   * @param upTo by how much longer, in nanoseconds; 0 for no longer
   */
  public void detain(BodyCase kind, long upTo) {
    detained = kind;
    longestDetention = upTo;
  }

  /** Removes all cuts. */
  public void healAll() {
    Arrays.fill(cut, false);
  }

  void send(Envelope envelope) {
    world.sent(envelope);
    int to = world.indexOf(envelope.getTo());
    boolean lost = to >= 0 && weather.loss > 0 && random.chance(weather.loss);
    if (to < 0 || lost || arrives(envelope, to)) {
      world.noteSent(envelope);
    }
    if (lost) {
      world.lost(envelope, "lost");
    }
  }

  private boolean arrives(Envelope envelope, int to) {
    boolean arrives = deliverLater(envelope, to);
    if (weather.duplication > 0 && random.chance(weather.duplication)) {
      world.reach().count("message doubled");
      arrives |= deliverLater(envelope, to);
    }
    return arrives;
  }

  /** Returns whether the message arrives at all; one that the run leaves out is in no picture. */
  private boolean deliverLater(Envelope envelope, int to) {
    int link = world.indexOf(envelope.getFrom()) * servers + to;
    boolean held = longestDetention > 0 && envelope.getBodyCase() == detained;
    long delay = random.between(weather.minDelay, weather.maxDelay) + lateness();
    delay += held ? random.nextLong(longestDetention) : 0;
    boolean reordered = weather.reordering > 0 && random.chance(weather.reordering) || held;
    int number = world.decisions().message();
    if (!world.decisions().arrives(number)) {
      return false;
    }
    if (world.decisions().atOnce(number)) {
      delay = weather.minDelay;
    }
    long arrival = world.now() + delay;
    if (reordered) {
      if (arrival < lastArrival[link]) {
        world.reach().count("message overtook another");
      }
    } else {
      arrival = Math.max(arrival, lastArrival[link] + 1);
      lastArrival[link] = arrival;
    }
    world.timeline().post(arrival, null, () -> arrive(envelope, link, to));
    return true;
  }

  private long lateness() {
    return weather.late > 0 && random.chance(weather.late)
        ? random.nextLong(weather.maxLateness)
        : 0;
  }

  private void arrive(Envelope envelope, int link, int to) {
    if (cut[link]) {
      world.lost(envelope, "cut off");
    } else {
      world.arrived(envelope, to);
    }
  }

  private int link(String from, String to) {
    return world.indexOf(from) * servers + world.indexOf(to);
  }
}
