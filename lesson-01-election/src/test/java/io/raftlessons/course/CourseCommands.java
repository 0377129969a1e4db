package io.raftlessons.course;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.course.Bug.Edit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What is typed for a lesson besides its tests: each is a test by a tag of its own, which a profile
 * of the root pom chooses.
 */
abstract class CourseCommands {
  private final Lesson lesson = Lesson.current();

  /** The bugs of this lesson that have this id or, if it is "", all. */
  abstract List<Bug> chosen(String id) throws IOException;

  /** {@code -Pbug -Dbug=E03}: what the bug is, and the tests that see it. */
  @Tag("bug")
  @Test
  void bug() throws IOException, InterruptedException {
    String id = System.getProperty("bug", "");
    assertThat(id).as("which? -Dbug=E03").isNotEmpty();
    try (MutantCompiler compiler = new MutantCompiler();
        ZooJvm jvm = new ZooJvm(lesson.directory(), Duration.ofSeconds(120))) {
      List<Bug> bugs = chosen(id);
      for (Lesson other : bugs.isEmpty() ? Lesson.all() : List.<Lesson>of()) {
        if (other.bugs().stream().anyMatch(bug -> bug.isNamed(id))) {
          say("%s is in the code of another lesson: -pl %s", id, other.name());
        }
      }
      for (Bug bug : bugs) {
        say("%n%s: %s (%s; seen in %s)", bug.id(), bug.title(), bug.rule(), bug.shippedIn());
        say("%s", bug.file());
        for (Edit edit : bug.edits()) {
          edit.find().lines().forEach(line -> say("- %s", line));
          edit.replace().lines().forEach(line -> say("+ %s", line));
        }
        say("%s", bug.text());
        Map<String, byte[]> mutant = compiler.compile(lesson, bug);
        for (Outcome outcome : jvm.run(mutant, bug.expect())) {
          say("%-6s %s%n         %s", outcome.colour(), outcome.test(), outcome.why());
        }
      }
    }
  }

  /** {@code -Phunt}: the student's tests against all bugs. */
  @Tag("hunt")
  @Test
  void hunt() throws IOException, InterruptedException {
    Path exercises = Path.of(System.getProperty("raft.exercises", "src/exercise/java"));
    List<Path> tests = Hunt.tests(exercises.toAbsolutePath());
    if (tests.isEmpty()) {
      say("%s: no tests of yours; write My...Test.java beside your classes", lesson.name());
      return;
    }
    try (ZooJvm jvm = new ZooJvm(lesson.directory(), Duration.ofSeconds(10))) {
      new Hunt(lesson, jvm)
          .run(exercises.toAbsolutePath(), tests, Duration.ofMinutes(10))
          .lines()
          .forEach(line -> say("%s", line));
    }
  }

  /** {@code -Pgrade -Dsubmissions=DIR}: every directory or zip in it, to {@code target/grades}. */
  @Tag("grade")
  @Test
  void grade() throws IOException, InterruptedException {
    String submissions = System.getProperty("submissions");
    if (submissions == null || lesson.number().equals("5")) {
      throw new IllegalArgumentException("which? -Dsubmissions=DIRECTORY, of lesson 1 to 4");
    }
    new GradeFolder(lesson, Path.of("target/grades"), System.out)
        .grade(Path.of(submissions).toAbsolutePath());
  }

  /** {@code -Pgradescope}: what Gradescope wants to be uploaded. */
  @Tag("gradescope")
  @Test
  void gradescope() throws IOException {
    Path zip = Path.of("target/gradescope.zip").toAbsolutePath();
    Files.createDirectories(zip.resolveSibling(""));
    new Gradescope(lesson).write(zip);
    say("%s", zip);
  }

  private static void say(String format, Object... what) {
    System.out.println(String.format(format, what));
  }
}
