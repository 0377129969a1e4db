package io.raftlessons.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.sim.SimDisk.Crash;
import io.raftlessons.sim.SimDisk.CrashMode;
import io.raftlessons.sim.SimDisk.CrashPoint;
import io.raftlessons.sim.TestDisk;
import io.raftlessons.wire.HardState;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A crash at every operation of a sequence of saves, in every mode, with several seeds. */
class FileStableStoreCrashTest {
  private static final int SAVES = 4;
  private static final int SEEDS = 20;

  @ParameterizedTest
  @EnumSource(CrashMode.class)
  void findsTheLastAcknowledgedStateOrTheOneBeingSaved(CrashMode mode) throws IOException {
    TestDisk whole = new TestDisk(0);
    assertThat(saveAll(whole)).isEqualTo(SAVES);
    long operations = whole.disk.operations();
    assertThat(operations).isGreaterThan(SAVES * 5L);
    long foundOld = 0;
    long foundNew = 0;
    long lost = 0;
    for (long operation = 1; operation <= operations; operation++) {
      for (CrashPoint point : CrashPoint.values()) {
        for (int seed = 0; seed < SEEDS; seed++) {
          TestDisk test = new TestDisk(seed);
          test.disk.crashAt(operation, point);
          long acknowledged = saveAll(test);
          assertThat(acknowledged).isLessThan(SAVES);
          test.crash(mode);
          HardState found = new FileStableStore(test.disk, "n").load();
          assertThat(found)
              .as("crash %s operation %d, seed %d", point, operation, seed)
              .isIn(state(acknowledged), state(acknowledged + 1));
          foundOld += found.equals(state(acknowledged)) ? 1 : 0;
          foundNew += found.equals(state(acknowledged + 1)) ? 1 : 0;
          lost += test.disk.reached().writesLost() + test.disk.reached().directoryEntriesLost();

          new FileStableStore(test.disk, "n").save(state(99));
          test.crash(mode);
          assertThat(new FileStableStore(test.disk, "n").load()).isEqualTo(state(99));
        }
      }
    }
    assertThat(foundOld).isPositive();
    assertThat(foundNew).isPositive();
    if (mode != CrashMode.KEEP_ALL) {
      assertThat(lost).isPositive();
    }
  }

  /** The number of saves that were acknowledged before the crash, if there is one. */
  private static long saveAll(TestDisk test) throws IOException {
    long acknowledged = 0;
    try {
      FileStableStore store = new FileStableStore(test.disk, "n");
      while (acknowledged < SAVES) {
        store.save(state(acknowledged + 1));
        acknowledged++;
      }
    } catch (Crash crash) {
      assertThat(acknowledged).isLessThan(SAVES);
    }
    return acknowledged;
  }

  /** State 0 is that of a store that was never written; later ones grow over a sector. */
  static HardState state(long number) {
    return number == 0
        ? HardState.getDefaultInstance()
        : HardState.newBuilder()
            .setCurrentTerm(number)
            .setVotedFor(("server-" + number).repeat((int) number * 40))
            .build();
  }
}
