package io.raftlessons.sim;

import static io.raftlessons.sim.SimDiskCrashTest.durableFile;
import static io.raftlessons.sim.SimDiskCrashTest.filled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.raftlessons.runtime.Disk;
import io.raftlessons.sim.SimDisk.CrashMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class SimDiskFaultsTest {
  private final TestDisk test = new TestDisk(1);

  @Test
  void everyCallTakesTimeAndASyncTakesItsRange() throws IOException {
    test.faults.operationNanos = 7;
    test.faults.syncNanosMin = 100;
    test.faults.syncNanosMax = 102;
    Disk.File file = test.disk.open("f");
    file.writeAt(0, ByteBuffer.wrap(filled(3, 1)));
    file.read(0, ByteBuffer.allocate(1));
    assertThat(test.now).isEqualTo(21);
    boolean[] seen = new boolean[3];
    for (int i = 0; i < 100; i++) {
      long before = test.now;
      file.sync();
      seen[(int) (test.now - before - 100)] = true;
    }
    assertThat(seen).containsOnly(true);
  }

  @Test
  void slowAndHungSyncs() throws IOException {
    Disk.File file = durableFile(test, "f", filled(1, 1));
    test.faults.slowSyncProbability = 1;
    long before = test.now;
    file.sync();
    assertThat(test.now - before).isGreaterThan(test.faults.slowSyncNanos);

    file.writeAt(0, ByteBuffer.wrap(filled(1, 2)));
    long crash = test.now + 3_600_000_000_000L;
    test.faults.slowSyncProbability = 0;
    test.faults.hangSyncProbability = 1;
    for (int i = 0; i < 20; i++) {
      file.sync();
      test.disk.syncDirectory("");
    }
    assertThat(test.now).isGreaterThan(SimDisk.HANG_NANOS);
    test.disk.crash(crash, CrashMode.DROP_ALL);
    assertThat(test.content("f")).containsExactly(1);
    assertThat(test.disk.reached().slowSyncs()).isEqualTo(1);
    assertThat(test.disk.reached().hungSyncs()).isEqualTo(40);
  }

  @Test
  void aFullDiskCutsAWriteShortAndRecoversWhenSpaceIsFreed() throws IOException {
    durableFile(test, "other", filled(600, 1));
    Disk.File file = durableFile(test, "f", filled(300, 1));
    test.faults.capacityBytes = 1000;
    assertThatIOException()
        .isThrownBy(() -> file.writeAt(250, ByteBuffer.wrap(filled(200, 2))))
        .withMessageContaining("no space left");
    assertThat(file.size()).isEqualTo(400);
    assertThatIOException().isThrownBy(() -> file.writeAt(5000, ByteBuffer.wrap(filled(1, 2))));
    assertThatIOException().isThrownBy(() -> file.truncate(401));
    assertThat(test.disk.reached().noSpaceErrors()).isEqualTo(3);

    file.writeAt(0, ByteBuffer.wrap(filled(400, 3)));
    file.truncate(300);
    file.truncate(400);
    test.disk.delete("other");
    file.writeAt(400, ByteBuffer.wrap(filled(600, 4)));
    assertThat(file.size()).isEqualTo(1000);
    durableFile(test, "small", new byte[0]);
    test.disk.rename("small", "f");
    durableFile(test, "g", filled(1000, 5));
    test.disk.syncDirectory("");
    test.crash(CrashMode.DROP_ALL);
    assertThatIOException().isThrownBy(() -> durableFile(test, "h", filled(1, 1)));
  }

  @Test
  void readsFail() throws IOException {
    Disk.File file = durableFile(test, "f", filled(1, 1));
    test.faults.readErrorProbability = 1;
    assertThatIOException()
        .isThrownBy(() -> file.read(0, ByteBuffer.allocate(1)))
        .withMessageContaining("input/output error");
    assertThat(test.disk.reached().readErrors()).isEqualTo(1);
    test.faults.readErrorProbability = 0;
    assertThat(test.content("f")).containsExactly(1);
  }

  @Test
  void aSyncThatSucceedsAfterAFailedOneMayHaveWrittenNothing() throws IOException {
    for (double dropped = 0; dropped <= 1; dropped++) {
      TestDisk test = new TestDisk(1);
      Disk.File file = durableFile(test, "f", filled(2, 1));
      file.writeAt(0, ByteBuffer.wrap(filled(1, 2)));
      test.faults.syncErrorProbability = 1;
      test.faults.dropAfterSyncErrorProbability = dropped;
      assertThatIOException().isThrownBy(file::sync).withMessageContaining("input/output error");
      test.faults.syncErrorProbability = 0;
      file.sync();
      assertThat(test.content("f")).containsExactly(2, 1);
      file.writeAt(1, ByteBuffer.wrap(filled(1, 3)));
      file.sync();
      test.worldNow = test.now;
      file.sync();
      test.crash(CrashMode.KEEP_ALL);
      assertThat(test.content("f")).containsExactly(dropped == 1 ? 1 : 2, 3);
      assertThat(test.disk.reached().syncErrors()).isEqualTo(1);
    }
  }

  @Test
  void aFailedDirectorySyncMakesNothingDurable() throws IOException {
    test.disk.open("f").close();
    test.faults.syncErrorProbability = 1;
    assertThatIOException().isThrownBy(() -> test.disk.syncDirectory(""));
    test.faults.syncErrorProbability = 0;
    test.crash(CrashMode.DROP_ALL);
    assertThat(test.disk.list("")).isEmpty();
  }

  @Test
  void theJournalForgetsWhatNoCrashCanUndo() {
    SimFile file = new SimFile();
    file.write(10, 0, filled(100, 1));
    file.synced(20);
    file.write(20, 0, filled(100, 2));
    assertThat(file.settle(19)).isEqualTo(Long.MIN_VALUE);
    assertThat(file.settle(20)).isEqualTo(20);
    assertThat(file.settle(1000)).isEqualTo(Long.MIN_VALUE);
    file.synced(30);
    assertThat(file.settle(1000)).isEqualTo(30);
  }
}
