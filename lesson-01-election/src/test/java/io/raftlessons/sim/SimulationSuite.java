package io.raftlessons.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.course.Mine;
import io.raftlessons.course.Repeat;
import io.raftlessons.course.SharedCredit;
import io.raftlessons.course.trace.SimTraces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestReporter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is asked of every scenario: many seeds without a violation and with every fault met, the
 * same run in another JVM, and the run that is on record.
 *
 * <p>{@code -Dsim.seed=N} runs one seed, with {@code -Dsim.plan=P} without what that {@link Plan}
 * leaves out; {@code -Dsim.from=N} begins elsewhere, {@code -Dsim.seeds=N} and {@code
 * -Dsim.events=N} say how much at least.
 */
@TestInstance(Lifecycle.PER_CLASS)
public abstract class SimulationSuite {
  private static final Logger log = LoggerFactory.getLogger(SimulationSuite.class);
  private static final int COMPARED_SEEDS = 20;

  /** A graded run that takes more is broken: the reference's are far shorter. */
  private static final long GRADED_EVENTS = 200_000;

  /** If so many graded seeds are broken and none is clean, the others are not tried. */
  private static final int HOPELESS = 20;

  /** What the nemesis and the disks have done in a thousand seeds of any scenario. */
  private static final List<String> EVERY_FAULT =
      List.of(
          "message lost",
          "message cut off",
          "message doubled",
          "message overtook another",
          "crash in the middle of a disk operation",
          "server stopped by a failing disk",
          "disk: unsynced write lost",
          "disk: unsynced write torn",
          "disk: unsynced writes reordered",
          "disk: unsynced name lost",
          "disk: failed read",
          "disk: no space",
          "fault: crash",
          "fault: crash of all servers",
          "fault: partition",
          "fault: one-way cut",
          "fault: isolation",
          "fault: pause",
          "fault: slow disk",
          "fault: hung disk",
          "fault: failing disk",
          "fault: full disk",
          "fault: unreadable disk");

  /** Of this JVM; two tests compare it. */
  private @Nullable List<String> hashes;

  protected abstract Scenario scenario();

  /** The module's directory name: for the repeat line. */
  protected abstract String module();

  /** Counters, besides those of the faults, that must not stay at zero in a thousand seeds. */
  protected abstract List<String> mustReach();

  /** How many seeds are run if nobody says otherwise. */
  protected long seeds() {
    return 1_000;
  }

  /** Counters that must not stay at zero in {@link #seeds} seeds. */
  protected List<String> mustReachSoon() {
    return List.of();
  }

  /** Runs seeds, and reports the first that fails with the line that repeats it. */
  protected final SimBatch batch() {
    String test = getClass().getSimpleName();
    String method = Mine.isChosen() ? "#gradedSeeds" : "#manySeeds";
    String repeat = Repeat.command(module(), test + method) + " -Dsim.seed=%d";
    return new SimBatch(
        scenario(), repeat, log::info, failed -> SimTraces.keep(module(), test, failed));
  }

  @Test
  void manySeeds() {
    Long one = Long.getLong("sim.seed");
    String plan = System.getProperty("sim.plan");
    if (plan != null) {
      if (one == null) {
        throw new IllegalArgumentException("-Dsim.plan=" + plan + " needs its -Dsim.seed=");
      }
      batch().replay(one, Plan.parse(plan));
      return;
    }
    if (one != null) {
      log.info("{}", batch().run(one, 1, 0, System::nanoTime));
      return;
    }
    long from = Long.getLong("sim.from", 1);
    long seeds = Long.getLong("sim.seeds", seeds());
    SimBatch.Result result =
        batch().run(from, seeds, Long.getLong("sim.events", 0), System::nanoTime);
    log.info("{}: {}", scenario().name(), result);
    List<String> counters = new ArrayList<>();
    if (result.seeds() >= seeds()) {
      counters.addAll(mustReachSoon());
    }
    if (result.seeds() >= 1_000) {
      counters.addAll(EVERY_FAULT);
      counters.addAll(mustReach());
    }
    for (String counter : counters) {
      assertThat(result.reach().of(counter)).as(counter).isPositive();
    }
  }

  /**
   * Grades the scenario by the share of fixed seeds that are clean, and fails if not all are.
   * {@code -Dsim.from=N} begins elsewhere (an instructor's own seeds), {@code -Dgrade.seeds=N} says
   * how many; with {@code -Dsim.seed=N} it is that one run, as {@link #manySeeds} has it.
   */
  protected final void grade(TestReporter reporter, int usual) {
    if (System.getProperty("sim.seed") != null) {
      manySeeds();
      return;
    }
    long from = Long.getLong("sim.from", 1);
    int seeds = Integer.getInteger("grade.seeds", usual);
    int clean = 0;
    long firstBroken = 0;
    long step = 0;
    for (long seed = from; seed < from + Math.min(seeds, clean > 0 ? seeds : HOPELESS); seed++) {
      Scenario.Run run = scenario().prepare(seed);
      run.world().noLongerThan(GRADED_EVENTS);
      if (Shrinker.play(run) == null) {
        clean++;
      } else if (firstBroken == 0) {
        firstBroken = seed;
        step = run.world().events();
      }
    }
    SharedCredit credit = new SharedCredit(reporter);
    credit.clean(clean, seeds);
    if (firstBroken != 0) {
      credit.failed(firstBroken, step);
      batch().run(firstBroken, 1, 0, System::nanoTime);
      throw new AssertionError("seed " + firstBroken + " failed, and not when it was run again");
    }
  }

  @Test
  void aSeedIsTheSameRunInAnotherJvm() throws Exception {
    List<String> java = new ArrayList<>();
    java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    java.addAll(Mine.jvmArguments());
    java.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            SimulationSuite.class.getName(),
            getClass().getName()));
    Process other = new ProcessBuilder(java).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    List<String> theirs;
    try (var lines = other.inputReader()) {
      theirs = lines.lines().toList();
    }
    assertThat(other.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(theirs).hasSize(COMPARED_SEEDS).isEqualTo(hashes());
  }

  @Test
  void theRunOnRecord() throws IOException {
    Path record = Path.of("src/test/resources/golden", scenario().name() + ".txt");
    String fresh = String.join("\n", hashes()) + "\n";
    if (Boolean.getBoolean("golden.update")) {
      Files.createDirectories(record.getParent());
      Files.writeString(record, fresh);
    }
    assertThat(fresh)
        .as("runs changed; if that is meant: -Dgolden.update=true")
        .isEqualTo(Files.readString(record));
  }

  /** Prints the hashes of the first seeds of a suite, for a test in another JVM to compare. */
  public static void main(String[] suite) throws ReflectiveOperationException {
    hashes(scenarioOf(suite[0])).forEach(System.out::println);
  }

  /**
   * Runs seeds from 1 on until one fails, which is not made small.
   *
   * @param suite the class name
   * @return the seed and what it failed with; "" if all are clean
   */
  public static String firstFailure(String suite, int seeds) throws ReflectiveOperationException {
    Scenario scenario = scenarioOf(suite);
    for (long seed = 1; seed <= seeds; seed++) {
      Scenario.Run run = scenario.prepare(seed);
      run.world().noLongerThan(GRADED_EVENTS);
      Throwable broken = Shrinker.play(run);
      if (broken != null) {
        String what =
            broken instanceof Violation violation
                ? violation.rule()
                : broken.getClass().getSimpleName();
        return "seed " + seed + ": " + what;
      }
    }
    return "";
  }

  private static Scenario scenarioOf(String suite) throws ReflectiveOperationException {
    return ((SimulationSuite) Class.forName(suite).getDeclaredConstructor().newInstance())
        .scenario();
  }

  private List<String> hashes() {
    if (hashes == null) {
      hashes = hashes(scenario());
    }
    return hashes;
  }

  private static List<String> hashes(Scenario scenario) {
    List<String> hashes = new ArrayList<>();
    for (long seed = 1; seed <= COMPARED_SEEDS; seed++) {
      Scenario.Run run = scenario.prepare(seed);
      run.world().hashDeeply();
      run.play();
      hashes.add(String.format("%d %d %016x", seed, run.world().events(), run.world().hash()));
    }
    return hashes;
  }
}
