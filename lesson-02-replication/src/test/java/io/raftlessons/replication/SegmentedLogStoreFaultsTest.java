package io.raftlessons.replication;

import static io.raftlessons.replication.TestEntries.all;
import static io.raftlessons.replication.TestEntries.entries;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.replication.LogStoreWorkload.Scenario;
import io.raftlessons.sim.FaultTable;
import io.raftlessons.sim.ProbedDisk.Call;
import io.raftlessons.sim.ProbedDisk.Fault;
import io.raftlessons.sim.SimDisk.Crash;
import io.raftlessons.sim.SimDisk.CrashMode;
import io.raftlessons.wire.Entry;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Every call on the disk goes wrong in every way, in recovery too; then a server starts again. What
 * was synced must be there, what was not may be there as a whole, and the store must go on.
 */
class SegmentedLogStoreFaultsTest {
  private final FaultTable table =
      new FaultTable(
          SegmentedLogStore.class,
          SegmentRecovery.class,
          SegmentList.class,
          Segment.class,
          SegmentHeader.class,
          SyncedMark.class,
          Preallocator.class);

  /** Sequences of calls in recovery; each goes wrong once in every way. */
  private final Set<List<Call>> recoveries = new HashSet<>();

  private long lives;
  private long torn;
  private long advanced;

  @Test
  void everyCallMayGoWrongInEveryWay() throws IOException {
    for (Scenario scenario : LogStoreWorkload.SCENARIOS) {
      List<Call> calls = callsOf(scenario);
      for (int i = 0; i < calls.size(); i++) {
        for (Fault fault : calls.get(i).faults()) {
          for (Optional<CrashMode> aftermath : FaultTable.aftermaths(fault)) {
            List<Call> recovery = survive(scenario, i + 1, fault, aftermath);
            table.survived(calls.get(i), fault, aftermath);
            if (recoveries.add(recovery)) {
              recoverWithFaults(scenario, i + 1, fault, aftermath, recovery);
            }
          }
        }
      }
    }
    System.out.printf(
        "%d lives, %d kinds of recovery, %d torn tails cut, %d unfinished syncs that survived%n",
        lives, recoveries.size(), torn, advanced);
    System.out.println(table);
    assertThat(torn).as("torn tails cut").isGreaterThan(100);
    assertThat(advanced).as("unfinished syncs that survived").isGreaterThan(100);
    table.demandAll();
  }

  private static List<Call> callsOf(Scenario scenario) throws IOException {
    LogStoreWorkload workload = new LogStoreWorkload(new SimStorage(0));
    workload.storage.probed.watch();
    scenario.run(workload.start());
    List<Call> calls = workload.storage.probed.watched();
    assertThat(all(workload.store)).hasSizeGreaterThan(1);
    return calls;
  }

  /**
   * @return what recovery called
   */
  private List<Call> survive(
      Scenario scenario, int call, Fault fault, Optional<CrashMode> aftermath) throws IOException {
    LogStoreWorkload workload = harmed(scenario, call, fault, aftermath);
    List<Call> recovery = recover(workload);
    goOn(workload, aftermath);
    return recovery;
  }

  /** Runs a scenario into a fault, or to its end if the store gets over it. */
  private LogStoreWorkload harmed(
      Scenario scenario, int call, Fault fault, Optional<CrashMode> aftermath) throws IOException {
    lives++;
    LogStoreWorkload workload = new LogStoreWorkload(new SimStorage(call));
    workload.storage.probed.arm(call, fault);
    try {
      scenario.run(workload.start());
      assertThat(fault.isCrash()).as("crash").isFalse();
    } catch (Crash | IOException e) {
      assertThat(e).isNotInstanceOf(LogDamagedException.class);
    }
    follow(workload, aftermath);
    return workload;
  }

  private static void follow(LogStoreWorkload workload, Optional<CrashMode> aftermath) {
    assertThat(workload.storage.probed.struck()).as("fault struck").isTrue();
    workload.storage.probed.mend();
    aftermath.ifPresent(workload.storage::crash);
  }

  private List<Call> recover(LogStoreWorkload workload) throws IOException {
    workload.storage.probed.watch();
    workload.start();
    List<Call> recovery = workload.storage.probed.watched();
    List<Entry> found = all(workload.store);
    advanced += workload.model.recovered(found, false) ? 1 : 0;
    torn += workload.store.recoveredTornBytes() > 0 ? 1 : 0;
    return recovery;
  }

  private static void goOn(LogStoreWorkload workload, Optional<CrashMode> aftermath)
      throws IOException {
    workload.storage.assertTidy();
    workload.storage.crash(CrashMode.DROP_ALL);
    List<Entry> found = all(workload.start().store);
    assertThat(workload.model.recovered(found, false)).as("what was shown once stays").isFalse();
    for (int i = 0; i < 3; i++) {
      long next = workload.model.last() + 1;
      workload.write(next, entries(next, next + 6, 9));
      workload.sync();
    }
    long next = workload.model.last() + 1;
    workload.write(next, entries(next, next + 2, 9));
    workload.storage.crash(aftermath.orElse(CrashMode.RANDOM));
    workload.model.recovered(all(workload.start().store), false);
  }

  private void recoverWithFaults(
      Scenario scenario, int call, Fault first, Optional<CrashMode> aftermath, List<Call> recovery)
      throws IOException {
    for (int i = 0; i < recovery.size(); i++) {
      for (Fault fault : recovery.get(i).faults()) {
        for (Optional<CrashMode> then : FaultTable.aftermaths(fault)) {
          LogStoreWorkload workload = harmed(scenario, call, first, aftermath);
          workload.storage.probed.arm(i + 1, fault);
          try {
            workload.start();
            assertThat(fault.isCrash()).as("crash").isFalse();
          } catch (Crash | IOException e) {
            assertThat(e).isNotInstanceOf(LogDamagedException.class);
          }
          follow(workload, then);
          recover(workload);
          goOn(workload, then);
          table.survived(recovery.get(i), fault, then);
        }
      }
    }
  }
}
