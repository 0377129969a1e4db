package io.raftlessons.course;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a student is told of an exercise. A lesson's are in {@code src/exercise/exercises.txt}:
 * {@link Fields} of one after the other, each begun by its {@code id}.
 *
 * @param id as {@code 1.3}
 * @param title what is done, in a few words
 * @param rules the rules that it obeys, as {@code RV-2}, with commas between
 * @param minutes about how long it takes
 * @param stars how hard it is, from 1 to 3
 * @param step the step of the lesson's README that it belongs to
 * @param hints a nudge, the rule, the pseudocode
 */
record Assignment(
    String id, String title, String rules, int minutes, int stars, int step, List<String> hints) {
  private static final String FILE = "src/exercise/exercises.txt";

  Assignment {
    hints = List.copyOf(hints);
  }

  /** Those of a lesson, in their order; none if it has no exercises. */
  static List<Assignment> of(Lesson lesson) throws IOException {
    Path file = lesson.directory().resolve(FILE);
    return Files.exists(file) ? parse(file, Files.readAllLines(file)) : List.of();
  }

  /**
   * @throws IllegalArgumentException if the text is not as the format says
   */
  static List<Assignment> parse(Path file, List<String> lines) {
    List<Assignment> assignments = new ArrayList<>();
    int from = 0;
    for (int i = 1; i <= lines.size(); i++) {
      if (i == lines.size() || lines.get(i).startsWith("id:")) {
        assignments.add(
            of(
                new Fields(
                    lines.subList(from, i),
                    from + 1,
                    problem -> new IllegalArgumentException(file + ": " + problem))));
        from = i;
      }
    }
    return assignments;
  }

  private static Assignment of(Fields fields) {
    Assignment assignment =
        new Assignment(
            fields.take("id"),
            fields.take("title"),
            fields.take("rules"),
            number(fields, "minutes"),
            number(fields, "stars"),
            number(fields, "step"),
            List.of(fields.take("hint"), fields.take("hint-2"), fields.take("hint-3")));
    fields.end();
    return assignment;
  }

  private static int number(Fields fields, String key) {
    String value = fields.take(key);
    if (!value.matches("[0-9]{1,3}")) {
      throw fields.broken("'" + key + "' is no number: " + value);
    }
    return Integer.parseInt(value);
  }

  /**
   * @throws IllegalArgumentException if there is none of that id
   */
  static Assignment find(List<Assignment> assignments, String id) {
    return assignments.stream()
        .filter(assignment -> assignment.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no exercise "
                        + id
                        + ", there are "
                        + assignments.stream().map(Assignment::id).toList()));
  }

  /** In one line. */
  String summary() {
    return String.format("%s. README, step %d; about %d minutes.", rules, step, minutes);
  }
}
