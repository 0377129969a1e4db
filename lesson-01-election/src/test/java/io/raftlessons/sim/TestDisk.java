package io.raftlessons.sim;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/** A simulated disk with a clock of its own, for tests of stores. */
public final class TestDisk implements SimDisk.Clock {
  public final SimDisk.Faults faults = new SimDisk.Faults();
  public final SimDisk disk;

  /** What the loop that uses the disk believes. */
  public long now;

  /** What no crash comes before. */
  public long worldNow;

  public TestDisk(long seed) {
    disk = new SimDisk(this, new SplittableRandom(seed), faults);
  }

  /** Crashes now: everything that was charged has passed. */
  public void crash(SimDisk.CrashMode mode) {
    disk.crash(now, mode);
  }

  public byte[] content(String name) throws IOException {
    try (var file = disk.open(name)) {
      ByteBuffer all = ByteBuffer.allocate((int) file.size());
      file.read(0, all);
      return all.array();
    }
  }

  @Override
  public long now() {
    return now;
  }

  @Override
  public void charge(long nanos) {
    now += nanos;
  }

  @Override
  public long worldNow() {
    return worldNow;
  }
}
