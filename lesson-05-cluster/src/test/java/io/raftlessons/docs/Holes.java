package io.raftlessons.docs;

import io.raftlessons.course.Budget;
import io.raftlessons.course.Bug;
import io.raftlessons.course.Lesson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The exercises of a lesson, as they are marked in its sources: {@code // exercise 1.3: ...} to
 * {@code // end of exercise 1.3}. An exercise may have several places.
 */
final class Holes {
  private static final Pattern BEGIN = Pattern.compile("\\s*// exercise (\\d\\.\\d+): .*");
  private static final Pattern END = Pattern.compile("\\s*// end of exercise \\d\\.\\d+\\s*");

  /** Whether a line is one of the two that enclose an exercise. */
  static boolean isMark(String line) {
    return BEGIN.matcher(line).matches() || END.matcher(line).matches();
  }

  private Holes() {}

  /**
   * What is between the two lines, place by place.
   *
   * @throws DocsException if the exercise has no place in the file
   */
  static List<List<String>> places(List<String> lines, String exercise) {
    List<List<String>> places = new ArrayList<>();
    List<String> open = null;
    for (String line : lines) {
      Matcher begin = BEGIN.matcher(line);
      if (END.matcher(line).matches()) {
        open = null;
      } else if (begin.matches()) {
        open = new ArrayList<>();
        if (begin.group(1).equals(exercise)) {
          places.add(open);
        }
      } else if (open != null) {
        open.add(line);
      }
    }
    if (places.isEmpty()) {
      throw new DocsException("no exercise " + exercise);
    }
    return places;
  }

  /**
   * The reference with nothing where the exercise is: as if it were a bug.
   *
   * @throws DocsException if no file of the lesson has the exercise
   */
  static Bug open(Lesson lesson, String exercise) throws IOException {
    Path sources = lesson.directory().resolve("src/main/java/io/raftlessons");
    try (Stream<Path> files = Files.walk(sources)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
        Optional<Bug> bug = open(sources.relativize(file), Files.readString(file), exercise);
        if (bug.isPresent()) {
          return bug.get();
        }
      }
    }
    throw new DocsException(lesson.name() + " has no exercise " + exercise);
  }

  private static Optional<Bug> open(Path file, String text, String exercise) {
    if (!text.contains("// exercise " + exercise + ": ")) {
      return Optional.empty();
    }
    List<Bug.Edit> edits = new ArrayList<>();
    for (List<String> place : places(text.lines().toList(), exercise)) {
      edits.add(new Bug.Edit(String.join("\n", place), todo(place, exercise)));
    }
    return Optional.of(
        new Bug(
            file,
            exercise,
            "exercise " + exercise + " is open",
            "",
            "",
            file.toString().replace('\\', '/'),
            edits,
            List.of(),
            List.of(),
            Budget.USUAL,
            ""));
  }

  /** A value where one is returned, else a statement. */
  private static String todo(List<String> place, String exercise) {
    String call = "io.raftlessons.course.Todo.here(\"" + exercise + "\");";
    String last = String.join("\n", place);
    return last.matches("(?s).*\\breturn\\s+[^;].*") ? "return " + call : call;
  }
}
