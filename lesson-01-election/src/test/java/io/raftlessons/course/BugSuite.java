package io.raftlessons.course;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The bugs of a lesson: a subclass per lesson that has any. That they can be put into the code is
 * looked at always; {@code ./mvnw -Pzoo test} runs them.
 */
public abstract class BugSuite {
  private final Lesson lesson = Lesson.current();

  /** Bugs that are made, not written: variants of one have its id. */
  protected List<Bug> generated() {
    return List.of();
  }

  @Test
  void everyBugMatchesAndCompilesAndItsTestsExist() throws IOException {
    try (MutantCompiler compiler = new MutantCompiler()) {
      for (Bug bug : lesson.bugs()) {
        assertThat(compiler.compile(lesson, bug)).as(bug.id()).isNotEmpty();
        for (String test : bug.expect()) {
          assertThat(NamedTest.find(test, BugSuite.class.getClassLoader())).isNotNull();
        }
      }
    }
  }

  /** With {@code -Dzoo.bug=ID} only that one, if it is of this lesson. */
  @Tag("zoo")
  @Test
  void everyNamedTestIsRedOnItsBug() throws IOException, InterruptedException {
    String only = System.getProperty("zoo.bug", "");
    List<Bug> bugs = new ArrayList<>(lesson.bugs());
    bugs.addAll(generated());
    if (!only.isEmpty()) {
      bugs.removeIf(bug -> !isNamed(bug, only));
      assertThat(bugs.isEmpty() && !isOfAnotherLesson(only)).as("no bug " + only).isFalse();
    }
    assertThat(new Zoo(lesson, System.out).run(bugs)).isEmpty();
  }

  private static boolean isNamed(Bug bug, String id) {
    return bug.id().equals(id) || bug.also().contains(id);
  }

  /** Generated bugs of other lessons are not known here; their ids begin with T. */
  private static boolean isOfAnotherLesson(String id) throws IOException {
    for (Lesson other : Lesson.all()) {
      if (other.bugs().stream().anyMatch(bug -> isNamed(bug, id))) {
        return true;
      }
    }
    return id.startsWith("T-");
  }
}
