package io.raftlessons.course;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests that find bugs, tests that find fault with everything, and tests that are not run. */
class HuntTest {
  @TempDir Path exercises;

  @Test
  void whatIsGreenOnTheReferenceAndRedOnABugKillsIt() throws Exception {
    Hunt.Bag bag =
        hunt(
            """
            @org.junit.jupiter.api.Test
            void halfIsNoQuorum() {
              Electorate four = Electorate.fixed(CoreFixture.servers(4));
              assertThat(four.isQuorum(CoreFixture.servers(2)::contains)).isFalse();
            }
            @org.junit.jupiter.api.Test
            void anOldPreVoteIsAnswered() {
              assertThat(TermRule.of(CoreFixture.preVote("s2", 4, 0, 0), 4))
                  .isEqualTo(TermRule.Verdict.ANSWER);
            }
            @org.junit.jupiter.api.Test
            void alwaysRed() {
              assertThat(1).isEqualTo(2);
            }
            """);
    assertThat(bag.counted())
        .containsExactlyInAnyOrder(
            "core.MyQuorumTest#halfIsNoQuorum", "core.MyQuorumTest#anOldPreVoteIsAnswered");
    assertThat(bag.problems())
        .singleElement()
        .asString()
        .startsWith("core.MyQuorumTest#alwaysRed fails on the reference");
    assertThat(bag.killed()).extracting(Bug::id).containsExactly("B18", "E10", "E12");
    assertThat(bag.points())
        .isEqualTo((int) Math.ceil(Hunt.BONUS * 3.0 / Lesson.current().bugs().size()))
        .isPositive();
  }

  @Test
  void aTestThatReadsFilesIsNotRun() throws Exception {
    Hunt.Bag bag =
        hunt(
            """
            @org.junit.jupiter.api.Test
            void cheats() {
              assertThat(new java.io.File("src/test/bugs")).exists();
            }
            """);
    assertThat(bag.counted()).isEmpty();
    assertThat(bag.killed()).isEmpty();
    assertThat(bag.problems()).singleElement().asString().contains("names java.io.File");
  }

  private Hunt.Bag hunt(String methods) throws Exception {
    Path file = exercises.resolve("io/raftlessons/core/MyQuorumTest.java");
    Files.createDirectories(file.resolveSibling(""));
    Files.writeString(
        file,
        "package io.raftlessons.core;\n"
            + "import static org.assertj.core.api.Assertions.assertThat;\n"
            + "class MyQuorumTest {\n"
            + methods
            + "}\n");
    try (ZooJvm jvm = new ZooJvm(Lesson.current().directory(), Duration.ofSeconds(60))) {
      return new Hunt(Lesson.current(), jvm).run(exercises, List.of(file), Duration.ofMinutes(10));
    }
  }
}
