package io.raftlessons.sim;

import java.util.ArrayList;
import java.util.List;
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

  private void count(String fault) {
    world.reach().count("fault: " + fault);
  }

  private void crash(String id) {
    if (world.isUp(id)) {
      count("crash");
      world.crash(id);
    }
    startLater(id);
  }

  private void startLater(String id) {
    long pause = random.chance(0.5) ? random.between(0, 5 * MILLI) : random.between(0, 900 * MILLI);
    later(pause, () -> world.start(id));
  }

  private void crashSeveral() {
    boolean all = random.chance(0.5);
    count(all ? "crash of all servers" : "crash of several servers");
    for (String id : world.ids()) {
      if (all || random.chance(0.5)) {
        world.crash(id);
        startLater(id);
      }
    }
  }

  private void crashInDiskOperation(String id) {
    count("crash at a disk operation");
    SimDisk disk = world.disk(id);
    disk.crashAt(disk.operations() + 1 + random.nextInt(6));
    later(random.between(0, 500 * MILLI), () -> startLater(id));
  }

  private void partition() {
    count("partition");
    List<String> one = new ArrayList<>();
    List<String> other = new ArrayList<>();
    for (String id : world.ids()) {
      (random.chance(0.5) ? one : other).add(id);
    }
    world.note("partition " + one + " | " + other);
    for (String a : one) {
      for (String b : other) {
        world.network().cut(a, b);
        world.network().cut(b, a);
      }
    }
    healLater();
  }

  private void cutOneWay() {
    count("one-way cut");
    String from = any();
    String to = any();
    world.note("cut " + from + " > " + to);
    world.network().cut(from, to);
    healLater();
  }

  private void isolate(String id) {
    count("isolation");
    boolean in = random.chance(0.7);
    boolean out = !in || random.chance(0.6);
    world.note("isolate " + id + (in ? " in" : "") + (out ? " out" : ""));
    for (String peer : world.ids()) {
      if (in) {
        world.network().cut(peer, id);
      }
      if (out) {
        world.network().cut(id, peer);
      }
    }
    healLater();
  }

  private void healLater() {
    later(
        random.between(20 * MILLI, 1_500 * MILLI),
        () -> {
          world.note("cuts heal");
          world.network().healAll();
        });
  }

  private void pause(String id) {
    count("pause");
    long nanos = random.between(MILLI, 700 * MILLI);
    quietAt = Math.max(quietAt, world.now() + nanos);
    world.pause(id, nanos);
  }

  private void badWeather() {
    count("bad weather");
    SimNetwork.Weather weather = world.network().weather();
    weather.loss = random.chance(0.5) ? random.nextDouble() * 0.4 : 0;
    weather.duplication = random.chance(0.5) ? random.nextDouble() * 0.3 : 0;
    weather.reordering = random.chance(0.5) ? random.nextDouble() : 0;
    weather.late = random.chance(0.5) ? random.nextDouble() * 0.2 : 0;
  }

  private void goodWeather() {
    world.network().weather().clear();
  }

  private void slowDisk(String id) {
    count("slow disk");
    SimDisk.Faults faults = world.diskFaults(id);
    faults.slowSyncProbability = random.nextDouble();
    faults.slowSyncNanos = random.between(MILLI, 400 * MILLI);
    later(random.between(50 * MILLI, 1_000 * MILLI), () -> faults.slowSyncProbability = 0);
  }

  /** A disk that hangs, fails, is full or cannot be read stays so until the server is restarted. */
  private void diskTrouble(String id) {
    SimDisk.Faults faults = world.diskFaults(id);
    switch (random.nextInt(4)) {
      case 0 -> {
        count("hung disk");
        faults.hangSyncProbability = 1;
      }
      case 1 -> {
        count("failing disk");
        faults.syncErrorProbability = 1;
      }
      case 2 -> {
        count("full disk");
        faults.capacityBytes = 0;
      }
      default -> {
        count("unreadable disk");
        faults.readErrorProbability = 1;
        if (random.chance(0.5)) {
          crash(id); // a running server may never look
        }
      }
    }
    troubled.add(id);
    later(
        random.between(300 * MILLI, 1_500 * MILLI),
        () -> {
          world.crash(id);
          mend(id);
          startLater(id);
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
