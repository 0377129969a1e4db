package io.raftlessons.sim;

import io.raftlessons.sim.Plan.Kind;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes a failing run small. It runs the seed again and again, each time with more left out: faults
 * first, then client operations, then messages, then delays. What the failure does not need stays
 * out. It ends when nothing more can go, or when its time is up.
 *
 * <p>A run that breaks another rule does not count: the smallest run of another failure would
 * explain nothing. Nor does one that takes longer to fail, unless it is short. In the manner of
 * delta debugging (Zeller and Hildebrandt 2002), but from the front to the back: to leave out a
 * message changes what comes after it, and so the numbers after it, but never those before.
 */
final class Shrinker {
  /** Real time in nanoseconds after which no further run is begun. */
  static final long BUDGET = 5_000_000_000L;

  /** Events of a run that may grow while something is left out of it. */
  private static final long SHORT = 500;

  private final Scenario scenario;
  private final long seed;
  private final String failure;
  private final LongSupplier clock;
  private final long deadline;
  private int runs;
  private Plan best = Plan.NOTHING;
  private SimWorld world;

  private Shrinker(
      Scenario scenario, long seed, SimWorld whole, Throwable broken, LongSupplier clock) {
    this.scenario = scenario;
    this.seed = seed;
    this.world = whole;
    this.clock = clock;
    failure = failureOf(broken);
    deadline = clock.getAsLong() + BUDGET;
  }

  /**
   * The result.
   *
   * @param plan what to leave out
   * @param runs how many runs it took to find
   * @param complete whether nothing more can be left out; else the time was up
   */
  record Shrunk(Plan plan, int runs, boolean complete) {}

  /**
   * @param whole the world of the whole run, after it
   * @param broken how it failed
   * @param clock real time in nanoseconds
   */
  static Shrunk shrink(
      Scenario scenario, long seed, SimWorld whole, Throwable broken, LongSupplier clock) {
    return new Shrinker(scenario, seed, whole, broken, clock).shrink();
  }

  private Shrunk shrink() {
    Plan before;
    do {
      before = best;
      for (Kind kind : Kind.values()) {
        reduce(kind);
      }
    } while (!best.equals(before) && !late());
    return new Shrunk(best, runs, !late());
  }

  private boolean late() {
    return clock.getAsLong() >= deadline;
  }

  /** From the front on: leaves out as much in one go as it can, by halves, down to single ones. */
  private void reduce(Kind kind) {
    int number = 1;
    int size = counted(kind);
    while (number <= counted(kind) && !late()) {
      if (best.has(kind, number) || (kind == Kind.DELAYS && best.has(Kind.MESSAGES, number))) {
        number++;
        continue;
      }
      int last = Math.min(counted(kind), number + size - 1);
      if (attempt(best.with(kind, number, last))) {
        number = last + 1;
        size *= 2;
      } else if (last > number) {
        size = (last - number + 1) / 2;
      } else {
        number++;
        size = 2;
      }
    }
  }

  private boolean attempt(Plan plan) {
    runs++;
    Scenario.Run run = scenario.prepare(seed);
    run.world().follow(plan);
    run.world().noLongerThan(Math.max(SHORT, world.events()));
    Throwable broken = play(run);
    if (broken == null || !failureOf(broken).equals(failure)) {
      return false;
    }
    world = run.world();
    best = plan;
    for (Kind kind : Kind.values()) {
      best = best.upTo(kind, counted(kind)); // beyond it names nothing any more
    }
    return true;
  }

  private int counted(Kind kind) {
    return world.decisions().counted(kind);
  }

  /** Lets a run happen. Returns how it failed, or null: whatever it is, somebody names the seed. */
  static @Nullable Throwable play(Scenario.Run run) {
    try {
      run.play();
      return null;
    } catch (RuntimeException | Error broken) {
      return broken;
    }
  }

  /** What kind of failure it is: the rule, and what stopped a server if that is the rule. */
  private static String failureOf(Throwable broken) {
    String rule = broken instanceof Violation violation ? violation.rule() : "";
    Throwable cause = broken instanceof Violation ? broken.getCause() : broken;
    return rule + " " + (cause == null ? "" : cause.getClass().getName());
  }
}
