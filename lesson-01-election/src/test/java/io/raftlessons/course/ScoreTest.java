package io.raftlessons.course;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.course.Grade.State;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a score says, and where it is written. */
class ScoreTest {
  private static final Lesson LESSON = Lesson.current();

  @TempDir Path directory;

  private static GradedTest test(String exercise, int points, Section section) {
    String id = "election.XTest#of" + exercise.replace('.', '_') + section;
    return new GradedTest(
        id, id.substring(9), points, section, List.of(exercise), List.of("RV-2"), List.of("E01"));
  }

  private static Grade failed(GradedTest test, String why) {
    return new Grade(test.id(), State.FAILED, 0, 1, 7, why, "");
  }

  private static Grade passed(GradedTest test) {
    return new Grade(test.id(), State.PASSED, 1, 1, 7, "", "");
  }

  private static List<String> text(List<GradedTest> tests, List<Grade> grades) throws IOException {
    return new ScoreText(Score.of(LESSON, "yours", tests, grades), true).lines();
  }

  @Test
  void whatIsWrongComesFirst() throws IOException {
    GradedTest good = test("1.1", 10, Section.RULES);
    GradedTest bad = test("1.2", 10, Section.RULES);
    GradedTest open = test("1.3", 20, Section.RULES);
    GradedTest seeds = test("1.3", 30, Section.SIMULATION);
    List<String> text =
        text(
            List.of(good, bad, open, seeds),
            List.of(
                passed(good),
                new Grade(bad.id(), State.FAILED, 0, 1, 7, "two votes", "target/traces/X-1.html"),
                new Grade(open.id(), State.NOT_STARTED, 0, 1, 7, "1.3", ""),
                new Grade(seeds.id(), State.FAILED, 1, 2, 7, "seed 42 step 57: oh", "")));
    assertThat(text.get(0)).startsWith("Lesson 1: yours   25/70");
    assertThat(text.get(1)).startsWith("  1.2 ").contains("  0/10 ").contains("RV-2 two votes");
    assertThat(text.get(2))
        .contains("open  target/traces/X-1.html")
        .contains("-Pmine test")
        .contains("-Dtest='XTest#of1_2RULES'");
    assertThat(text.get(3)).contains("simulation").contains(" 15/30 ").contains("seed 42 step 57");
    assertThat(text.get(4)).endsWith(" -Dsim.seed=42");
    assertThat(text.subList(5, 7)).containsExactly("  done: 1.1", "  not started: 1.3");
    assertThat(text.get(7)).contains("simulation 15/30 (1 of 2 seeds clean)");
    assertThat(text.get(8)).startsWith("Next: exercise 1.2").contains("-Phint -Dex=1.2");
  }

  @Test
  void whatIsBehindAllIsToldOnce() throws IOException {
    String broken = "your files do not compile: line 7 of MyElection.java: ';' expected";
    GradedTest rule = test("1.1", 10, Section.RULES);
    GradedTest seeds = test("1.2", 30, Section.SIMULATION);
    List<GradedTest> both = List.of(rule, seeds);
    assertThat(text(both, List.of(failed(rule, broken), failed(seeds, "seed 1: " + broken))))
        .hasSize(3)
        .element(1)
        .isEqualTo("  " + broken);
    String refused = "MyElection names java.io.File: it is not run";
    assertThat(
            text(
                both, List.of(Grade.notRun(rule.id(), refused), Grade.notRun(seeds.id(), refused))))
        .hasSize(3)
        .element(1)
        .isEqualTo("  " + refused);
    assertThat(text(both, List.of(passed(rule), Grade.notRun(seeds.id(), "its JVM has ended"))))
        .contains("  not run: 1 of 2 graded tests");
  }

  private static String next(List<GradedTest> tests, List<Grade> grades, String alone)
      throws IOException {
    Optional<ExerciseId> ex = Optional.of(alone).filter(e -> !e.isEmpty()).map(ExerciseId::of);
    List<String> text =
        new ScoreText(Score.of(LESSON, "yours", tests, grades), true, ex, Set.of()).lines();
    return text.get(text.size() - 1);
  }

  @Test
  void whatIsNextDependsOnWhatIsWrong() throws IOException {
    GradedTest rule = test("1.7", 10, Section.RULES);
    GradedTest script = test("1.8", 20, Section.SCENARIOS);
    List<GradedTest> both = List.of(rule, script);
    assertThat(next(both, List.of(failed(rule, "x"), failed(script, "y")), ""))
        .startsWith("Next: exercise 1.7 ");
    assertThat(next(both, List.of(passed(rule), failed(script, "y")), ""))
        .startsWith("Next: the first failure above.");
    assertThat(next(both, List.of(passed(rule), passed(script)), "")).contains("-Phunt test");
  }

  /** A rule of 1.7 may break because of 1.2; 1.7 itself is not the student's. */
  @Test
  void gradedAloneTheExerciseItselfIsNext() throws IOException {
    GradedTest first = test("1.2", 10, Section.RULES);
    GradedTest later = test("1.7", 10, Section.RULES);
    List<GradedTest> both = List.of(first, later);
    assertThat(next(both, List.of(passed(first), failed(later, "x")), "1.2"))
        .startsWith("Next: exercise 1.2 ")
        .contains("-Dex=1.2");
    Score broken = Score.of(LESSON, "yours", both, List.of(passed(first), failed(later, "x")));
    assertThat(new ScoreText(broken, true, Optional.of(ExerciseId.of("1.2")), Set.of()).lines())
        .anyMatch(line -> line.contains("rerun") && line.contains("-Pmine -Dex=1.2 test"));
    List<Grade> well = List.of(passed(first), passed(later));
    assertThat(next(both, well, "1.2")).startsWith("Next: exercise 1.3 ");
    assertThat(next(both, well, "1.8")).contains("without -Dex=");
    Score score = Score.of(LESSON, "yours", both, well);
    assertThat(new ScoreText(score, true, Optional.of(ExerciseId.of("1.2")), Set.of()).lines())
        .contains("  done: 1.2");
  }

  @Test
  void anExerciseThatIsWrittenSaysWhatItWaitsFor() throws IOException {
    GradedTest first = test("1.1", 10, Section.RULES);
    GradedTest written = test("1.4", 10, Section.RULES);
    List<Grade> grades =
        List.of(
            new Grade(first.id(), State.NOT_STARTED, 0, 1, 7, "1.1", ""),
            new Grade(written.id(), State.NOT_STARTED, 0, 1, 7, "1.1", ""));
    Score score = Score.of(LESSON, "yours", List.of(first, written), grades);
    assertThat(new ScoreText(score, true, Optional.empty(), Set.of("1.1")).lines())
        .contains("  not started: 1.1 1.4 (waits for 1.1)");
    assertThat(new ScoreText(score, true, Optional.empty(), Set.of("1.1", "1.4")).lines())
        .contains("  not started: 1.1 1.4");
  }

  /** One test that is run again is no score, and the last score stays. */
  @Test
  void aPartIsNoScore() throws IOException {
    List<GradedTest> all = GradedTests.of(LESSON);
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    new ScoreListener(LESSON, directory, out, "first", true, false)
        .finished(all.stream().map(ScoreTest::passed).toList());
    said.reset();
    new ScoreListener(LESSON, directory, out, "second", true, true)
        .finished(List.of(failed(all.get(0), "two votes"), passed(all.get(1))));
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("1 of 2 graded tests green")
        .contains("two votes")
        .doesNotContain("Next");
    assertThat(Files.readString(directory.resolve("score.json"))).contains("\"points\": 100");
  }

  @Test
  void howeverMuchIsWrongItIsTwentyLines() throws IOException {
    List<GradedTest> tests = new ArrayList<>();
    List<Grade> grades = new ArrayList<>();
    for (int i = 1; i <= 15; i++) {
      tests.add(test("1." + i, 2, Section.RULES));
      grades.add(failed(tests.get(i - 1), "wrong ".repeat(100)));
    }
    List<String> text = text(tests, grades);
    assertThat(text).hasSizeLessThanOrEqualTo(20).allMatch(line -> line.length() < 260);
    assertThat(text).anyMatch(line -> line.matches("  \\.\\.\\. \\d+ more: .*score.html"));
  }

  /** All points must mean that all was clean. */
  @Test
  void aShareIsRoundedDown() throws IOException {
    GradedTest seeds = test("1.1", 30, Section.SIMULATION);
    assertThat(new Grade("x", State.FAILED, 299, 300, 0, "", "").points(seeds)).isEqualTo(29);
    assertThat(new Grade("x", State.PASSED, 300, 300, 0, "", "").points(seeds)).isEqualTo(30);
    assertThat(new Grade("x", State.FAILED, 0, 0, 0, "", "").points(seeds)).isZero();
  }

  @Test
  void filesSayTheSameAndQuoteWhatTheyMust() throws IOException {
    GradedTest bad = test("1.2", 10, Section.RULES);
    Score score = Score.of(LESSON, "yours", List.of(bad), List.of(failed(bad, "<b>\"a\"\\")));
    ScoreFiles.write(directory, score, List.of("text"));
    assertThat(Files.readString(directory.resolve("score.json")))
        .contains("\"points\": 0", "\"max\": 10", "\"why\": \"<b>\\\"a\\\"\\\\\"");
    assertThat(Files.readString(directory.resolve("results.json")))
        .contains("\"score\": 0", "\"max_score\": 10", "\"output\": \"text\"");
    assertThat(Files.readString(directory.resolve("score.html")))
        .contains("&lt;b&gt;&quot;a&quot;\\")
        .doesNotContain("<b>")
        .doesNotContain("http");
  }

  @Test
  void aGradeIsOneLine() throws IOException {
    Grade grade = new Grade("x", State.FAILED, 1, 2, 3, "a\tb\nc", "");
    assertThat(Grade.parse(grade.line()))
        .isEqualTo(new Grade("x", State.FAILED, 1, 2, 3, "a b c", ""));
  }

  /** Nothing that is graded ran: nothing is said. */
  @Test
  void silentWithoutAGradedTest() throws IOException {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    ScoreListener listener =
        new ScoreListener(
            LESSON,
            directory,
            new PrintStream(said, true, StandardCharsets.UTF_8),
            "run",
            true,
            false);
    listener.finished(List.of());
    assertThat(said.size()).isZero();
    assertThat(directory).isEmptyDirectory();
  }

  /** Two JVMs share the tests of a lesson; grades of another build are forgotten. */
  @Test
  void severalJvmsTellOneScore() throws IOException {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    List<Grade> all = GradedTests.of(LESSON).stream().map(ScoreTest::passed).toList();
    List<Grade> half = all.subList(0, all.size() / 2);
    List<Grade> rest = all.subList(all.size() / 2, all.size());
    new ScoreListener(LESSON, directory, out, "first", false, false).finished(half);
    new ScoreListener(LESSON, directory, out, "second", false, false).finished(rest);
    assertThat(said.size()).as("not complete").isZero();
    new ScoreListener(LESSON, directory, out, "second", false, false).finished(half);
    assertThat(said.toString(StandardCharsets.UTF_8))
        .startsWith("Lesson 1: the reference   100/100")
        .containsOnlyOnce("Lesson 1");
  }

  @Test
  void aFailureIsReadThroughItsCauses() throws IOException {
    Throwable deep = new IllegalStateException("x", new RuntimeException(new NotStarted("1.4")));
    assertThat(new Failure(deep).notStarted()).isEqualTo("1.4");
    assertThat(new Failure(new AssertionError("see /a/target/traces/T-4.html now")).trace())
        .isEqualTo("/a/target/traces/T-4.html");
  }
}
