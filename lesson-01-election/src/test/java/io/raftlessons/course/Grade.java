package io.raftlessons.course;

import java.util.Locale;

/**
 * What came of a graded test.
 *
 * @param clean of {@code total} parts: of a simulation the seeds without a violation, else 1 of 1
 *     or 0 of 1
 * @param why the failure in one line; of a test that is not started, the exercise it waits for; ""
 *     if it passed
 * @param trace the page that shows the failure, or ""
 */
public record Grade(
    String test, State state, int clean, int total, long millis, String why, String trace) {
  /** How far a test came. */
  public enum State {
    PASSED,
    FAILED,
    /** It met an exercise that nobody has begun. */
    NOT_STARTED,
    /** It was left out, or its JVM ended before. */
    NOT_RUN
  }

  private static final String SEPARATOR = "\t";

  /** Of a test that nothing is known of. */
  public static Grade notRun(String test, String why) {
    return new Grade(test, State.NOT_RUN, 0, 1, 0, why, "");
  }

  /** Of a test without any point. */
  static Grade failed(String test, long millis, String why) {
    return new Grade(test, State.FAILED, 0, 1, millis, why, "");
  }

  /** The points for it; a share is rounded down, so that all points mean that all was clean. */
  public int points(GradedTest graded) {
    return total == 0 ? 0 : (int) ((long) graded.points() * clean / total);
  }

  /** One line, which {@link #parse} reads again. */
  String line() {
    return String.join(
        SEPARATOR,
        test,
        state.name(),
        Integer.toString(clean),
        Integer.toString(total),
        Long.toString(millis),
        clean(why),
        clean(trace));
  }

  private static String clean(String text) {
    return text.replaceAll("\\s", " ");
  }

  static Grade parse(String line) {
    String[] parts = line.split(SEPARATOR, -1);
    return new Grade(
        parts[0],
        State.valueOf(parts[1]),
        Integer.parseInt(parts[2]),
        Integer.parseInt(parts[3]),
        Long.parseLong(parts[4]),
        parts[5],
        parts[6]);
  }

  /** As in a list. */
  String stateInWords() {
    return state.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
