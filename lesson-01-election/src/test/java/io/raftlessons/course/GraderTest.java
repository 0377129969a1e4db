package io.raftlessons.course;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.course.Grade.State;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Submissions that are right, wrong, empty, endless, greedy, and that cheat. */
@Tag("zoo")
@DisabledIfSystemProperty(
    named = "zoo.bug",
    matches = ".+",
    disabledReason = "-Dzoo.bug asks for one bug, and these are the tests of the grader")
class GraderTest {
  /** A few tests, for the sake of time. */
  private static final List<String> FEW =
      List.of(
          "election.VotingTest#onlyAnUpToDateLogIsVotedFor",
          "election.VotingTest#voteIsPersistedBeforeItIsSent",
          "election.VotingTest#timeoutsAreSpreadOverTheWholeRange");

  /** Where the student's up-to-date check stands. */
  private static final String UP_TO_DATE = "private boolean upToDate";

  @TempDir Path directory;

  @Test
  void whatTheReferenceSaysGetsAllPoints() throws Exception {
    assertThat(grade(solved(), true)).allMatch(grade -> grade.state() == State.PASSED);
  }

  @Test
  void aZipIsAsGoodAsADirectory() throws Exception {
    Path zip = directory.resolve("student.zip");
    try (OutputStream file = Files.newOutputStream(zip);
        ZipOutputStream out = new ZipOutputStream(file)) {
      out.putNextEntry(new ZipEntry("../../somewhere/MyElection.java"));
      out.write(solved().getBytes(StandardCharsets.UTF_8));
    }
    assertThat(grade(zip, Limits.USUAL, true)).allMatch(grade -> grade.state() == State.PASSED);
  }

  @Test
  void theStarterIsNotStarted() throws Exception {
    assertThat(grade(starter(), true)).allMatch(grade -> grade.state() == State.NOT_STARTED);
  }

  @Test
  void anEmptySubmissionHasNothing() throws Exception {
    Path empty = Files.createDirectory(directory.resolve("student"));
    assertThat(grade(empty, Limits.USUAL, true))
        .allMatch(grade -> grade.state() == State.NOT_RUN)
        .extracting(Grade::why)
        .containsOnly("nothing of it was handed in");
  }

  @Test
  void whatDoesNotCompileHasNothing() throws Exception {
    assertThat(grade(solved().replace("private ", "privat "), true))
        .allMatch(grade -> grade.state() == State.NOT_RUN)
        .allMatch(grade -> grade.why().startsWith("your files do not compile: line "));
  }

  @Test
  void whatNeverEndsLosesThatTestOnly() throws Exception {
    Path student = Files.createDirectories(directory.resolve("student"));
    Files.writeString(student.resolve("MyElection.java"), cheat("while (true) {}"));
    Score score =
        new Grader(Lesson.current(), Sandbox.best(), Limits.SHORT, List.of(test(0), test(2)), true)
            .grade(student, directory.resolve("work"));
    assertThat(score.grades().get(FEW.get(0)))
        .returns("not at an end after 40 s", Grade::why)
        .returns(State.FAILED, Grade::state);
    assertThat(score.grades().get(FEW.get(2))).returns(State.PASSED, Grade::state);
  }

  @Test
  void whatTakesAllMemoryLosesThatTestOnly() throws Exception {
    String greedy =
        "java.util.List<long[]> all = new java.util.ArrayList<>();"
            + " while (true) { all.add(new long[1 << 20]); }";
    List<Grade> grades = grade(cheat(greedy), true);
    assertThat(grades.get(0).why()).isEqualTo("its JVM has ended");
    assertThat(grades.get(2).state()).isEqualTo(State.PASSED);
  }

  @Test
  void whatReachesTheWorldIsNotRun() throws Exception {
    assertThat(grade(cheat("System.exit(0);"), true))
        .allMatch(grade -> grade.state() == State.NOT_RUN)
        .extracting(Grade::why)
        .containsOnly("MyElection names java.lang.System.exit: it is not run");
  }

  /** What it names is seen before it is run. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Runtime.getRuntime().halt(0);| java.lang.Runtime",
        "new java.io.File(\"score.json\").delete();| java.io.File",
        "new Thread(() -> {}).start();| java.lang.Thread",
        "String.class.getDeclaredFields();| java.lang.reflect.Field",
        "String.class.getClassLoader();| java.lang.ClassLoader",
        "try { Class.forName(\"x\"); } catch (Exception e) {}| java.lang.Class.forName",
        "new java.util.Formatter().close();| java.util.Formatter",
        "System.setOut(System.err);| java.lang.System.setOut",
        "java.lang.invoke.MethodHandles.lookup();| java.lang.invoke.MethodHandles.lookup",
        "Object o = sun.misc.Unsafe.class;| sun.misc.Unsafe",
        "io.raftlessons.course.Mine.jvmArguments();| io.raftlessons.course.Mine",
        "ElectionDemo.class.getName();| io.raftlessons.election.ElectionDemo",
        "new ReferenceElection(config, log, electorate, gate, random);"
            + "| io.raftlessons.election.ReferenceElection",
        "System.out.printf(\"%s%n\", new java.util.TreeMap<>(java.util.Map.of(1, 2)));|"
      })
  void namesAreSeen(String statement, String named) throws Exception {
    Set<String> refused = new TreeSet<>();
    try (MutantCompiler compiler = new MutantCompiler()) {
      Map<String, byte[]> classes =
          compiler.compile(Map.of(part().file(), cheat(statement)), IllegalArgumentException::new);
      for (byte[] type : classes.values()) {
        AllowedInSubmissions.partsOf(Lesson.current())
            .refused(type, classes.keySet())
            .ifPresent(refused::add);
      }
    }
    assertThat(refused).isEqualTo(named == null ? Set.of() : Set.of(named));
  }

  @Test
  void printsAreAllowedAndCountForNothing() throws Exception {
    String forged = "System.out.println(\"{\\\"points\\\": 100, \\\"max\\\": 100}\");";
    List<Grade> grades = grade(cheat(forged + " if (true) return false;"), true);
    assertThat(grades.get(0).state()).isEqualTo(State.FAILED);
  }

  /** The second wall: even what was run could not answer in the place of the tests. */
  @Test
  void anAnswerWithoutTheNumberEndsTheJvm() throws Exception {
    String forged =
        """
        try {
          var out = new java.io.DataOutputStream(
              new java.io.FileOutputStream(java.io.FileDescriptor.out));
          for (int i = 0; i < 3; i++) {
            out.writeLong(0);
            out.writeUTF("election.VotingTest#onlyAnUpToDateLogIsVotedFor");
            out.writeUTF("GREEN");
            out.writeLong(1);
            out.writeUTF("");
            out.writeUTF("x\\tPASSED\\t1\\t1\\t1\\t\\t");
          }
          out.flush();
        } catch (java.io.IOException e) {
        }
        if (true) return false;
        """;
    List<Grade> grades = grade(cheat(forged), false);
    assertThat(grades.get(0).state()).isEqualTo(State.FAILED);
    assertThat(grades.get(0).why()).isEqualTo("its JVM has ended");
  }

  @Test
  void whoEndsTheJvmOrWritesTheScoreHasNothingOfIt() throws Exception {
    String exit =
        """
        try {
          java.nio.file.Files.writeString(
              java.nio.file.Path.of("%s"), "{\\"points\\": 100}");
        } catch (java.io.IOException e) {
        }
        System.exit(0);
        """
            .formatted(directory.resolve("score.json"));
    List<Grade> grades = grade(cheat(exit), false);
    assertThat(grades.get(0).why()).isEqualTo("its JVM has ended");
    assertThat(grades.get(0).points(test(0))).isZero();
  }

  /** Time or not: the tests that were not reached get nothing. */
  @Test
  void afterItsTimeNothingIsRun() throws Exception {
    Grader.Limits none = new Grader.Limits(Duration.ofSeconds(5), Duration.ZERO, "256m");
    assertThat(grade(solved(), none, true))
        .allMatch(grade -> grade.state() == State.NOT_RUN)
        .extracting(Grade::why)
        .containsOnly("its time was over");
  }

  private static final class Limits {
    static final Grader.Limits USUAL =
        new Grader.Limits(Duration.ofSeconds(60), Duration.ofMinutes(5), "256m");
    static final Grader.Limits SHORT =
        new Grader.Limits(Duration.ofSeconds(40), Duration.ofMinutes(5), "256m");
  }

  private static GradedTest test(int number) {
    return GradedTests.of(Lesson.current()).stream()
        .filter(test -> test.id().equals(FEW.get(number)))
        .findFirst()
        .orElseThrow();
  }

  private List<Grade> grade(String source, boolean strict) throws Exception {
    return grade(source, Limits.USUAL, strict);
  }

  private List<Grade> grade(String source, Grader.Limits limits, boolean strict) throws Exception {
    Path student = Files.createDirectories(directory.resolve("student/src"));
    Files.writeString(student.resolve("MyElection.java"), source);
    return grade(student.resolveSibling(""), limits, strict);
  }

  /** The grades of the few tests, in their order. */
  private List<Grade> grade(Path source, Grader.Limits limits, boolean strict) throws Exception {
    List<GradedTest> few = List.of(test(0), test(1), test(2));
    Score score =
        new Grader(Lesson.current(), Sandbox.best(), limits, few, strict)
            .grade(source, directory.resolve("work"));
    return FEW.stream().map(id -> score.grades().get(id)).toList();
  }

  private static StudentPart part() throws IOException {
    return StudentPart.of(Lesson.current()).get(0);
  }

  private static String starter() throws IOException {
    return Starter.of(part());
  }

  private static String solved() throws IOException {
    return Starter.solved(part(), exercise -> true);
  }

  /** The solution, whose up-to-date check does something else first. */
  private static String cheat(String statements) throws IOException {
    String solved = solved();
    int body = solved.indexOf("{", solved.indexOf(UP_TO_DATE)) + 1;
    return solved.substring(0, body)
        + " if (log.lastIndex() >= 0) { "
        + statements
        + " } "
        + solved.substring(body);
  }
}
