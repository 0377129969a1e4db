package io.raftlessons.snapshots.sim;

import io.raftlessons.core.Effects;
import io.raftlessons.core.RaftCore;
import io.raftlessons.core.Role;
import io.raftlessons.membership.sim.SimGroup;
import io.raftlessons.replication.LogWrite.TrimLog;
import io.raftlessons.runtime.Disk;
import io.raftlessons.sim.Check;
import io.raftlessons.sim.SimDisk;
import io.raftlessons.sim.SimRandom;
import io.raftlessons.sim.SimWorld;
import io.raftlessons.snapshots.SnapshotEffect.Restore;
import io.raftlessons.snapshots.SnapshotEffect.StoreChunk;
import io.raftlessons.wire.Envelope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What goes wrong with snapshots in particular: servers are kept away until they need one, go down
 * in the middle of sending, receiving and cutting the log, and snapshots are damaged on the disk.
 */
final class SnapshotFaults implements Check {
  private static final long MILLI = 1_000_000;

  /** What somebody must do next to go down. */
  private enum Trap {
    NONE,
    SENDS,
    RECEIVES,
    RESTORES,
    CUTS,
    /** Not who has received all goes down, but who sent it. */
    HAS_RECEIVED
  }

  private final SimWorld world;
  private final SimRandom random;
  private final SimGroup.Setting setting;
  private final SnapshotCalls calls;
  private boolean active = true;
  private Trap trap = Trap.NONE;
  private long pauseAfterTrap;

  /** Servers with a damaged snapshot that have not started since. */
  private final Set<String> damaged = new TreeSet<>();

  SnapshotFaults(SimWorld world, SimRandom random, SimGroup.Setting setting, SnapshotCalls calls) {
    this.world = world;
    this.random = random;
    this.setting = setting;
    this.calls = calls;
  }

  void begin() {
    world.after(0, this::callOn);
    world.after(0, this::next);
  }

  void stop() {
    active = false;
    trap = Trap.NONE;
  }

  /** Somebody asks a server for a snapshot, and then again after a while. */
  private void callOn() {
    if (!active) {
      return;
    }
    String id = any();
    if (world.operation()) {
      calls.snapshot(id, setting.members().get(id));
    }
    world.after(random.between(5 * MILLI, 300 * MILLI), this::callOn);
  }

  private void next() {
    if (!active) {
      return;
    }
    switch (random.nextInt(12)) {
      case 0, 1, 2 -> keepAway();
      case 3, 4 -> lay(Trap.SENDS, "whoever sends a snapshot next crashes in the middle");
      case 5, 6 -> lay(Trap.RECEIVES, "whoever receives a snapshot next crashes in the middle");
      case 7 -> lay(Trap.RESTORES, "whoever restores a snapshot next crashes before it has");
      case 8 -> lay(Trap.HAS_RECEIVED, "whoever has sent a snapshot next crashes");
      case 9 -> lay(Trap.CUTS, "whoever cuts its log next crashes before that is done");
      default -> damage();
    }
    world.after(random.between(20 * MILLI, 600 * MILLI), this::next);
  }

  private String any() {
    return world.ids().get(random.nextInt(world.ids().size()));
  }

  /** Often a leader that is given much to write which will never be committed. */
  private void keepAway() {
    String away = random.chance(0.5) ? leader() : any();
    int burst = random.chance(0.5) ? random.nextInt(80) : 0;
    long pause = random.between(100 * MILLI, 1_200 * MILLI);
    if (!world.fault("keep " + away + " away, with " + burst + " calls to make")) {
      return;
    }
    world.reach().count("fault: server kept away");
    for (String peer : world.ids()) {
      world.network().cut(peer, away);
      world.network().cut(away, peer);
    }
    setting.service().burst(away, burst);
    for (long part = 1; part <= 3; part++) {
      later(pause * part / 3, () -> calls.ofAllBut(away, setting.members()));
    }
    later(
        pause + 20 * MILLI,
        () -> {
          world.note("cuts heal");
          world.network().healAll();
        });
  }

  private void later(long nanos, Runnable task) {
    world.after(
        nanos,
        () -> {
          if (active) {
            task.run();
          }
        });
  }

  private String leader() {
    for (String id : world.ids()) {
      RaftCore core = world.core(id);
      if (core != null && core.role() == Role.LEADER) {
        return id;
      }
    }
    return any();
  }

  private void lay(Trap next, String words) {
    long pause = random.between(0, 400 * MILLI);
    if (world.fault(words)) {
      trap = next;
      pauseAfterTrap = pause;
    }
  }

  @Override
  public void stepped(String server, RaftCore core, Object input, Effects effects) {
    boolean springs =
        switch (trap) {
          case RECEIVES -> stores(effects, chunk -> chunk.offset() > 0);
          case RESTORES -> !effects.of(Restore.class).isEmpty();
          case CUTS -> !effects.of(TrimLog.class).isEmpty();
          case HAS_RECEIVED -> stores(effects, StoreChunk::last);
          case SENDS, NONE -> false;
        };
    if (springs && trap == Trap.HAS_RECEIVED) {
      slow(server);
      goesDown(leader());
    } else if (springs) {
      goesDown(server);
    }
  }

  private static boolean stores(Effects effects, Predicate<StoreChunk> which) {
    return effects.of(StoreChunk.class).stream().anyMatch(which);
  }

  /** The next leader may send the log before the snapshot is stored. */
  private void slow(String server) {
    SimDisk.Faults faults = world.diskFaults(server);
    faults.slowSyncProbability = 1;
    faults.slowSyncNanos = 400 * MILLI;
    later(500 * MILLI, () -> faults.slowSyncProbability = 0);
  }

  @Override
  public void sent(Envelope message) {
    if (trap == Trap.SENDS && message.getInstallSnapshot().getOffset() > 0) {
      goesDown(message.getFrom());
    }
  }

  private void goesDown(String server) {
    world.reach().count("fault: crash of who " + trap.name().toLowerCase(Locale.ROOT));
    trap = Trap.NONE;
    long pause = pauseAfterTrap;
    world.after(
        0,
        () -> {
          world.crash(server);
          world.after(pause, () -> world.start(server));
        });
  }

  /**
   * A byte of a member's snapshot changes. The server finds that out when it starts the next time,
   * and may have to give up; so only one that can be spared, and it is replaced then.
   */
  private void damage() {
    String id = any();
    int which = random.nextInt(3);
    long byteAt = random.nextLong(1 << 20);
    int bit = 1 << random.nextInt(8);
    if (!isWell(id)
        || !setting.disks().mayBeLost(id)
        || !world.fault("a snapshot of " + id + " is damaged")) {
      return;
    }
    world.crash(id);
    world.disk(id).crashAt(Long.MAX_VALUE); // one that is down already may have a crash before it
    try {
      if (flip(world.disk(id), which, byteAt, bit)) {
        world.reach().count("fault: snapshot damaged");
        damaged.add(id);
        setting.disks().lost(id);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    world.start(id);
  }

  private boolean isWell(String id) {
    SimDisk.Faults faults = world.diskFaults(id);
    return faults.readErrorProbability == 0
        && faults.syncErrorProbability == 0
        && faults.hangSyncProbability == 0
        && faults.capacityBytes == Long.MAX_VALUE;
  }

  /** Mostly of the newest one, which is the last by name unless the numbers got longer. */
  private static boolean flip(SimDisk disk, int which, long byteAt, int bit) throws IOException {
    if (!disk.exists("snapshots")) {
      return false;
    }
    List<String> all = disk.listDirectories("snapshots");
    if (all.isEmpty()) {
      return false;
    }
    String victim = all.get(which == 0 ? 0 : all.size() - 1);
    String name = "snapshots/" + victim + (which == 2 ? "/meta.json" : "/state.bin");
    if (!disk.exists(name)) {
      return false;
    }
    try (Disk.File file = disk.open(name)) {
      if (file.size() == 0) {
        return false;
      }
      long position = byteAt % file.size();
      ByteBuffer one = ByteBuffer.allocate(1);
      file.read(position, one);
      file.writeAt(position, ByteBuffer.wrap(new byte[] {(byte) (one.get(0) ^ bit)}));
      file.sync();
      return true;
    }
  }

  /** A server starts after all: what its snapshots lack is in its log. */
  void started(String id) {
    if (damaged.remove(id)) {
      setting.disks().found(id);
    }
  }

  /** It has to be removed, and added again with an empty disk. */
  boolean mayStop(String server, Throwable cause) {
    boolean gap =
        damaged.contains(server)
            && String.valueOf(cause.getMessage()).contains("What is between is missing");
    if (gap) {
      world.reach().count("server stopped because a snapshot is missing");
    }
    return gap;
  }

  @Override
  public void diskReplaced(String server) {
    damaged.remove(server);
  }
}
