package io.raftlessons.course;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.sim.ElectionSimulationTest;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the matrix says of bugs that the simulator sees, does not see, or is not asked for. */
class MatrixTest {
  private static final String QUORUM = "core.ElectorateTest#aQuorumIsMoreThanHalf";
  private static final String NOBODY = "core.ElectorateTest#nobodyIsNoElectorate";
  private static final Budget SEEDS = new Budget(50, "");

  private final ByteArrayOutputStream table = new ByteArrayOutputStream();

  @Test
  void whatEachBugIsSeenByAndWhatNobodySees() throws Exception {
    List<String> problems =
        run(
            ElectionSimulationTest.class.getName(),
            bug("X01", "count > members", "count >= members", SEEDS),
            bug("X02", "int count = 0;", "int count = 0, unused = 0;", SEEDS),
            bug("X03", "count > members", "count >= members", new Budget(0, "it is so")));
    assertThat(problems)
        .containsExactlyInAnyOrder(
            "X02 (title): no test that it names is red", "X02 (title): not within 50 seeds ");
    assertThat(table.toString(StandardCharsets.UTF_8).lines())
        .hasSize(4)
        .anyMatch(row -> row.matches("X01 +1 of 2 red +seed [1-9][0-9]?: ElectionSafety .* s"))
        .anyMatch(row -> row.matches("X02 +0 of 2 red +not within 50 seeds .* s"))
        .anyMatch(row -> row.matches("X03 +1 of 2 red +no seeds, because it is so .* s"))
        .anyMatch(
            row -> row.contains("3 bugs, 2 graded tests") && row.endsWith("[" + NOBODY + "]"));
  }

  /** A simulation that fails on the reference, or does not run, says nothing of a bug. */
  @Test
  void whatIsNotGreenOnTheReferenceIsTold() throws Exception {
    assertThat(run("io.raftlessons.None", bug("X01", "count > members", "count >= members", SEEDS)))
        .hasSize(2)
        .anyMatch(line -> line.startsWith("seeds 1 to 50 of io.raftlessons.None is BROKEN on the"))
        .anyMatch(line -> line.startsWith("X01 (title): not within 50 seeds"));
  }

  private List<String> run(String simulation, Bug... bugs) throws Exception {
    PrintStream out = new PrintStream(table, true, StandardCharsets.UTF_8);
    return new Matrix(Lesson.current(), List.of(QUORUM, NOBODY), simulation, out)
        .run(List.of(bugs));
  }

  private static Bug bug(String id, String find, String replace, Budget budget) {
    return ZooTest.bug(id, find, replace, budget, QUORUM);
  }
}
