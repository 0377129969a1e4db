package io.raftlessons.course;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A student's file, and what is compiled of it. Where nobody has begun the reference's lines are
 * lent, to tests that do not need the exercise (see {@link Todo#lend}); after the exercise that is
 * graded alone they take the place of whatever is there. All other lines keep their numbers, which
 * a student will read in a stack trace.
 */
final class StudentSource {
  private final StudentPart part;
  private final String written;
  private final Marks reference;
  private final Optional<ExerciseId> alone;

  private StudentSource(StudentPart part, String written, Optional<ExerciseId> alone)
      throws IOException {
    this.part = part;
    this.written = written;
    this.reference = part.asStudents();
    this.alone = alone.filter(exercise -> exercise.isOf(part.lesson()));
  }

  /** As the command line says. */
  static StudentSource of(StudentPart part) throws IOException {
    return new StudentSource(part, Files.readString(Mine.file(part)), Mine.alone());
  }

  static StudentSource of(StudentPart part, String written, Optional<ExerciseId> alone)
      throws IOException {
    return new StudentSource(part, written, alone);
  }

  /** Below a source root. */
  String file() {
    return part.file();
  }

  /** As it is on the disk. */
  String written() {
    return written;
  }

  boolean isGradedAlone() {
    return alone.isPresent();
  }

  /** The exercises that nobody has begun and that are not replaced. */
  List<String> open() {
    List<String> open = new ArrayList<>();
    for (Marks.Hole hole : new Marks(part.name(), written).holes()) {
      if (hole.isOpen() && !isReplaced(hole)) {
        open.add(hole.exercise());
      }
    }
    return open;
  }

  private boolean isReplaced(Marks.Hole hole) {
    return alone.filter(ExerciseId.of(hole.exercise())::isAfter).isPresent();
  }

  /**
   * The text with the reference's lines in it.
   *
   * @throws IllegalStateException if the comment lines around one of its places are gone
   */
  String filled() {
    Marks mine = new Marks(part.name(), written);
    for (Marks.Hole hole : reference.holes()) {
      if (isReplaced(hole) && mine.like(hole).isEmpty()) {
        throw new IllegalStateException(
            String.format(
                "%s has lost a comment line \"// exercise %s: %s\", so what is after exercise %s"
                    + " cannot be left out. Put it back, with \"// end of exercise %s\" after your"
                    + " lines, or run without -Dex=",
                part.name(), hole.exercise(), hole.task(), alone.orElseThrow(), hole.exercise()));
      }
    }
    return mine.fill(this::filling);
  }

  private List<String> filling(Marks.Hole hole) {
    Optional<Marks.Hole> answer = reference.like(hole);
    if (answer.isEmpty() || !(isReplaced(hole) || hole.isOpen())) {
      return hole.lines();
    }
    StringBuilder line = new StringBuilder();
    if (!isReplaced(hole)) {
      line.append(Todo.class.getName()).append(".lend(\"").append(hole.exercise()).append("\");");
    }
    answer.get().lines().forEach(lent -> line.append(' ').append(withoutComment(lent)));
    List<String> lines = new ArrayList<>(List.of(line.toString()));
    lines.addAll(Collections.nCopies(Math.max(0, hole.lines().size() - 1), ""));
    return lines;
  }

  private static String withoutComment(String line) {
    return line.replaceFirst("//.*", "").strip();
  }
}
