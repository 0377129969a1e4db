package io.raftlessons.course;

import io.raftlessons.course.Outcome.Colour;
import java.lang.reflect.InvocationTargetException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Seed after seed of a simulation, with the classes of a loader, until one fails: what a {@link
 * ZooWorker} is asked by a name as tests have one. It is red with the seed and the rule.
 */
final class SimulatedRuns {
  private static final String SUITE = "io.raftlessons.sim.SimulationSuite";
  private static final Pattern NAME = Pattern.compile("seeds 1 to ([0-9]+) of (\\S+)");

  private SimulatedRuns() {}

  /**
   * @param simulation a {@code SimulationSuite}'s class name
   */
  static String name(String simulation, int seeds) {
    return String.format(Locale.ROOT, "seeds 1 to %d of %s", seeds, simulation);
  }

  static boolean isNamed(String test) {
    return NAME.matcher(test).matches();
  }

  static Outcome of(String name, ClassLoader loader) {
    long start = System.nanoTime();
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(name);
    }
    Colour colour;
    String why;
    try {
      why =
          (String)
              Class.forName(SUITE, true, loader)
                  .getMethod("firstFailure", String.class, int.class)
                  .invoke(null, matcher.group(2), Integer.parseInt(matcher.group(1)));
      colour = why.isEmpty() ? Colour.GREEN : Colour.RED;
    } catch (InvocationTargetException e) {
      colour = Colour.BROKEN;
      why = String.valueOf(e.getCause());
    } catch (ReflectiveOperationException | LinkageError e) {
      colour = Colour.BROKEN;
      why = e.toString();
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    return new Outcome(name, colour, millis, why);
  }
}
