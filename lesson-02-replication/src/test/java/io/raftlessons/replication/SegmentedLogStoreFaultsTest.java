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
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Every call on the disk goes wrong in every way, in recovery too; then a server starts again. What
 * was synced must be there, what was not may be there as a whole, and the store must go on.
 */
class SegmentedLogStoreFaultsTest {
  private static final int SEEDS = 3;

  private static final String AGAIN = "again, in recovery";

  /** Where every write is there as a whole or not at all. */
  private static final List<String> TEARS_NOTHING =
      List.of("crash KEEP_ALL", "crash DROP_ALL", "error DROP_ALL");

  /** What goes wrong in a life. */
  private record Harm(
      Scenario scenario, long seed, int call, Fault fault, Optional<CrashMode> aftermath) {}

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

  /** Lives in which recovery cut a torn tail, by {@link #way}. */
  private final TreeMap<String, Integer> torn = new TreeMap<>();

  /** Lives in which something was found that no completed sync covers, by {@link #way}. */
  private final TreeMap<String, Integer> advanced = new TreeMap<>();

  @Test
  void everyCallMayGoWrongInEveryWay() throws IOException {
    for (Scenario scenario : LogStoreWorkload.SCENARIOS) {
      table.each(
          callsOf(scenario),
          (call, fault, aftermath) -> {
            for (int seed = 0; seed < seeds(aftermath); seed++) {
              Harm harm = new Harm(scenario, seed, call, fault, aftermath);
              List<Call> recovery = survive(harm);
              if (recoveries.add(recovery)) {
                recoverWithFaults(harm, recovery);
              }
            }
          });
    }
    System.out.printf("%d lives, %d kinds of recovery%n", lives, recoveries.size());
    System.out.printf("torn tails cut: %s%nunfinished syncs that survived: %s%n", torn, advanced);
    System.out.println(table);
    torn.forEach(
        (way, count) -> {
          if (TEARS_NOTHING.contains(way)) {
            assertThat(count).as("torn tails cut after %s", way).isZero();
          } else {
            assertThat(count).as("torn tails cut after %s", way).isGreaterThan(20);
          }
        });
    advanced.forEach(
        (way, count) ->
            assertThat(count).as("unfinished syncs that survived after %s", way).isGreaterThan(20));
    table.demandAll();
  }

  private static List<Call> callsOf(Scenario scenario) throws IOException {
    LogStoreWorkload workload = new LogStoreWorkload(new SimStorage(0));
    workload.storage.probed.watch();
    scenario.run(workload.start());
    List<Call> calls = workload.storage.probed.unwatch();
    assertThat(all(workload.store)).hasSizeGreaterThan(1);
    return calls;
  }

  /** Only where the disk throws dice another seed is another life. */
  private static int seeds(Optional<CrashMode> aftermath) {
    return aftermath.isEmpty()
            || aftermath.get() == CrashMode.KEEP_ALL
            || aftermath.get() == CrashMode.DROP_ALL
        ? 1
        : SEEDS;
  }

  /**
   * @return what recovery called
   */
  private List<Call> survive(Harm harm) throws IOException {
    LogStoreWorkload workload = harmed(harm);
    List<Call> recovery = recover(workload, way(harm.fault(), harm.aftermath()));
    goOn(workload, harm.aftermath());
    return recovery;
  }

  /** Runs a scenario into a fault, or to its end if the store gets over it. */
  private LogStoreWorkload harmed(Harm harm) throws IOException {
    lives++;
    SimStorage storage = new SimStorage(1000L * harm.seed() + harm.call());
    LogStoreWorkload workload = new LogStoreWorkload(storage);
    storage.probed.arm(harm.call(), harm.fault());
    try {
      harm.scenario().run(workload.start());
      assertThat(harm.fault().isCrash()).as("crash").isFalse();
    } catch (Crash | IOException e) {
      assertThat(e).isNotInstanceOf(LogDamagedException.class);
    }
    follow(workload, harm.aftermath());
    return workload;
  }

  private static void follow(LogStoreWorkload workload, Optional<CrashMode> aftermath) {
    assertThat(workload.storage.probed.struck()).as("fault struck").isTrue();
    workload.storage.probed.mend();
    aftermath.ifPresent(workload.storage::crash);
  }

  private List<Call> recover(LogStoreWorkload workload, String way) throws IOException {
    workload.storage.probed.watch();
    workload.start();
    List<Call> recovery = workload.storage.probed.unwatch();
    List<Entry> found = all(workload.store);
    advanced.merge(way, workload.model.recovered(found, false) ? 1 : 0, Integer::sum);
    torn.merge(way, workload.store.recoveredTornBytes() > 0 ? 1 : 0, Integer::sum);
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

  private void recoverWithFaults(Harm first, List<Call> recovery) throws IOException {
    table.each(
        recovery,
        (call, fault, aftermath) -> {
          LogStoreWorkload workload = harmed(first);
          workload.storage.probed.arm(call, fault);
          try {
            workload.start();
            assertThat(fault.isCrash()).as("crash").isFalse();
          } catch (Crash | IOException e) {
            assertThat(e).isNotInstanceOf(LogDamagedException.class);
          }
          follow(workload, aftermath);
          recover(workload, AGAIN);
          goOn(workload, aftermath);
        });
  }

  /** How a life went wrong: that no way stays without its share is demanded at the end. */
  private static String way(Fault fault, Optional<CrashMode> aftermath) {
    return (fault.isCrash() ? "crash " : "error ")
        + aftermath.map(CrashMode::name).orElse("restart");
  }
}
