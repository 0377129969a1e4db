package io.raftlessons.sim;

import io.raftlessons.sim.Plan.Kind;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Many runs of a scenario, seed after seed, within a budget of events. The first that fails is made
 * as small as it gets (see {@link Plan}), and reported with its picture and the line that repeats
 * it.
 */
public final class SimBatch {
  /**
   * What a batch did.
   *
   * @param seeds how many runs
   * @param events how many events in all
   * @param nanos real time
   * @param nextSeed where the next batch goes on
   */
  public record Result(long seeds, long events, long nanos, long nextSeed, Reach reach) {
    /** Events a second. */
    public double speed() {
      return events * 1e9 / nanos;
    }

    @Override
    public String toString() {
      return String.format(
          "%,d seeds, %,d events, %,.0f events/s, next seed %d%n%s",
          seeds, events, speed(), nextSeed, reach);
    }
  }

  /** Keeps a failed run for a reader, by running it once more. */
  public interface Keeper {
    /** Keeps nothing. */
    Keeper NONE = failed -> "";

    /** Returns what the report says of it, in whole lines. */
    String keep(Failed failed);
  }

  /**
   * A run that fails.
   *
   * @param repeat the command that repeats it
   * @param wholeEvents how many events it had before it was shrunk; 0 if it was not
   * @param events how many it has now
   */
  public record Failed(
      Scenario scenario, long seed, Plan plan, String repeat, long wholeEvents, long events) {}

  private static final int ROWS = 60;

  /** A shrunk run is short, and all of it matters. */
  private static final int ROWS_OF_SHRUNK = 240;

  private static final long PROGRESS_EVENTS = 20_000_000;

  private final Scenario scenario;
  private final String repeat;
  private final Consumer<String> out;
  private final Keeper keeper;

  /**
   * @param repeat the command that repeats one seed, with {@code %d} where the seed goes
   * @param out takes progress, line by line
   */
  public SimBatch(Scenario scenario, String repeat, Consumer<String> out) {
    this(scenario, repeat, out, Keeper.NONE);
  }

  /** As above, and each failed run is kept. */
  public SimBatch(Scenario scenario, String repeat, Consumer<String> out, Keeper keeper) {
    this.scenario = scenario;
    this.repeat = repeat;
    this.out = out;
    this.keeper = keeper;
  }

  /**
   * Runs seeds from {@code from} on, at least {@code minSeeds} of them, until {@code minEvents}
   * events have happened.
   *
   * @param clock real time in nanoseconds: for the speed, and for how long to shrink
   * @throws AssertionError if a run fails; the message tells all that is needed to repeat it
   */
  public Result run(long from, long minSeeds, long minEvents, LongSupplier clock) {
    Reach reach = new Reach();
    long started = clock.getAsLong();
    long events = 0;
    long reported = 0;
    long seed = from;
    while (seed - from < minSeeds || events < minEvents) {
      Scenario.Run run = scenario.prepare(seed);
      Throwable broken = Shrinker.play(run);
      if (broken != null) {
        throw new AssertionError(report(seed, broken, clock), broken);
      }
      events += run.world().events();
      run.world().countDisks();
      reach.addAll(run.world().reach());
      seed++;
      if (events - reported >= PROGRESS_EVENTS) {
        reported = events;
        double speed = events * 1e9 / (clock.getAsLong() - started);
        out.accept(
            String.format(
                "%s: %,d events, %,.0f events/s, next seed %d",
                scenario.name(), events, speed, seed));
      }
    }
    return new Result(seed - from, events, clock.getAsLong() - started, seed, reach);
  }

  /**
   * Runs one seed without what the plan leaves out, as a report says how to.
   *
   * @throws AssertionError if the run fails; it is reported as it is
   */
  public void replay(long seed, Plan plan) {
    Scenario.Run run = scenario.prepare(seed);
    run.world().follow(plan);
    Throwable broken = Shrinker.play(run);
    if (broken != null) {
      Traced again = trace(seed, plan);
      throw new AssertionError(
          head(seed, broken, again)
              + repeat(seed, plan)
              + keep(seed, plan, 0, again)
              + picture(again, ROWS_OF_SHRUNK),
          broken);
    }
  }

  /** A run with its trace on, and how it failed. */
  private record Traced(SimWorld world, @Nullable Throwable broken) {
    boolean failsLike(Throwable other) {
      return broken != null && String.valueOf(broken.getMessage()).equals(other.getMessage());
    }
  }

  private Traced trace(long seed, Plan plan) {
    Scenario.Run run = scenario.prepare(seed);
    run.world().follow(plan);
    run.world().traceNewest(ROWS_OF_SHRUNK);
    return new Traced(run.world(), Shrinker.play(run));
  }

  private String report(long seed, Throwable broken, LongSupplier clock) {
    Traced whole = trace(seed, Plan.NOTHING);
    if (!whole.failsLike(broken)) {
      return head(seed, broken, whole)
          + repeat(seed, Plan.NOTHING)
          + keep(seed, Plan.NOTHING, 0, whole)
          + picture(whole, ROWS);
    }
    Shrinker.Shrunk shrunk = Shrinker.shrink(scenario, seed, whole.world(), broken, clock);
    Traced small = trace(seed, shrunk.plan());
    return head(seed, broken, whole)
        + what(shrunk, whole.world().decisions(), small)
        + repeat(seed, shrunk.plan())
        + keep(seed, shrunk.plan(), whole.world().events(), small)
        + picture(small, ROWS_OF_SHRUNK);
  }

  private String head(long seed, Throwable broken, Traced again) {
    String second = "the same";
    if (again.broken() == null) {
      second = "none: the second run did not fail, so a run depends on more than its seed";
    } else if (!again.failsLike(broken)) {
      second = String.valueOf(again.broken().getMessage());
    }
    return String.format(
        "%s, seed %d, event %d%n%s%nagain: %s%n",
        scenario.name(), seed, again.world().events(), broken.getMessage(), second);
  }

  /** What remains of a shrunk run, in words. */
  private static String what(Shrinker.Shrunk shrunk, Decisions whole, Traced small) {
    Decisions decided = small.world().decisions();
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            "shrunk in %d runs%s to event %d: %s, %s, %s, of which %d late%n",
            shrunk.runs(),
            shrunk.complete() ? "" : " (no time for more)",
            small.world().events(),
            rest("faults", Kind.FAULTS, shrunk.plan(), decided, whole),
            rest("client operations", Kind.OPERATIONS, shrunk.plan(), decided, whole),
            rest("messages", Kind.MESSAGES, shrunk.plan(), decided, whole),
            late(shrunk.plan(), decided)));
    text.append(small.broken() == null ? "" : small.broken().getMessage()).append('\n');
    decided.faults().forEach(fault -> text.append("  ").append(fault).append('\n'));
    return text.toString();
  }

  private static String rest(
      String what, Kind kind, Plan plan, Decisions decided, Decisions whole) {
    int left = decided.counted(kind) - plan.count(kind);
    return String.format("%d of %d %s", left, whole.counted(kind), what);
  }

  /** The messages that may not come earlier than they do. */
  private static int late(Plan plan, Decisions decided) {
    int late = 0;
    for (int message = 1; message <= decided.counted(Kind.MESSAGES); message++) {
      if (!plan.has(Kind.MESSAGES, message) && !plan.has(Kind.DELAYS, message)) {
        late++;
      }
    }
    return late;
  }

  private String repeat(long seed, Plan plan) {
    return String.format("repeat: %s%n", command(seed, plan));
  }

  private String command(long seed, Plan plan) {
    return String.format(repeat, seed) + (plan.isEmpty() ? "" : " -Dsim.plan=" + plan);
  }

  private String keep(long seed, Plan plan, long wholeEvents, Traced run) {
    return keeper.keep(
        new Failed(scenario, seed, plan, command(seed, plan), wholeEvents, run.world().events()));
  }

  private static String picture(Traced run, int rows) {
    return SpaceTime.draw(run.world().ids(), run.world().trace(), rows);
  }
}
