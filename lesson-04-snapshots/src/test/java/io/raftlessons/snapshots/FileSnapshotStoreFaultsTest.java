package io.raftlessons.snapshots;

import static io.raftlessons.snapshots.TestSnapshots.content;
import static io.raftlessons.snapshots.TestSnapshots.meta;
import static io.raftlessons.snapshots.TestSnapshots.read;
import static io.raftlessons.snapshots.TestSnapshots.received;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.raftlessons.sim.FaultTable;
import io.raftlessons.sim.ProbedDisk;
import io.raftlessons.sim.ProbedDisk.Call;
import io.raftlessons.sim.ProbedDisk.Fault;
import io.raftlessons.sim.SimDisk.Crash;
import io.raftlessons.sim.SimDisk.CrashMode;
import io.raftlessons.sim.TestDisk;
import io.raftlessons.snapshots.SnapshotLife.Scenario;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Every call on the disk goes wrong in every way, in recovery too; then a server starts again. What
 * was published must be there, what was not may be there as a whole, and the store must go on.
 */
class FileSnapshotStoreFaultsTest {
  private static final int SEEDS = 2;
  private static final List<CrashMode> DICE = List.of(CrashMode.TORN, CrashMode.REORDERED);
  private static final List<Scenario> SCENARIOS =
      List.of(SnapshotLife.TAKING, SnapshotLife.RECEIVING, SnapshotLife.RESTARTING);

  /** What goes wrong in a life. */
  private record Harm(
      Scenario scenario, long seed, int call, Fault fault, Optional<CrashMode> aftermath) {}

  private final FaultTable table =
      new FaultTable(FileSnapshotStore.class, FileSnapshotSink.class, FileSnapshotSource.class);

  /** Sequences of calls in recovery; each goes wrong once in every way. */
  private final Set<List<Call>> recoveries = new HashSet<>();

  /** Lives after which one was found that nobody had been told of, by fault. */
  private final TreeMap<Fault, Integer> unannounced = new TreeMap<>();

  private long lives;

  private final Logger log = (Logger) LoggerFactory.getLogger(FileSnapshotStore.class);

  @BeforeEach
  void thousandsOfWarnings() {
    log.setLevel(Level.OFF);
  }

  @AfterEach
  void areEnough() {
    log.setLevel(null);
  }

  @Test
  void everyCallMayGoWrongInEveryWay() throws IOException {
    for (Scenario scenario : SCENARIOS) {
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
    System.out.printf("found although not announced: %s%n%s%n", unannounced, table);
    assertThat(unannounced.get(Fault.CRASH_AFTER)).isGreaterThan(20);
    table.demandAll();
  }

  /** A publishing fails, and to throw away what it left goes wrong too. */
  @Test
  void whatFollowsAFailureMayGoWrongToo() throws IOException {
    long failures = 0;
    boolean failed = true;
    for (int call = 1; failed; call++) {
      SnapshotLife life = new SnapshotLife(call);
      SnapshotSink sink = life.begin();
      failed = life.publishFails(sink, call);
      life.disk.watch();
      sink.close();
      List<Call> calls = life.disk.unwatch();
      goOn(life);
      if (failed) {
        failures++;
        throwAwayWithFaults(call, calls);
      }
    }
    System.out.printf("%d lives after a failure%n", lives);
    assertThat(failures).isGreaterThan(8);
  }

  private void throwAwayWithFaults(int failing, List<Call> calls) throws IOException {
    table.each(
        calls,
        (call, fault, aftermath) -> {
          lives++;
          SnapshotLife life = new SnapshotLife(failing);
          SnapshotSink sink = life.begin();
          assertThat(life.publishFails(sink, failing)).isTrue();
          life.disk.arm(call, fault);
          assertThatThrownBy(sink::close).isInstanceOfAny(IOException.class, Crash.class);
          if (!fault.isCrash()) {
            life.look();
          }
          life.follow(aftermath);
          goOn(life);
        });
  }

  /** The leader sends it again; its first sink, which is cancelled again, leaves the second be. */
  @Test
  void whatCouldNotBeThrownAwayIsInNobodysWay() throws IOException {
    TestDisk test = new TestDisk(1);
    ProbedDisk disk = new ProbedDisk(test.disk, test.faults);
    FileSnapshotStore store = FileSnapshotStore.open(disk, () -> 5, SnapshotLife.SMALL);
    SnapshotMeta sent = received("9-50-8", 50, content(700, 50));
    SnapshotSink first = store.create(sent);
    first.write(content(600, 50));
    disk.arm(1, Fault.ERROR);
    assertThatThrownBy(first::cancel).isInstanceOf(IOException.class);
    disk.mend();
    try (SnapshotSink second = store.create(sent)) {
      second.write(content(700, 50));
      first.close();
      second.publish();
    }
    assertThat(read(store, "9-50-8")).isEqualTo(content(700, 50));
    assertThat(test.disk.listDirectories("n/snapshots")).containsExactly("9-50-8");
  }

  private static List<Call> callsOf(Scenario scenario) throws IOException {
    SnapshotLife life = new SnapshotLife(0);
    life.disk.watch();
    scenario.run(life);
    List<Call> calls = life.disk.unwatch();
    assertThat(life.recover()).isNotEmpty();
    return calls;
  }

  /** Only where the disk throws dice another seed is another life. */
  private static int seeds(Optional<CrashMode> aftermath) {
    return aftermath.isPresent() && DICE.contains(aftermath.get()) ? SEEDS : 1;
  }

  /**
   * @return what recovery called
   */
  private List<Call> survive(Harm harm) throws IOException {
    SnapshotLife life = harmed(harm);
    life.disk.watch();
    int before = life.published();
    life.start();
    List<Call> recovery = life.disk.unwatch();
    unannounced.merge(harm.fault(), life.published() > before ? 1 : 0, Integer::sum);
    goOn(life);
    return recovery;
  }

  private SnapshotLife harmed(Harm harm) throws IOException {
    lives++;
    SnapshotLife life = new SnapshotLife(1000L * harm.seed() + harm.call());
    life.disk.arm(harm.call(), harm.fault());
    try {
      harm.scenario().run(life);
      assertThat(harm.fault().isCrash()).as("crash").isFalse();
    } catch (Crash crash) {
      assertThat(harm.fault().isCrash()).as("crash").isTrue();
    }
    assertThat(life.disk.struck()).as("%s struck", harm).isTrue();
    life.follow(harm.aftermath());
    return life;
  }

  private static void goOn(SnapshotLife life) throws IOException {
    List<SnapshotMeta> found = life.recover();
    life.follow(Optional.of(CrashMode.DROP_ALL));
    assertThat(life.recover()).as("what was shown once stays").isEqualTo(found);
    SnapshotMeta next = meta(90);
    life.publish(next, content(700, 90));
    life.follow(Optional.of(CrashMode.DROP_ALL));
    assertThat(life.recover().get(0).getIndex()).isEqualTo(90);
  }

  private void recoverWithFaults(Harm first, List<Call> recovery) throws IOException {
    table.each(
        recovery,
        (call, fault, aftermath) -> {
          SnapshotLife life = harmed(first);
          life.disk.arm(call, fault);
          try {
            life.start();
            assertThat(fault.isCrash()).as("crash").isFalse();
          } catch (Crash crash) {
            assertThat(fault.isCrash()).as("crash").isTrue();
          }
          assertThat(life.disk.struck()).as("%s in recovery struck", fault).isTrue();
          life.follow(aftermath);
          goOn(life);
        });
  }
}
