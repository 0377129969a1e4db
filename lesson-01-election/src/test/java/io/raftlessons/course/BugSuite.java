package io.raftlessons.course;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.sim.SimulationSuite;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The bugs of a lesson: a subclass per lesson that has any. That they can be put into the code is
 * looked at always; {@code ./mvnw -Pzoo test} runs them, {@code ./mvnw -Pmatrix test} all of them
 * with all graded tests and in the simulator.
 */
public abstract class BugSuite extends CourseCommands {
  private static final Pattern RULE =
      Pattern.compile("(RV|AE|PS|ALL|FOL|CAN|LD|SN|VS|MC|UN)-[1-9][0-9]?");

  private final Lesson lesson = Lesson.current();

  /** The lesson's simulation, as the simulator is asked for the bugs of the lesson. */
  protected abstract Class<? extends SimulationSuite> simulation();

  /** Bugs that are made, not written: variants of one have its id. */
  protected List<Bug> generated() {
    return List.of();
  }

  @Test
  void everyBugMatchesAndCompilesAndItsTestsExist() throws IOException {
    try (MutantCompiler compiler = new MutantCompiler()) {
      for (Bug bug : written()) {
        assertThat(compiler.compile(lesson, bug)).as(bug.id()).isNotEmpty();
        for (String test : bug.expect()) {
          assertThat(NamedTest.find(test, BugSuite.class.getClassLoader())).isNotNull();
        }
      }
    }
  }

  /** What is worth points sees something that can be wrong: the zoo runs the bugs it names. */
  @Test
  void gradedTestsAreWorthAHundredPointsAndEachSeesABug() throws IOException {
    List<GradedTest> tests = GradedTests.of(lesson);
    if (tests.isEmpty()) {
      assertThat(lesson.number()).as("a lesson without points").isEqualTo("5");
      return;
    }
    assertThat(tests).extracting(GradedTest::id).doesNotHaveDuplicates();
    for (Section section : Section.values()) {
      assertThat(
              tests.stream()
                  .filter(test -> test.section() == section)
                  .mapToInt(GradedTest::points)
                  .sum())
          .as("points of %s", section)
          .isEqualTo(section.points());
    }
    List<String> exercises = Assignment.of(lesson).stream().map(Assignment::id).toList();
    Map<String, Bug> bugs = new TreeMap<>();
    written().forEach(bug -> bugs.put(bug.id(), bug));
    for (GradedTest test : tests) {
      assertThat(test.points()).as(test.id()).isPositive();
      assertThat(test.exercises()).as(test.id()).allMatch(exercises::contains);
      assertThat(test.rules()).as(test.id()).allMatch(rule -> RULE.matcher(rule).matches());
      assertThat(bugs).as(test.id()).containsKeys(test.bugs().toArray(String[]::new));
      for (String bug : test.bugs()) {
        assertThat(requireNonNull(bugs.get(bug)).expect())
            .as("what sees %s", bug)
            .contains(test.id());
      }
    }
  }

  /** With {@code -Dzoo.bug=ID} only that one, if it is of this lesson. */
  @Tag("zoo")
  @Test
  void everyNamedTestIsRedOnItsBug() throws IOException, InterruptedException {
    List<Bug> bugs = chosen(System.getProperty("zoo.bug", ""));
    assertThat(new Zoo(lesson, System.out).run(bugs)).isEmpty();
  }

  /** The bugs that are written down; with {@code -Dzoo.bug=ID} as above. */
  @Tag("matrix")
  @Test
  void everyBugIsSeenByATestAndByTheSimulator() throws IOException, InterruptedException {
    List<Bug> bugs = chosen(System.getProperty("zoo.bug", ""));
    bugs.removeAll(generated());
    List<String> graded = GradedTests.of(lesson).stream().map(GradedTest::id).toList();
    Matrix matrix = new Matrix(lesson, graded, simulation().getName(), System.out);
    assertThat(matrix.run(bugs)).isEmpty();
  }

  /** A lesson with a suite has bugs: none means that they were looked for in a wrong place. */
  private List<Bug> written() throws IOException {
    List<Bug> bugs = lesson.bugs();
    assertThat(bugs).as("bugs of %s", lesson.directory()).isNotEmpty();
    return bugs;
  }

  /**
   * The bugs of this lesson that have this id.
   *
   * @param id "" for all
   * @return none if the bug is another lesson's
   * @throws AssertionError if no lesson has it
   */
  @Override
  final List<Bug> chosen(String id) throws IOException {
    List<Bug> bugs = new ArrayList<>(written());
    bugs.addAll(generated());
    if (!id.isEmpty()) {
      bugs.removeIf(bug -> !bug.isNamed(id));
      if (bugs.isEmpty() && !isOfAnotherLesson(id)) {
        throw new AssertionError("-Dzoo.bug=" + id + ": no lesson has a bug of that name");
      }
    }
    return bugs;
  }

  /** Ids of generated bugs begin with T; only the lesson that makes them knows which there are. */
  private boolean isOfAnotherLesson(String id) throws IOException {
    if (id.startsWith("T-")) {
      return generated().isEmpty();
    }
    for (Lesson other : Lesson.all()) {
      if (other.bugs().stream().anyMatch(bug -> bug.isNamed(id))) {
        return true;
      }
    }
    return false;
  }
}
