package io.raftlessons.sim;

import java.util.function.Consumer;

/**
 * Many runs of a scenario, seed after seed, within a budget of events. The first that fails is run
 * again with its trace on, and reported with the line that repeats it.
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

  private static final int TRACE_ROWS = 60;
  private static final long PROGRESS_EVENTS = 20_000_000;

  private final Scenario scenario;
  private final String repeat;
  private final Consumer<String> out;

  /**
   * @param repeat the command that repeats one seed, with {@code %d} where the seed goes
   * @param out takes progress, line by line
   */
  public SimBatch(Scenario scenario, String repeat, Consumer<String> out) {
    this.scenario = scenario;
    this.repeat = repeat;
    this.out = out;
  }

  /**
   * Runs seeds from {@code from} on, at least {@code minSeeds} of them, until {@code minEvents}
   * events have happened.
   *
   * @param clock real time in nanoseconds, for the speed only
   * @throws AssertionError if a run fails; the message tells all that is needed to repeat it
   */
  public Result run(
      long from, long minSeeds, long minEvents, java.util.function.LongSupplier clock) {
    Reach reach = new Reach();
    long started = clock.getAsLong();
    long events = 0;
    long reported = 0;
    long seed = from;
    while (seed - from < minSeeds || events < minEvents) {
      Scenario.Run run = scenario.prepare(seed);
      try {
        run.play();
      } catch (RuntimeException | AssertionError broken) {
        throw new AssertionError(report(seed, broken), broken);
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

  /** Runs one seed again with its trace on and tells what happened. */
  private String report(long seed, Throwable broken) {
    Scenario.Run again = scenario.prepare(seed);
    again.world().traceNewest(TRACE_ROWS * 4);
    String second = "none: the second run did not fail, so a run depends on more than its seed";
    try {
      again.play();
    } catch (RuntimeException | AssertionError e) {
      second = String.valueOf(e.getMessage());
    }
    SimWorld world = again.world();
    return String.format(
        "%s, seed %d, event %d%n%s%nagain: %s%nrepeat: %s%n%s",
        scenario.name(),
        seed,
        world.events(),
        broken.getMessage(),
        second.equals(String.valueOf(broken.getMessage())) ? "the same" : second,
        String.format(repeat, seed),
        SpaceTime.draw(world.ids(), world.trace(), TRACE_ROWS));
  }
}
