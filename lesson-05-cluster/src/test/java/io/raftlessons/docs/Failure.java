package io.raftlessons.docs;

import io.raftlessons.course.NotStarted;
import io.raftlessons.script.ScriptSuite;
import java.io.File;
import java.util.ArrayList;
import java.util.List;

/** What a failed test says, in the lines that a reader needs. */
final class Failure {
  private Failure() {}

  static List<String> lines(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      // by name: it comes from the loader of the mutant
      if (cause.getClass().getName().equals(NotStarted.class.getName())) {
        return List.of("  " + cause.getMessage());
      }
    }
    List<String> lines = new ArrayList<>();
    String message = String.valueOf(failure.getMessage());
    message
        .lines()
        .filter(line -> !line.isBlank())
        .forEach(line -> lines.add("  " + everywhereTheSame(line.stripTrailing())));
    if (lines.isEmpty() || !(failure instanceof AssertionError)) {
      lines.add(0, "  " + failure.getClass().getSimpleName());
    }
    return lines;
  }

  /** Without what is another in each run: temporary directories, identities of objects. */
  static String everywhereTheSame(String line) {
    return line.replace(ScriptSuite.root() + File.separator, "")
        .replaceAll("\\S*/junit-?\\d+", "/tmp/\u2026")
        .replaceAll("@[0-9a-f]{5,8}\\b", "@\u2026");
  }
}
