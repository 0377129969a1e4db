package io.raftlessons.course;

import io.raftlessons.course.Outcome.Colour;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** The student's parts before they are run: whether they compile, and what they name. */
final class SubmittedParts {
  /** Stands for a test: the first that a submission must pass. */
  static final String CHECK = "submission";

  private SubmittedParts() {}

  /** In a JVM that has the settings of {@link Mine}; nothing of the submission is run. */
  static Outcome check() {
    try {
      AllowedInSubmissions allowed = AllowedInSubmissions.partsOf(Lesson.current());
      Map<String, byte[]> classes = StudentClasses.compile(Lesson.current());
      for (Map.Entry<String, byte[]> type : classes.entrySet()) {
        Optional<String> refused = allowed.refused(type.getValue(), classes.keySet());
        if (refused.isPresent()) {
          String name = type.getKey().substring(type.getKey().lastIndexOf('.') + 1);
          return red(name + " names " + refused.get() + ": it is not run");
        }
      }
      return new Outcome(CHECK, Colour.GREEN, 0, "");
    } catch (IOException | RuntimeException | StackOverflowError e) {
      return red(String.valueOf(e.getMessage()).replaceAll("\\s+", " "));
    }
  }

  private static Outcome red(String why) {
    return new Outcome(CHECK, Colour.RED, 0, why);
  }
}
