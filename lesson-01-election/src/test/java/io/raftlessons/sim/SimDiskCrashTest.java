package io.raftlessons.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.raftlessons.runtime.Disk;
import io.raftlessons.runtime.DiskNames;
import io.raftlessons.sim.SimDisk.Crash;
import io.raftlessons.sim.SimDisk.CrashMode;
import io.raftlessons.sim.SimDisk.CrashPoint;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SimDiskCrashTest {
  private static final int SEEDS = 200;

  @ParameterizedTest
  @EnumSource(CrashMode.class)
  void whatWasSyncedSurvivesEveryMode(CrashMode mode) throws IOException {
    for (int seed = 0; seed < SEEDS; seed++) {
      TestDisk test = new TestDisk(seed);
      Disk.File file = durableFile(test, "f", filled(2000, 1));
      file.writeAt(1500, ByteBuffer.wrap(filled(1000, 2)));
      file.truncate(2100);
      file.sync();
      test.crash(mode);
      byte[] expected = filled(2100, 1);
      Arrays.fill(expected, 1500, 2100, (byte) 2);
      assertThat(test.content("f")).isEqualTo(expected);
      assertThat(test.disk.reached()).isEqualTo(new TestDisk(0).disk.reached());
    }
  }

  @Test
  void keepAllKeepsAndDropAllDrops() throws IOException {
    for (CrashMode mode : new CrashMode[] {CrashMode.KEEP_ALL, CrashMode.DROP_ALL}) {
      TestDisk test = new TestDisk(1);
      Disk.File file = durableFile(test, "f", filled(100, 1));
      file.writeAt(50, ByteBuffer.wrap(filled(100, 2)));
      test.disk.open("g").close();
      test.crash(mode);
      boolean kept = mode == CrashMode.KEEP_ALL;
      assertThat(test.content("f")).hasSize(kept ? 150 : 100).startsWith(filled(50, 1));
      assertThat(test.content("f")[60]).isEqualTo((byte) (kept ? 2 : 1));
      assertThat(test.disk.exists("g")).isEqualTo(kept);
      assertThat(test.disk.reached().writesLost()).isEqualTo(kept ? 0 : 1);
      assertThat(test.disk.reached().directoryEntriesLost()).isEqualTo(kept ? 0 : 1);
    }
  }

  @Test
  void tornKeepsAPrefixCutAnywhere() throws IOException {
    TreeSet<Integer> prefixes = new TreeSet<>();
    boolean zerosAfterIt = false;
    for (int seed = 0; seed < SEEDS; seed++) {
      TestDisk test = new TestDisk(seed);
      Disk.File file = durableFile(test, "f", new byte[0]);
      file.writeAt(0, ByteBuffer.wrap(filled(1000, 1)));
      file.writeAt(1000, ByteBuffer.wrap(filled(1000, 1)));
      test.crash(CrashMode.TORN);
      byte[] found = test.content("f");
      int prefix = 0;
      while (prefix < found.length && found[prefix] == 1) {
        prefix++;
      }
      assertThat(Arrays.copyOfRange(found, prefix, found.length))
          .isEqualTo(new byte[found.length - prefix]);
      zerosAfterIt |= found.length > prefix;
      assertThat(prefix).isLessThan(2000);
      prefixes.add(prefix);
      assertThat(test.disk.reached().writesLost()).isPositive();
    }
    assertThat(prefixes).hasSizeGreaterThan(SEEDS / 2);
    assertThat(prefixes).anyMatch(p -> p > 1000).anyMatch(p -> p < 512);
    assertThat(zerosAfterIt).isTrue();
  }

  @Test
  void reorderedKeepsLaterSectorsWithoutEarlierOnes() throws IOException {
    long torn = 0;
    long reordered = 0;
    boolean laterOnly = false;
    for (int seed = 0; seed < SEEDS; seed++) {
      TestDisk test = new TestDisk(seed);
      Disk.File file = durableFile(test, "f", filled(4096, 9));
      file.writeAt(0, ByteBuffer.wrap(filled(512, 1)));
      file.writeAt(1024, ByteBuffer.wrap(filled(1024, 2)));
      test.crash(CrashMode.REORDERED);
      byte[] found = test.content("f");
      assertThat(found).hasSize(4096);
      laterOnly |= found[0] == 9 && found[1024] == 2 && found[2047] == 2;
      for (int i = 0; i < found.length; i++) {
        int written = i < 512 ? 1 : i >= 1024 && i < 2048 ? 2 : 9;
        assertThat((int) found[i]).isIn(9, written);
      }
      torn += test.disk.reached().writesTorn();
      reordered += test.disk.reached().writesReordered();
    }
    assertThat(laterOnly).isTrue();
    assertThat(torn).isPositive();
    assertThat(reordered).isPositive();
  }

  @Test
  void aSyncCountsOnlyIfItEndedBeforeTheCrash() throws IOException {
    for (boolean ended : new boolean[] {false, true}) {
      TestDisk test = new TestDisk(1);
      Disk.File file = durableFile(test, "f", filled(1, 1));
      file.writeAt(0, ByteBuffer.wrap(filled(1, 2)));
      file.sync();
      test.disk.crash(test.now - (ended ? 0 : 1), CrashMode.DROP_ALL);
      assertThat(test.content("f")).containsExactly(ended ? 2 : 1);
    }
  }

  @Test
  void whatStartedAtTheCrashOrLaterNeverHappened() throws IOException {
    TestDisk test = new TestDisk(1);
    Disk.File file = durableFile(test, "f", filled(1, 1));
    long start = test.now;
    file.writeAt(0, ByteBuffer.wrap(filled(1, 2)));
    file.sync();
    test.disk.rename("f", "g");
    test.disk.syncDirectory("");
    test.disk.createDirectories("d");
    test.disk.crash(start, CrashMode.KEEP_ALL);
    assertThat(test.disk.list("")).containsExactly("f");
    assertThat(test.content("f")).containsExactly(1);
    assertThat(test.disk.exists("d")).isFalse();
  }

  @Test
  void aSyncStillInTheFutureIsUndoneEvenIfTheFileWasUsedAfterIt() throws IOException {
    TestDisk test = new TestDisk(1);
    Disk.File file = durableFile(test, "f", filled(1, 1));
    test.worldNow = test.now;
    file.writeAt(0, ByteBuffer.wrap(filled(1, 2)));
    file.sync();
    file.writeAt(0, ByteBuffer.wrap(filled(1, 3)));
    file.sync();
    test.disk.crash(test.worldNow + 1, CrashMode.DROP_ALL);
    assertThat(test.content("f")).containsExactly(1);
  }

  @Test
  void refusesACrashBeforeWhatWasReliedOn() throws IOException {
    TestDisk test = new TestDisk(1);
    Disk.File file = durableFile(test, "f", filled(1, 1));
    test.worldNow = test.now;
    file.writeAt(0, ByteBuffer.wrap(filled(1, 2)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> test.disk.crash(1))
        .withMessageContaining("worldNow");
  }

  @Test
  void aRenameWithoutDirectorySyncIsWholeOrUndone() throws IOException {
    TreeSet<String> seen = new TreeSet<>();
    for (int seed = 0; seed < SEEDS; seed++) {
      TestDisk test = new TestDisk(seed);
      durableFile(test, "old", filled(1, 1));
      durableFile(test, "new", filled(1, 2));
      test.disk.rename("new", "old");
      test.crash(CrashMode.RANDOM);
      seen.add(test.disk.list("") + Arrays.toString(test.content("old")));
    }
    assertThat(seen).containsExactly("[new, old][1]", "[old][2]");
  }

  @Test
  void unsyncedNamesSurviveInAnyConsistentSubset() throws IOException {
    TreeSet<String> random = namesAfter(CrashMode.RANDOM);
    assertThat(random).contains("[]", "[b]", "[a, b]", "[a]", "[c]");
    assertThat(random).allMatch(names -> names.matches("\\[(a|b|c|a, b|a, c)?]"));
    assertThat(namesAfter(CrashMode.TORN)).containsExactly("[]", "[a, b]", "[a, c]", "[a]");
    assertThat(namesAfter(CrashMode.DROP_ALL)).containsExactly("[]");
    assertThat(namesAfter(CrashMode.KEEP_ALL)).containsExactly("[a, c]");
  }

  private static TreeSet<String> namesAfter(CrashMode mode) throws IOException {
    TreeSet<String> seen = new TreeSet<>();
    for (int seed = 0; seed < SEEDS; seed++) {
      TestDisk test = new TestDisk(seed);
      test.disk.open("a").close();
      test.disk.open("b").close();
      test.disk.rename("b", "c");
      test.crash(mode);
      seen.add(test.disk.list("").toString());
    }
    return seen;
  }

  @Test
  void aDeletedFileMayComeBackWithItsContent() throws IOException {
    TestDisk test = new TestDisk(1);
    durableFile(test, "f", filled(10, 1));
    test.disk.delete("f");
    test.disk.open("f").close();
    test.crash(CrashMode.DROP_ALL);
    assertThat(test.content("f")).isEqualTo(filled(10, 1));
  }

  @Test
  void aSyncedFileWithoutItsNameIsGone() throws IOException {
    TestDisk test = new TestDisk(1);
    try (Disk.File file = test.disk.open("f")) {
      file.writeAt(0, ByteBuffer.wrap(filled(10, 1)));
      file.sync();
    }
    test.crash(CrashMode.DROP_ALL);
    assertThat(test.disk.list("")).isEmpty();
  }

  @Test
  void directoriesAreDurableAtOnce() throws IOException {
    TestDisk test = new TestDisk(1);
    test.disk.createDirectories("a/b");
    test.crash(CrashMode.DROP_ALL);
    test.disk.open("a/b/f").close();
    assertThat(test.disk.list("a/b")).containsExactly("f");
  }

  @Test
  void aRenamedDirectoryIsWholeUnderOneOfItsNames() throws IOException {
    TreeSet<String> seen = new TreeSet<>();
    for (int seed = 0; seed < SEEDS; seed++) {
      TestDisk test = new TestDisk(seed);
      test.disk.createDirectories("d/old");
      durableFile(test, "d/old/f", filled(3, 1));
      test.disk.rename("d/old", "d/new");
      if (seed % 2 == 0) {
        test.disk.syncDirectory("d");
      }
      test.crash(CrashMode.RANDOM);
      String name = test.disk.listDirectories("d").toString();
      seen.add(seed % 2 + name);
      assertThat(test.content("d/" + name.substring(1, name.length() - 1) + "/f"))
          .isEqualTo(filled(3, 1));
    }
    assertThat(seen).containsExactly("0[new]", "1[new]", "1[old]");
  }

  /** Also without the files in it: their deletion may have come to the disk before its own. */
  @Test
  void aDeletedDirectoryMayComeBack() throws IOException {
    TreeSet<String> seen = new TreeSet<>();
    for (int seed = 0; seed < SEEDS; seed++) {
      TestDisk test = new TestDisk(seed);
      test.disk.createDirectories("d/e");
      durableFile(test, "d/e/f", filled(3, 1));
      test.disk.delete("d/e/f");
      test.disk.deleteDirectory("d/e");
      test.crash(CrashMode.RANDOM);
      boolean back = test.disk.exists("d/e");
      seen.add(back ? test.disk.list("d/e").toString() : "gone");
      test.disk.createDirectories("d/e");
      test.disk.delete("d/e/f");
      test.disk.syncDirectory("d/e");
      test.disk.deleteDirectory("d/e");
      test.disk.syncDirectory("d");
      test.crash(CrashMode.DROP_ALL);
      assertThat(test.disk.listDirectories("d")).isEmpty();
    }
    assertThat(seen).containsExactly("[]", "[f]", "gone");
  }

  @Test
  void aDirectoryThatIsMadeAgainIsANewOne() throws IOException {
    TestDisk test = new TestDisk(1);
    test.disk.createDirectories("d");
    durableFile(test, "d/f", filled(3, 1));
    test.disk.rename("d", "e");
    test.disk.createDirectories("d");
    test.crash(CrashMode.DROP_ALL);
    assertThat(test.disk.list("d")).isEmpty();
    assertThat(test.disk.list("e")).containsExactly("f");
  }

  @Test
  void filesInDirectoriesTakeUpSpaceAfterACrash() throws IOException {
    TestDisk test = new TestDisk(1);
    test.disk.createDirectories("d/e");
    durableFile(test, "d/e/f", filled(700, 1));
    test.crash(CrashMode.DROP_ALL);
    test.faults.capacityBytes = 1000;
    assertThatIOException().isThrownBy(() -> durableFile(test, "g", filled(301, 1)));
  }

  @Test
  void aCrashEndsLocksAndOpenFiles() throws IOException {
    TestDisk test = new TestDisk(1);
    Disk.File file = durableFile(test, "f", filled(1, 1));
    Closeable old = test.disk.lock("lock");
    test.crash(CrashMode.KEEP_ALL);
    assertThatIOException()
        .isThrownBy(() -> file.writeAt(0, ByteBuffer.allocate(1)))
        .withMessageContaining("before the crash");
    assertThatIOException().isThrownBy(file::sync);
    assertThatIOException().isThrownBy(file::size);
    Closeable held = test.disk.lock("lock");
    old.close();
    assertThatIOException().isThrownBy(() -> test.disk.lock("lock"));
    held.close();
  }

  @Test
  void crashPointsStrikeBeforeOrAfterTheOperation() throws IOException {
    for (CrashPoint point : CrashPoint.values()) {
      TestDisk test = new TestDisk(1);
      Disk.File file = durableFile(test, "f", filled(1, 1));
      file.writeAt(0, ByteBuffer.wrap(filled(1, 2)));
      test.disk.crashAt(test.disk.operations() + 1, point);
      assertThatExceptionOfType(Crash.class).isThrownBy(file::sync);
      assertThatExceptionOfType(Crash.class).isThrownBy(() -> test.disk.list(""));
      assertThatExceptionOfType(Crash.class).isThrownBy(file::sync);
      file.close();
      test.crash(CrashMode.DROP_ALL);
      assertThat(test.content("f")).containsExactly(point == CrashPoint.AFTER ? 2 : 1);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> test.disk.crashAt(test.disk.operations()));
    }
  }

  @Test
  void equalSeedsMakeEqualDisks() throws IOException {
    assertThat(history(7)).isEqualTo(history(7)).isNotEqualTo(history(8));
  }

  private static String history(long seed) throws IOException {
    TestDisk test = new TestDisk(seed);
    StringBuilder history = new StringBuilder();
    for (int life = 0; life < 20; life++) {
      for (int i = 0; i < 5; i++) {
        try (Disk.File file = test.disk.open("f" + i)) {
          file.writeAt(file.size() / 2, ByteBuffer.wrap(filled(700, life)));
          if (i % 2 == 0) {
            file.sync();
          }
        }
      }
      test.crash(CrashMode.RANDOM);
      for (String name : test.disk.list("")) {
        history.append(name).append(Arrays.hashCode(test.content(name))).append(' ');
      }
    }
    return history.append(test.now).append(test.disk.reached()).toString();
  }

  static Disk.File durableFile(TestDisk test, String name, byte[] content) throws IOException {
    Disk.File file = test.disk.open(name);
    file.writeAt(0, ByteBuffer.wrap(content));
    file.sync();
    test.disk.syncDirectory(DiskNames.parent(name));
    return file;
  }

  static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}
