package io.raftlessons.runtime;

import static io.raftlessons.runtime.FileStableStoreCrashTest.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.sim.FaultTable;
import io.raftlessons.sim.ProbedDisk;
import io.raftlessons.sim.ProbedDisk.Call;
import io.raftlessons.sim.ProbedDisk.Fault;
import io.raftlessons.sim.SimDisk.Crash;
import io.raftlessons.sim.SimDisk.CrashMode;
import io.raftlessons.sim.TestDisk;
import io.raftlessons.wire.HardState;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Every call on the disk goes wrong in every way, in recovery too; then a server starts again. */
class FileStableStoreFaultsTest {
  private static final int SEEDS = 5;

  /** So often the same sequence of calls in recovery goes wrong, each time after another life. */
  private static final int RECOVERIES_OF_A_KIND = 8;

  private final Map<List<Call>, Integer> recoveries = new HashMap<>();
  private final FaultTable table = new FaultTable(FileStableStore.class, CheckedFile.class);

  /** A life of a server: it starts, saves, stops, starts, and saves again. */
  private static final class Life {
    final TestDisk test;
    final ProbedDisk disk;
    long acknowledged;
    long begun;

    Life(long seed) {
      test = new TestDisk(seed);
      disk = new ProbedDisk(test.disk, test.faults);
    }

    /** Ends with the fault, if there is one that the store does not get over. */
    Life live() {
      try {
        for (int start = 0; start < 2; start++) {
          FileStableStore store = new FileStableStore(disk, "n");
          for (int i = 0; i < 2; i++) {
            begun++;
            store.save(state(begun));
            acknowledged = begun;
            assertThat(store.load()).isEqualTo(state(begun));
          }
          store.close();
        }
      } catch (Crash | IOException e) {
        assertThat(e).hasMessageMatching("crash at .*|input/output error: .*|no space left .*");
      }
      return this;
    }

    void follow(Optional<CrashMode> aftermath) {
      disk.mend();
      aftermath.ifPresent(test::crash);
    }

    HardState recover() throws IOException {
      HardState found = new FileStableStore(disk, "n").load();
      assertThat(found).isIn(state(acknowledged), state(begun));
      return found;
    }

    /** What was shown once stays, and the store can be used. */
    void goOn(HardState found) throws IOException {
      test.crash(CrashMode.DROP_ALL);
      assertThat(new FileStableStore(disk, "n").load()).isEqualTo(found);
      new FileStableStore(disk, "n").save(state(5));
      test.crash(CrashMode.DROP_ALL);
      assertThat(new FileStableStore(disk, "n").load()).isEqualTo(state(5));
    }
  }

  @Test
  void everyCallMayGoWrongInEveryWay() throws IOException {
    Life whole = new Life(0);
    whole.disk.watch();
    whole.live();
    assertThat(whole.acknowledged).isEqualTo(4);
    table.each(whole.disk.unwatch(), this::surviveWithEverySeed);
    System.out.println(table);
    table.demandAll();
  }

  private void surviveWithEverySeed(int call, Fault fault, Optional<CrashMode> aftermath)
      throws IOException {
    for (int seed = 0; seed < SEEDS; seed++) {
      Life life = harmed(seed, call, fault, aftermath);
      life.disk.watch();
      HardState found = life.recover();
      List<Call> recovery = life.disk.unwatch();
      life.goOn(found);
      if (recoveries.merge(recovery, 1, Integer::sum) <= RECOVERIES_OF_A_KIND) {
        recoverWithFaults(seed, call, fault, aftermath, recovery);
      }
    }
  }

  private static Life harmed(long seed, int call, Fault fault, Optional<CrashMode> aftermath) {
    Life life = new Life(seed);
    life.disk.arm(call, fault);
    life.live();
    assertThat(life.disk.struck()).as("%s at call %d struck", fault, call).isTrue();
    life.follow(aftermath);
    return life;
  }

  private void recoverWithFaults(
      long seed, int call, Fault first, Optional<CrashMode> aftermath, List<Call> recovery)
      throws IOException {
    table.each(
        recovery,
        (again, fault, then) -> {
          Life life = harmed(seed, call, first, aftermath);
          life.disk.arm(again, fault);
          try {
            life.recover();
            throw new AssertionError(fault + " at call " + again + " was not noticed");
          } catch (Crash | IOException expected) {
            assertThat(life.disk.struck()).as("%s at call %d struck", fault, again).isTrue();
            life.follow(then);
          }
          life.goOn(life.recover());
        });
  }
}
