package io.raftlessons.sim;

import io.raftlessons.sim.SimDisk.Clock;
import io.raftlessons.sim.SimDisk.Crash;
import io.raftlessons.sim.SimDisk.CrashPoint;
import io.raftlessons.sim.SimDisk.Faults;
import java.io.IOException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The device under a simulated disk: what calls cost, when they fail, and where it goes down. */
final class SimDiskDevice {
  private final Clock clock;
  private final RandomGenerator random;
  private final Faults faults;
  final SimDiskLosses losses = new SimDiskLosses();

  /** The sizes of all files that have a name. */
  long usedBytes;

  private long generation;
  private long operations;
  private long crashOperation = Long.MAX_VALUE;
  private CrashPoint crashPoint = CrashPoint.BEFORE;
  private boolean down;
  private long reliedOn = Long.MIN_VALUE;

  private long noSpaceErrors;
  private long readErrors;
  private long syncErrors;
  private long slowSyncs;
  private long hungSyncs;

  SimDiskDevice(Clock clock, RandomGenerator random, Faults faults) {
    this.clock = clock;
    this.random = random;
    this.faults = faults;
  }

  /** Counts the restarts: what was opened in an earlier generation is dead. */
  long generation() {
    return generation;
  }

  long operations() {
    return operations;
  }

  long worldNow() {
    return clock.worldNow();
  }

  void crashAt(long operation, CrashPoint point) {
    if (operation <= operations) {
      throw new IllegalArgumentException("operation " + operation + " is over");
    }
    crashOperation = operation;
    crashPoint = point;
  }

  void restart(long crashedAt) {
    if (crashedAt < reliedOn) {
      throw new IllegalArgumentException(
          "crash at " + crashedAt + ", but worldNow() was already " + reliedOn);
    }
    generation++;
    down = false;
    crashOperation = Long.MAX_VALUE;
  }

  void up() {
    if (down) {
      throw new Crash("a call after the crash");
    }
  }

  void look() {
    clock.charge(faults.operationNanos);
  }

  /** A changing call begins. @return its start */
  long begin(String operation) {
    long start = count(operation);
    clock.charge(faults.operationNanos);
    return start;
  }

  private long count(String operation) {
    operations++;
    if (operations == crashOperation && crashPoint == CrashPoint.BEFORE) {
      goDown(operation);
    }
    return clock.now();
  }

  void end(String operation) {
    if (operations == crashOperation) {
      goDown(operation);
    }
  }

  private void goDown(String operation) {
    down = true;
    throw new Crash(operation + ", " + crashPoint);
  }

  /**
   * @return the end of a sync that succeeded
   */
  long sync(String what, @Nullable SimFile file) throws IOException {
    String operation = "sync " + what;
    long start = count(operation);
    long nanos =
        faults.syncNanosMin + random.nextLong(faults.syncNanosMax - faults.syncNanosMin + 1);
    if (happens(faults.slowSyncProbability)) {
      slowSyncs++;
      nanos += faults.slowSyncNanos;
    }
    if (happens(faults.hangSyncProbability)) {
      hungSyncs++;
      nanos = SimDisk.HANG_NANOS;
    }
    // Several hung syncs in one task must not overflow the clock.
    nanos = Math.min(nanos, Math.max(1, Long.MAX_VALUE / 2 - start));
    clock.charge(nanos);
    if (happens(faults.syncErrorProbability)) {
      syncErrors++;
      if (file != null && happens(faults.dropAfterSyncErrorProbability)) {
        file.dropUnsynced();
      }
      throw new IOException("input/output error: " + operation);
    }
    return start + nanos;
  }

  boolean happens(double probability) {
    return probability > 0 && random.nextDouble() < probability;
  }

  void relyOn(long time) {
    reliedOn = Math.max(reliedOn, time);
  }

  void readMayFail(String name) throws IOException {
    if (happens(faults.readErrorProbability)) {
      readErrors++;
      throw new IOException("input/output error: read " + name);
    }
  }

  /** How many of these bytes can be added before the disk is full. */
  long room(long bytes) {
    return Math.min(bytes, Math.max(0, faults.capacityBytes - usedBytes));
  }

  IOException noSpace(String name) {
    noSpaceErrors++;
    return new IOException("no space left on the disk: " + name);
  }

  SimDisk.Reached reached() {
    return new SimDisk.Reached(
        losses.writesLost,
        losses.writesTorn,
        losses.writesReordered,
        losses.directoryEntriesLost,
        noSpaceErrors,
        readErrors,
        syncErrors,
        slowSyncs,
        hungSyncs);
  }
}
