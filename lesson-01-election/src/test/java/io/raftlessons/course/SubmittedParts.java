package io.raftlessons.course;

import io.raftlessons.course.Outcome.Colour;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** The student's parts before they are run: whether they compile, and what they name. */
final class SubmittedParts {
  /** Stands for a test: the first that a submission must pass. */
  static final String CHECK = "submission";

  /** Refuses what does not compile. */
  private static final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1;

    Broken(String errors) {
      super(errors);
    }
  }

  private SubmittedParts() {}

  /** In a JVM that has the settings of {@link Mine}; nothing of the submission is run. */
  static Outcome check() {
    try (MutantCompiler compiler = new MutantCompiler()) {
      for (StudentPart part : StudentPart.of(Lesson.current())) {
        Map<String, byte[]> classes =
            compiler.compile(Map.of(part.file(), StudentSource.of(part).filled()), Broken::new);
        for (byte[] type : classes.values()) {
          Optional<String> refused = AllowedInSubmissions.refused(type, classes.keySet());
          if (refused.isPresent()) {
            return red(part.name() + " names " + refused.get() + ": it is not run");
          }
        }
      }
      return new Outcome(CHECK, Colour.GREEN, 0, "");
    } catch (IOException | RuntimeException e) {
      return red("does not compile: " + String.valueOf(e.getMessage()).replaceAll("\\s+", " "));
    }
  }

  private static Outcome red(String why) {
    return new Outcome(CHECK, Colour.RED, 0, why);
  }
}
