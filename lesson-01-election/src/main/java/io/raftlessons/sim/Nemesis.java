package io.raftlessons.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes things go wrong, by seed, until it is told to stop; then it mends everything. Each kind of
 * fault that it causes is counted.
 */
public final class Nemesis {
  private static final long MILLI = 1_000_000;

  private final SimWorld world;
  private final SimRandom random;
  private boolean active = true;
  private long quietAt;

  /** Servers whose disk hangs or fails: only a restart helps them. */
  private final Set<String> troubled = new TreeSet<>();

  public Nemesis(SimWorld world) {
    this.world = world;
    this.random = world.splitRandom();
  }

  /** Begins. A third of the runs has one kind of weather from the start. */
  public void start() {
    if (random.chance(0.3)) {
      badWeather();
    }
    next();
  }

  /**
   * Mends all: no cuts, good weather, good disks, every server up.
   *
   * @return when the last late message has arrived and the last pause is over
   */
  public long stop() {
    active = false;
    world.decisions().end();
    world.note("everything heals");
    world.network().healAll();
    world.network().weather().clear();
    for (String id : world.ids()) {
      world.disk(id).crashAt(Long.MAX_VALUE);
      if (troubled.contains(id)) {
        world.crash(id);
      }
      mend(id);
      world.start(id);
    }
    return Math.max(quietAt, world.now() + world.network().weather().maxLateness);
  }

  /** What a fault has in store for later. When all has been mended it does not come any more. */
  private void later(long nanos, Runnable task) {
    world.after(
        nanos,
        () -> {
          if (active) {
            task.run();
          }
        });
  }

  private void next() {
    later(
        random.between(5 * MILLI, 400 * MILLI),
        () -> {
          act();
          next();
        });
  }

  private void act() {
    switch (random.nextInt(12)) {
      case 0, 1 -> crash(any());
      case 2 -> crashSeveral();
      case 3 -> crashInDiskOperation(any());
      case 4 -> partition();
      case 5 -> cutOneWay();
      case 6 -> isolate(any());
      case 7 -> pause(any());
      case 8 -> badWeather();
      case 9 -> goodWeather();
      case 10 -> slowDisk(any());
      default -> diskTrouble(any());
    }
  }

  private String any() {
    return world.ids().get(random.nextInt(world.ids().size()));
  }

  /**
   * A fault is about to happen, and what it needs of random numbers is drawn. One that is left out
   * goes on to draw later what it would have drawn, and does nothing else.
   */
  private boolean happens(String words) {
    return world.fault(words);
  }

  private void count(String fault) {
    world.reach().count("fault: " + fault);
  }

  private void crash(String id) {
    crash(happens("crash of " + id), id);
  }

  private void crash(boolean happens, String id) {
    if (happens && world.isUp(id)) {
      count("crash");
      world.crash(id);
    }
    startLater(happens, id);
  }

  private void startLater(boolean happens, String id) {
    long pause = random.chance(0.5) ? random.between(0, 5 * MILLI) : random.between(0, 900 * MILLI);
    if (happens) {
      later(pause, () -> world.start(id));
    }
  }

  private void crashSeveral() {
    boolean all = random.chance(0.5);
    String fault = all ? "crash of all servers" : "crash of several servers";
    boolean happens = happens(fault);
    if (happens) {
      count(fault);
    }
    for (String id : world.ids()) {
      if (all || random.chance(0.5)) {
        if (happens) {
          world.crash(id);
        }
        startLater(happens, id);
      }
    }
  }

  private void crashInDiskOperation(String id) {
    int ahead = 1 + random.nextInt(6);
    boolean happens = happens("crash of " + id + " at its disk operation " + ahead + " from now");
    if (happens) {
      count("crash at a disk operation");
      SimDisk disk = world.disk(id);
      disk.crashAt(disk.operations() + ahead);
    }
    later(random.between(0, 500 * MILLI), () -> startLater(happens, id));
  }

  private void partition() {
    List<String> one = new ArrayList<>();
    List<String> other = new ArrayList<>();
    for (String id : world.ids()) {
      (random.chance(0.5) ? one : other).add(id);
    }
    boolean happens = happens("partition " + one + " | " + other);
    if (happens) {
      count("partition");
      for (String a : one) {
        for (String b : other) {
          world.network().cut(a, b);
          world.network().cut(b, a);
        }
      }
    }
    healLater(happens);
  }

  private void cutOneWay() {
    String from = any();
    String to = any();
    boolean happens = happens("cut " + from + " > " + to);
    if (happens) {
      count("one-way cut");
      world.network().cut(from, to);
    }
    healLater(happens);
  }

  private void isolate(String id) {
    boolean in = random.chance(0.7);
    boolean out = !in || random.chance(0.6);
    boolean happens = happens("isolate " + id + (in ? " in" : "") + (out ? " out" : ""));
    if (happens) {
      count("isolation");
      for (String peer : world.ids()) {
        if (in) {
          world.network().cut(peer, id);
        }
        if (out) {
          world.network().cut(id, peer);
        }
      }
    }
    healLater(happens);
  }

  private void healLater(boolean happens) {
    long pause = random.between(20 * MILLI, 1_500 * MILLI);
    if (happens) {
      later(
          pause,
          () -> {
            world.note("cuts heal");
            world.network().healAll();
          });
    }
  }

  private void pause(String id) {
    long nanos = random.between(MILLI, 700 * MILLI);
    if (happens("pause of " + id + " for " + nanos / MILLI + " ms")) {
      count("pause");
      quietAt = Math.max(quietAt, world.now() + nanos);
      world.pause(id, nanos);
    }
  }

  private void badWeather() {
    double loss = random.chance(0.5) ? random.nextDouble() * 0.4 : 0;
    double duplication = random.chance(0.5) ? random.nextDouble() * 0.3 : 0;
    double reordering = random.chance(0.5) ? random.nextDouble() : 0;
    double late = random.chance(0.5) ? random.nextDouble() * 0.2 : 0;
    String words = "bad weather: loss %.2f, duplication %.2f, reordering %.2f, late %.2f";
    if (happens(String.format(Locale.ROOT, words, loss, duplication, reordering, late))) {
      count("bad weather");
      SimNetwork.Weather weather = world.network().weather();
      weather.loss = loss;
      weather.duplication = duplication;
      weather.reordering = reordering;
      weather.late = late;
    }
  }

  private void goodWeather() {
    if (happens("good weather")) {
      world.network().weather().clear();
    }
  }

  private void slowDisk(String id) {
    double probability = random.nextDouble();
    long nanos = random.between(MILLI, 400 * MILLI);
    long pause = random.between(50 * MILLI, 1_000 * MILLI);
    if (happens("slow disk of " + id)) {
      count("slow disk");
      SimDisk.Faults faults = world.diskFaults(id);
      faults.slowSyncProbability = probability;
      faults.slowSyncNanos = nanos;
      later(pause, () -> faults.slowSyncProbability = 0);
    }
  }

  /** A disk that hangs, fails, is full or cannot be read stays so until the server is restarted. */
  private void diskTrouble(String id) {
    int which = random.nextInt(4);
    String trouble =
        List.of("hung disk", "failing disk", "full disk", "unreadable disk").get(which);
    boolean happens = happens(trouble + " of " + id);
    if (happens) {
      count(trouble);
      SimDisk.Faults faults = world.diskFaults(id);
      switch (which) {
        case 0 -> faults.hangSyncProbability = 1;
        case 1 -> faults.syncErrorProbability = 1;
        case 2 -> faults.capacityBytes = 0;
        default -> faults.readErrorProbability = 1;
      }
      troubled.add(id);
    }
    if (which == 3 && random.chance(0.5)) {
      crash(happens, id); // a running server may never look
    }
    later(
        random.between(300 * MILLI, 1_500 * MILLI),
        () -> {
          if (happens) {
            world.crash(id);
            mend(id);
          }
          startLater(happens, id);
        });
  }

  private void mend(String id) {
    troubled.remove(id);
    SimDisk.Faults faults = world.diskFaults(id);
    faults.slowSyncProbability = 0;
    faults.hangSyncProbability = 0;
    faults.syncErrorProbability = 0;
    faults.readErrorProbability = 0;
    faults.capacityBytes = Long.MAX_VALUE;
  }
}
