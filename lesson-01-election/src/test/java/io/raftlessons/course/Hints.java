package io.raftlessons.course;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Gives an exercise's hints one at a time, and remembers how many a student has had. */
final class Hints {
  private final Path given;

  private Hints(Path given) {
    this.given = given;
  }

  /**
   * @param given the directory to remember in
   */
  static Hints in(Path given) {
    return new Hints(given);
  }

  /** The next one, for the console; the last one again if there is no other. */
  String next(Assignment assignment) throws IOException {
    int all = assignment.hints().size();
    Path file = given.resolve(assignment.id());
    int number = Files.exists(file) ? Integer.parseInt(Files.readString(file).strip()) : 0;
    number = Math.min(number + 1, all);
    Files.createDirectories(given);
    Files.writeString(file, number + "\n");
    return String.format(
        "Exercise %s: %s. %s%nHint %d of %d:%n%s%n%s%n",
        assignment.id(),
        assignment.title(),
        assignment.summary(),
        number,
        all,
        assignment.hints().get(number - 1).indent(2).stripTrailing(),
        number < all ? "For the next one, the same again." : "There is no other.");
  }
}
