package io.raftlessons.course.trace;

import io.raftlessons.sim.Plan;
import io.raftlessons.sim.Scenario;
import io.raftlessons.sim.SimBatch.Failed;
import io.raftlessons.sim.Violation;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Pages of simulated runs. */
public final class SimTraces {
  /** A run that was recorded, and how it failed; null if it did not. */
  public record Recorded(Recording recording, @Nullable Throwable broken) {}

  private SimTraces() {}

  /** Runs a seed without what the plan leaves out, and records it. */
  public static Recorded record(Scenario scenario, long seed, Plan plan) {
    Scenario.Run run = scenario.prepare(seed);
    run.world().follow(plan);
    RunRecorder recorder = RunRecorder.of(run.world());
    Throwable broken = null;
    try {
      run.play();
    } catch (RuntimeException | AssertionError e) {
      broken = e;
    }
    return new Recorded(recorder.recording(run.world().clientCalls()), broken);
  }

  /**
   * Writes the page of a failed run.
   *
   * @param test the class that ran it
   * @return a line that says where it is
   */
  public static String keep(String lesson, String test, Failed failed) {
    Recorded run = record(failed.scenario(), failed.seed(), failed.plan());
    About about =
        about(
            run,
            lesson,
            test,
            failed.scenario().name(),
            failed.seed(),
            failed.repeat(),
            failed.wholeEvents(),
            failed.events());
    Path page = TracePage.write(run.recording(), about);
    return String.format("trace: %s#%d%n", page, about.step());
  }

  /** Writes the page of a seed, whether it fails or not. */
  public static Path write(
      String lesson, String test, Scenario scenario, long seed, String repeat) {
    Recorded run = record(scenario, seed, Plan.NOTHING);
    return TracePage.write(
        run.recording(), about(run, lesson, test, scenario.name(), seed, repeat, 0, 0));
  }

  private static About about(
      Recorded run,
      String lesson,
      String test,
      String scenario,
      long seed,
      String repeat,
      long from,
      long to) {
    Throwable broken = run.broken();
    String rule = "";
    String text = "seed " + seed + " of the simulation \"" + scenario + "\" breaks no rule";
    if (broken != null) {
      rule =
          broken instanceof Violation violation
              ? violation.rule()
              : broken.getClass().getSimpleName();
      text = String.valueOf(broken.getMessage());
    }
    return new About(
        test + "-" + seed,
        lesson,
        About.currentImpl(),
        test,
        seed,
        broken == null,
        rule,
        text,
        Math.max(0, run.recording().size() - 1),
        repeat,
        from,
        to);
  }
}
