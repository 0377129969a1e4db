package io.raftlessons.course;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.raftlessons.course.Bug.Edit;
import io.raftlessons.course.Outcome.Colour;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Bugs in a JVM of their own: what is told of tests that see them, do not, or never end. */
class ZooTest {
  private static final String QUORUM = "core.ElectorateTest#aQuorumIsMoreThanHalf";
  private static final String STRANGERS = "core.ElectorateTest#strangersDoNotCount";
  private static final String NOBODY = "core.ElectorateTest#nobodyIsNoElectorate";

  private final ByteArrayOutputStream table = new ByteArrayOutputStream();

  @Test
  void redAndGreenAreTold() throws Exception {
    Bug half = bug("X01", "count > members", "count >= members", QUORUM, NOBODY);
    assertThat(run(half)).containsExactly("X01 (title): " + NOBODY + " is green ");
    assertThat(table.toString(StandardCharsets.UTF_8).lines())
        .hasSize(2)
        .anyMatch(line -> line.matches("X01 +red .* s  " + QUORUM + " .*"))
        .anyMatch(line -> line.matches("X01 +green .* s  " + NOBODY + " *"));
  }

  @Test
  void variantsShareARow() throws Exception {
    assertThat(
            run(
                bug("X01", "count > members", "count >= members", QUORUM),
                bug("X01", "count > members", "count < members", QUORUM)))
        .isEmpty();
    assertThat(table.toString(StandardCharsets.UTF_8)).containsPattern("X01 +red 2/2 .*" + QUORUM);
  }

  @Test
  void aTestThatIsNotGreenOnTheReferenceIsTold() throws Exception {
    Bug bug = bug("X01", "count > members", "count >= members", "core.ElectorateTest#nothing");
    assertThat(run(bug))
        .hasSize(2)
        .anyMatch(line -> line.startsWith("core.ElectorateTest#nothing is BROKEN on the reference"))
        .anyMatch(line -> line.startsWith("X01 (title): core.ElectorateTest#nothing is broken"));
  }

  /** The other JVM would load the reference, and the test would be green for a wrong reason. */
  @Test
  void aTestThatStartsOtherJvmsCannotBeNamed() throws Exception {
    String test = "sim.ElectionSimulationTest#aSeedIsTheSameRunInAnotherJvm";
    assertThat(run(bug("X01", "count > members", "count >= members", test)))
        .anyMatch(
            line ->
                line.startsWith(test + " is RED")
                    && line.contains("cannot name a test that starts JVMs"));
  }

  /** A mutant that lacks what others need would make every test red. */
  @Test
  void aMutantThatDoesNotLinkIsBroken() throws Exception {
    Bug bug = bug("X01", "static Electorate fixed", "static Electorate unfixed", QUORUM);
    assertThat(run(bug)).singleElement().asString().contains("is broken NoSuchMethodError");
  }

  @Test
  void aTestThatDoesNotEndIsRedAndItsJvmIsGone() throws Exception {
    Bug endless = bug("X01", "int count = 0;", "int count = 0; while (count == 0) {}", QUORUM);
    Map<String, byte[]> mutant;
    try (MutantCompiler compiler = new MutantCompiler()) {
      mutant = compiler.compile(Lesson.current(), endless);
    }
    try (ZooJvm jvm = new ZooJvm(Lesson.current().directory(), Duration.ofSeconds(2))) {
      assertThat(jvm.run(mutant, List.of(QUORUM, STRANGERS)))
          .extracting(Outcome::colour, Outcome::why)
          .containsOnly(tuple(Colour.RED, "not at an end after 2 s"));
      assertThat(
              ProcessHandle.current()
                  .children()
                  .flatMap(child -> child.info().commandLine().stream()))
          .noneMatch(command -> command.contains(ZooWorker.class.getName()));
    }
  }

  /** What follows a test that ended its JVM is run in another. */
  @Test
  void aJvmThatEndsIsReplaced() throws Exception {
    Bug exit = bug("X01", "int count = 0;", "int count = 0; Runtime.getRuntime().halt(3);", QUORUM);
    assertThat(run(exit, bug("X02", "count > members", "count >= members", QUORUM)))
        .containsExactly("X01 (title): " + QUORUM + " is broken its JVM has ended");
    assertThat(table.toString(StandardCharsets.UTF_8)).containsPattern("X02 +red");
  }

  private List<String> run(Bug... bugs) throws Exception {
    PrintStream out = new PrintStream(table, true, StandardCharsets.UTF_8);
    return new Zoo(Lesson.current(), out).run(List.of(bugs));
  }

  private static Bug bug(String id, String find, String replace, String... expect) {
    return bug(id, find, replace, Budget.USUAL, expect);
  }

  /** One of the electorate. */
  static Bug bug(String id, String find, String replace, Budget budget, String... expect) {
    return new Bug(
        Path.of(id + ".bug"),
        id,
        "title",
        "rule",
        "nobody",
        "core/Electorate.java",
        List.of(new Edit(find, replace)),
        List.of(expect),
        List.of(),
        budget,
        "text");
  }
}
