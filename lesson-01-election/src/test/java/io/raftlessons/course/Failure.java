package io.raftlessons.course;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a failed test threw. Classes are known by their names, because a mutant's are loaded
 * by another loader.
 */
final class Failure {
  private static final Pattern NOT_STARTED =
      Pattern.compile("exercise (\\d+\\.\\d+) is not started");
  private static final Pattern TRACE = Pattern.compile("\\S*target/traces/\\S+\\.html");
  private static final int LONGEST = 300;

  private final Throwable thrown;

  Failure(Throwable thrown) {
    this.thrown = thrown;
  }

  /** The exercise that was met and not begun; "" if that was not it. */
  String notStarted() {
    Throwable found = cause(NotStarted.class.getName());
    Matcher exercise = NOT_STARTED.matcher(found == null ? "" : message(found));
    return exercise.find() ? exercise.group(1) : "";
  }

  /** Whether it was left out. */
  boolean isNotRun() {
    return cause(Patience.NotRun.class.getName()) != null;
  }

  /**
   * In one line: where, and what was seen.
   *
   * @param said what the test itself told of the failure
   */
  String line(Map<String, String> said) {
    Throwable violation = cause("io.raftlessons.sim.Violation");
    String where = "";
    if (said.containsKey(SharedCredit.SEED)) {
      where = "seed " + said.get(SharedCredit.SEED) + " step " + said.get(SharedCredit.STEP) + ": ";
    }
    String text = oneLine(violation == null ? message(thrown) : message(violation));
    return where + text.substring(0, Math.min(LONGEST, text.length()));
  }

  /** The page that shows it, if one was written. */
  String trace() {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      Matcher page = TRACE.matcher(message(t));
      if (page.find()) {
        return page.group();
      }
    }
    return "";
  }

  private @Nullable Throwable cause(String type) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t.getClass().getName().equals(type)) {
        return t;
      }
      for (Throwable other : t.getSuppressed()) {
        Throwable found = new Failure(other).cause(type);
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }

  private static String message(Throwable t) {
    return t.getMessage() == null ? t.getClass().getSimpleName() : t.getMessage();
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\s+", " ");
  }
}
