package io.raftlessons.course;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.platform.launcher.TestPlan;

/**
 * Prints and writes the score of the lesson whose tests run; nothing if none of them is graded.
 *
 * <p>Several JVMs may share a lesson's classes: each adds what it has to a file of the build, and
 * the one that makes it complete tells the score. A JVM that is alone ({@code score.forks} is 1)
 * tells it in any case.
 */
public final class ScoreListener extends GradeListener {
  static final String COLLECTED = "collected.tsv";

  /** Whether the build prints the score at its end: see {@link TellScore}. */
  private static final String LATER = "score.later";

  private final Lesson lesson;
  private final Path directory;
  private final PrintStream out;

  /** The build, or this JVM: grades of another one are forgotten. */
  private final String run;

  private final boolean alone;

  /** Whether only some of the tests were asked for: then there is no score. */
  private final boolean part;

  /** As the launcher makes it. */
  public ScoreListener() {
    this(
        Lesson.current(),
        Path.of("target/score").toAbsolutePath(),
        System.out,
        System.getProperty("score.run", "JVM " + ProcessHandle.current().pid()),
        Integer.getInteger("score.forks", 1) == 1,
        !System.getProperty("test", "").isEmpty());
  }

  ScoreListener(
      Lesson lesson, Path directory, PrintStream out, String run, boolean alone, boolean part) {
    super(lesson.number());
    this.lesson = lesson;
    this.directory = directory;
    this.out = out;
    this.run = run;
    this.alone = alone;
    this.part = part;
  }

  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    finished(grades());
  }

  void finished(List<Grade> grades) {
    if (grades.isEmpty()) {
      return;
    }
    try {
      Files.createDirectories(directory);
      try (FileChannel lock =
          FileChannel.open(
              directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        lock.lock(); // until it is closed
        tell(collected(grades));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** These grades and those that other JVMs of this build have. */
  private List<Grade> collected(List<Grade> grades) throws IOException {
    Path file = directory.resolve(COLLECTED);
    List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
    List<String> kept = new ArrayList<>();
    kept.add(run);
    if (!lines.isEmpty() && lines.get(0).equals(run)) {
      kept.addAll(lines.subList(1, lines.size()));
    }
    grades.forEach(grade -> kept.add(grade.line()));
    Files.write(file, kept);
    return kept.stream().skip(1).map(Grade::parse).toList();
  }

  private void tell(List<Grade> grades) throws IOException {
    Score score = Score.of(lesson, Whose.inWords(), GradedTests.of(lesson), grades);
    if (alone || score.complete()) {
      ScoreText told = new ScoreText(score, Mine.isChosen(), Mine.alone(), Mine.open());
      List<String> text = part ? told.ofPart() : told.lines();
      if (part) {
        ScoreFiles.writeText(directory, text);
      } else {
        ScoreFiles.write(directory, score, text);
      }
      if (!Boolean.getBoolean(LATER)) {
        text.forEach(out::println);
      }
    }
  }
}
