package io.raftlessons.course;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The module of a lesson: where its bugs are, and its sources with those of the lessons before.
 *
 * @param directory {@code .../lesson-01-election}
 */
public record Lesson(Path directory) {
  private static final String SOURCES = "src/main/java/io/raftlessons";
  private static final String BUGS = "src/test/bugs";

  /** The lessons of the repository that the working directory is in, in their order. */
  public static List<Lesson> all() throws IOException {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("mvnw"))) {
      Path parent = root.getParent();
      if (parent == null) {
        throw new IllegalStateException("no mvnw above " + Path.of("").toAbsolutePath());
      }
      root = parent;
    }
    return in(root);
  }

  static List<Lesson> in(Path root) throws IOException {
    return list(root, "lesson-*").stream().map(Lesson::new).toList();
  }

  /** The lesson whose tests run: Maven runs them in the directory of their module. */
  public static Lesson current() {
    return new Lesson(Path.of("").toAbsolutePath());
  }

  public String name() {
    return String.valueOf(directory.getFileName());
  }

  /** As {@code 1}: what the ids of its exercises begin with; "" outside the lessons. */
  public String number() {
    return name().matches("lesson-0[1-9]-.*") ? name().substring(8, 9) : "";
  }

  /** The bugs that everybody may see, by id. */
  public List<Bug> publicBugs() throws IOException {
    return read(directory.resolve(BUGS));
  }

  /** The public bugs and the instructor's, which are in {@code private/} and not in git. */
  public List<Bug> bugs() throws IOException {
    List<Bug> bugs = new ArrayList<>(publicBugs());
    bugs.addAll(read(directory.resolve(BUGS).resolve("private")));
    return bugs;
  }

  private static List<Bug> read(Path directory) throws IOException {
    List<Bug> bugs = new ArrayList<>();
    for (Path file : list(directory, "*.bug")) {
      bugs.add(BugFile.read(file));
    }
    bugs.sort(Comparator.comparing(Bug::id));
    return bugs;
  }

  /**
   * The text of the file that a bug changes: one of this lesson or of a lesson before it. The
   * comment lines of exercises are no part of it.
   *
   * @throws BrokenBugException if there is no such file
   */
  public String source(Bug bug) throws IOException {
    for (Lesson lesson : in(directory.resolveSibling(""))) {
      Path source = lesson.directory().resolve(SOURCES).resolve(bug.file());
      if (lesson.name().compareTo(name()) <= 0 && Files.isRegularFile(source)) {
        return Marks.strip(bug.file(), Files.readString(source));
      }
    }
    throw new BrokenBugException(
        bug.bugFile(), "neither " + name() + " nor a lesson before it has " + bug.file());
  }

  private static List<Path> list(Path directory, String glob) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    var matcher = directory.getFileSystem().getPathMatcher("glob:" + glob);
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> matcher.matches(file.getFileName())).sorted().toList();
    }
  }
}
