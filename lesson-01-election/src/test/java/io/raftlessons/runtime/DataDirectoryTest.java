package io.raftlessons.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.raftlessons.sim.SimDisk.Crash;
import io.raftlessons.sim.SimDisk.CrashMode;
import io.raftlessons.sim.SimDisk.CrashPoint;
import io.raftlessons.sim.TestDisk;
import io.raftlessons.wire.DirectoryIdentity;
import io.raftlessons.wire.HardState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DataDirectoryTest {
  private static final long CLUSTER = 0xCAFEL;

  private final TestDisk test = new TestDisk(1);

  @Test
  void anEmptyDirectoryBecomesTheServers() throws IOException {
    try (DataDirectory opened = open()) {
      assertThat(opened.identity())
          .isEqualTo(
              DirectoryIdentity.newBuilder()
                  .setFormat(1)
                  .setCluster(CLUSTER)
                  .setServer("n1")
                  .build());
      assertThat(opened.name()).isEqualTo("data/n1");
      assertThat(opened.disk()).isSameAs(test.disk);
    }
    test.crash(CrashMode.DROP_ALL);
    assertThat(test.disk.exists("data/n1/identity")).isTrue();
    open().close();
  }

  @Test
  void oneHoldsItAtATime() throws IOException {
    try (DataDirectory opened = open()) {
      assertThatIOException()
          .isThrownBy(this::open)
          .withMessage("directory data/n1 is in use by another process");
      assertThat(opened.identity().getServer()).isEqualTo("n1");
    }
    open().close();
  }

  @Test
  void aRealDirectoryIsHeldToo(@TempDir Path root) throws IOException {
    try (DataDirectory opened = DataDirectory.open(new RealDisk(root), "n1", CLUSTER, "n1")) {
      assertThatIOException()
          .isThrownBy(() -> DataDirectory.open(new RealDisk(root), "n1", CLUSTER, "n1"))
          .withMessageContaining(root.resolve("n1") + " is in use by another process");
      assertThat(opened.disk().list("n1")).containsExactly("identity", "lock");
    }
    DataDirectory.open(new RealDisk(root), "n1", CLUSTER, "n1").close();
  }

  @Test
  void refusesAnotherCluster() throws IOException {
    open().close();
    assertThatIOException()
        .isThrownBy(() -> DataDirectory.open(test.disk, "data/n1", 0xBEEF, "n1"))
        .withMessageContaining("belongs to another cluster")
        .withMessageContaining("000000000000cafe, this is 000000000000beef");
    open().close();
  }

  @Test
  void refusesAnotherServer() throws IOException {
    open().close();
    assertThatIOException()
        .isThrownBy(() -> DataDirectory.open(test.disk, "data/n1", CLUSTER, "n2"))
        .withMessageContaining("belongs to another server (n1, this is n2)");
    open().close();
  }

  @Test
  void refusesOtherFormats() throws IOException {
    for (int format : new int[] {0, 2}) {
      DirectoryIdentity other =
          DirectoryIdentity.newBuilder()
              .setFormat(format)
              .setCluster(CLUSTER)
              .setServer("n1")
              .build();
      writeIdentity(CheckedFile.frame(other.toByteArray(), 0x52414644, 1));
      assertThatIOException()
          .isThrownBy(this::open)
          .withMessageContaining("data/n1/identity has format " + format)
          .withMessageContaining(format == 2 ? "newer release" : "older");
    }
  }

  @Test
  void refusesADamagedIdentity() throws IOException {
    open().close();
    byte[] good = test.content("data/n1/identity");
    for (int at = 0; at < good.length; at++) {
      byte[] bad = good.clone();
      bad[at] ^= 4;
      writeIdentity(bad);
      assertThatIOException().isThrownBy(this::open).withMessageContaining("data/n1/identity");
    }
    writeIdentity(CheckedFile.frame(new byte[] {(byte) 0xff}, 0x52414644, 1));
    assertThatIOException().isThrownBy(this::open).withMessageContaining("damaged");
    writeIdentity(good);
    open().close();
  }

  @Test
  void refusesAHardStateWithoutIdentity() throws IOException {
    try (DataDirectory opened = open()) {
      new FileStableStore(opened.disk(), opened.name())
          .save(HardState.newBuilder().setCurrentTerm(1).build());
    }
    test.disk.delete("data/n1/identity");
    assertThatIOException().isThrownBy(this::open).withMessageContaining("no identity");
    assertThat(test.disk.exists("data/n1/identity")).isFalse();
  }

  @ParameterizedTest
  @EnumSource(CrashMode.class)
  void aCrashAtAnyOperationLeavesItUsable(CrashMode mode) throws IOException {
    open().close();
    long operations = test.disk.operations();
    assertThat(operations).isGreaterThan(6);
    for (long operation = 1; operation <= operations; operation++) {
      for (CrashPoint point : CrashPoint.values()) {
        for (int seed = 0; seed < 20; seed++) {
          TestDisk other = new TestDisk(seed);
          other.disk.crashAt(operation, point);
          assertThat(crashes(other)).isTrue();
          other.crash(mode);
          assertThat(crashes(other)).isFalse();
        }
      }
    }
  }

  private static boolean crashes(TestDisk test) throws IOException {
    try (DataDirectory opened = DataDirectory.open(test.disk, "data/n1", CLUSTER, "n1")) {
      assertThat(opened.identity().getCluster()).isEqualTo(CLUSTER);
      return false;
    } catch (Crash crash) {
      return true;
    }
  }

  private DataDirectory open() throws IOException {
    return DataDirectory.open(test.disk, "data/n1", CLUSTER, "n1");
  }

  private void writeIdentity(byte[] content) throws IOException {
    test.disk.createDirectories("data/n1");
    try (Disk.File file = test.disk.open("data/n1/identity")) {
      file.truncate(0);
      file.writeAt(0, ByteBuffer.wrap(content));
      file.sync();
    }
    test.disk.syncDirectory("data/n1");
  }
}
