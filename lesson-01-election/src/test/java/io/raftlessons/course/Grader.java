package io.raftlessons.course;

import io.raftlessons.course.Outcome.Colour;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipException;

/**
 * Grades submissions of the lesson whose tests run, each in a JVM of its own. What a submission
 * prints or writes counts for nothing: points come from what the JVM's first code answers over a
 * pipe, with a number that the submission does not know.
 */
final class Grader {
  /**
   * What a submission may use.
   *
   * @param test the time for one test
   * @param total the time for all
   * @param heap as {@code 512m}
   */
  record Limits(Duration test, Duration total, String heap) {
    static Limits usual() {
      return new Limits(
          Duration.ofSeconds(Integer.getInteger("grade.test.seconds", 60)),
          Duration.ofSeconds(Integer.getInteger("grade.seconds", 300)),
          System.getProperty("grade.heap", "512m"));
    }
  }

  private static final Duration TO_COMPILE = Duration.ofSeconds(60);

  /** What an instructor chooses and the tests of a submission must be told. */
  private static final List<String> SETTINGS = List.of("sim.from", "grade.seeds");

  private final Lesson lesson;
  private final Sandbox sandbox;
  private final Limits limits;

  /** Whether what names more than it should is refused: only a test goes without. */
  private final boolean strict;

  private final List<GradedTest> tests;

  Grader(Lesson lesson, Sandbox sandbox, Limits limits) {
    this(lesson, sandbox, limits, GradedTests.of(lesson), true);
  }

  Grader(Lesson lesson, Sandbox sandbox, Limits limits, List<GradedTest> tests, boolean strict) {
    this.lesson = lesson;
    this.sandbox = sandbox;
    this.limits = limits;
    this.tests = tests;
    this.strict = strict;
  }

  /**
   * The bugs that the tests of a submission see, if it has any.
   *
   * @param work where {@link #grade} has put it
   */
  Optional<Hunt.Bag> hunt(Path work) throws IOException, InterruptedException {
    List<Path> tests = Hunt.tests(work);
    if (tests.isEmpty()) {
      return Optional.empty();
    }
    try (ZooJvm jvm = jvm(sandbox, limits, List.of())) {
      return Optional.of(new Hunt(lesson, jvm).run(work, tests, limits.total()));
    }
  }

  private ZooJvm jvm(Sandbox sandbox, Limits limits, List<String> settings) {
    List<String> options =
        new ArrayList<>(
            List.of(
                "-Xmx" + limits.heap(),
                "-XX:MaxDirectMemorySize=64m",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-ea"));
    options.addAll(settings);
    return new ZooJvm(
        lesson.directory(), limits.test(), sandbox.wrapper(), options, Redirect.DISCARD);
  }

  /**
   * @param source a directory or a zip
   * @param work an empty directory
   */
  Score grade(Path source, Path work) throws IOException, InterruptedException {
    String name = String.valueOf(source.getFileName());
    try {
      Submission submission = Submission.stage(lesson, source, work);
      return score(
          name, submission.parts() == 0 ? none("nothing of it was handed in") : run(submission));
    } catch (ZipException e) {
      return score(name, none("is no zip: " + e.getMessage()));
    }
  }

  private Score score(String name, List<Grade> grades) throws IOException {
    return Score.of(lesson, name, tests, grades);
  }

  private List<Grade> none(String why) {
    return tests.stream().map(test -> Grade.notRun(test.id(), why)).toList();
  }

  private List<Grade> run(Submission submission) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + limits.total().toNanos();
    try (ZooJvm jvm = jvm(sandbox, limits, settings(submission))) {
      if (strict) {
        List<Outcome> checked =
            jvm.run(Map.of(), List.of(SubmittedParts.CHECK), TO_COMPILE, deadline);
        if (checked.isEmpty() || checked.get(0).colour() != Colour.GREEN) {
          return none(checked.isEmpty() ? "its time was over" : checked.get(0).why());
        }
      }
      List<String> ids = tests.stream().map(GradedTest::id).toList();
      List<Grade> grades = new ArrayList<>();
      for (Outcome outcome : jvm.run(Map.of(), ids, limits.test(), deadline)) {
        grades.add(outcome.grade());
      }
      for (String id : ids.subList(grades.size(), ids.size())) {
        grades.add(Grade.notRun(id, "its time was over"));
      }
      return grades;
    }
  }

  private List<String> settings(Submission submission) {
    List<String> settings =
        new ArrayList<>(
            List.of(
                "-Draft.impl=mine",
                "-Draft.mine=" + lesson.number(),
                "-Draft.exercises=" + submission.exercises().toAbsolutePath()));
    for (String key : SETTINGS) {
      if (System.getProperty(key) != null) {
        settings.add("-D" + key + "=" + System.getProperty(key));
      }
    }
    return settings;
  }
}
