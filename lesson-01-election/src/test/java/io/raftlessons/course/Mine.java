package io.raftlessons.course;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Whose parts are tested, as the command line says.
 *
 * <p>{@code -Draft.impl=mine} takes the student's parts, of the lesson whose tests run or of those
 * in {@code -Draft.mine=1,2}; all others are the reference's. {@code -Dex=1.2} grades that exercise
 * alone: those after it in its lesson run the reference's lines. {@code -Draft.exercises=DIR} is
 * another source root for the student's files.
 */
public final class Mine {
  private Mine() {}

  /** The lessons whose parts are the student's. */
  static List<Lesson> lessons() throws IOException {
    if (!isChosen()) {
      return List.of();
    }
    String mine = System.getProperty("raft.mine", Lesson.current().number());
    List<String> numbers = List.of(mine.split(","));
    return Lesson.all().stream().filter(lesson -> numbers.contains(lesson.number())).toList();
  }

  /** Whether a student's parts are tested. */
  public static boolean isChosen() {
    String impl = System.getProperty("raft.impl", "reference");
    if (!impl.matches("reference|mine|bug:.+")) {
      throw new IllegalArgumentException("-Draft.impl=" + impl + ": reference, mine or bug:ID");
    }
    return impl.equals("mine");
  }

  /**
   * The exercises of these lessons that nobody has begun; none if that cannot be told, because a
   * comment line is gone: every test says so.
   */
  static Set<String> open() throws IOException {
    Set<String> open = new TreeSet<>();
    try {
      for (Lesson lesson : lessons()) {
        for (StudentPart part : StudentPart.of(lesson)) {
          open.addAll(StudentSource.of(part).open());
        }
      }
    } catch (IllegalArgumentException commentLineIsGone) {
      open.clear();
    }
    return open;
  }

  /** The exercise that is graded alone. */
  static Optional<ExerciseId> alone() {
    return Optional.ofNullable(System.getProperty("ex")).map(ExerciseId::of);
  }

  /** Where the student has written the part. */
  static Path file(StudentPart part) {
    String root = System.getProperty("raft.exercises");
    return root == null ? part.starterFile() : Path.of(root).resolve(part.file());
  }

  /** Runs tests in this JVM on a student's files in that source root. */
  static <T> T whileTesting(Path exercises, Supplier<T> tests) {
    Map<String, String> settings =
        Map.of("raft.impl", "mine", "raft.exercises", exercises.toString());
    Properties before = new Properties();
    before.putAll(System.getProperties());
    try {
      settings.forEach(System::setProperty);
      return tests.get();
    } finally {
      System.setProperties(before);
    }
  }

  /** For a JVM that is to test the same. */
  public static List<String> jvmArguments() {
    return List.of("raft.impl", "raft.mine", "raft.exercises", "ex").stream()
        .filter(key -> System.getProperty(key) != null)
        .map(key -> "-D" + key + "=" + System.getProperty(key))
        .toList();
  }
}
