package io.raftlessons.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.script.ScriptSuite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each check sees a page that is wrong. */
class CheckersTest {
  private static final String UP_TO_DATE = "<!-- code election/ReferenceElection.java#upToDate -->";

  private final Path root = ScriptSuite.root();

  @Test
  void aBlockIsWrittenAnewAndWhatStandsAroundItStays() throws IOException {
    List<String> fresh =
        generate("before", "  " + UP_TO_DATE, "  ```java", "  old", "  ```", "after");
    assertThat(fresh).startsWith("before", "  " + UP_TO_DATE, "  ```java");
    assertThat(fresh.get(3)).isEqualTo("  // election/ReferenceElection.java");
    assertThat(fresh.get(4)).startsWith("  private boolean upToDate(");
    assertThat(fresh).endsWith("  }", "  ```", "after").doesNotContain("  old");
  }

  @Test
  void aBlockThatIsFreshStaysAsItIs() throws IOException {
    List<String> fresh = generate(UP_TO_DATE, "", "after");
    assertThat(generated(fresh)).isEqualTo(fresh);
  }

  @Test
  void whatIsInAFenceIsNoDirective() throws IOException {
    List<String> page = List.of("```text", UP_TO_DATE, "```");
    assertThat(generated(page)).isEqualTo(page);
  }

  @Test
  void aSnippetIsCutElidedAndMarked() throws IOException {
    String method = "<!-- code election/ReferenceElection.java#onRequestVote ";
    assertThat(generate(method + "from=\"boolean free\" to=\"boolean again\" mark=\"again\" -->"))
        .hasSize(6)
        .anyMatch(line -> line.startsWith("boolean again") && line.endsWith("  // new"));
    assertThat(generate(method + "skip=\"RequestVote request\" until=\"step.voteFor\" -->"))
        .contains("  // ...", "  step.voteFor(candidate);")
        .noneMatch(line -> line.contains("boolean free"));
  }

  @ParameterizedTest
  @CsvSource({
    "code election/Nobody.java, no such file",
    "code election/ReferenceElection.java#nobody, no nobody",
    "code core/RaftCore.java, lines long",
    "code election/ReferenceElection.java#upToDate to=\"nobody\", no line with",
    "run bug E12 core.ElectorateTest#nobody, no such test",
    "run bug E12 election.VotingTest#candidateThatSteppedDownKeepsItsVote, passes on E12",
    "run bug E00 core.ElectorateTest#aQuorumIsMoreThanHalf, no bug E00",
    "run script lesson-01-election/nobody, no script",
    "run script lesson-01-election/pre-vote blocks=\"3-99\", there are",
    "run seed nobody 1, no scenario",
    "run play lesson-04-snapshots do=\"cluster a\", no scripts are played",
    "run measure nobody, nobody knows how to measure",
    "run nobody, nobody knows how to run",
    "run test election.ElectionDemoTest#nobody, no such test",
    "run test election.VotingTest#oneVoteInATerm, prints nothing",
    "run test docs.CheckersTest$Inner#fails, docs.CheckersTest$Inner#fails does not pass: on purpose",
    "run test docs.CheckersTest#printsWhatVaries varies=\"[\", Unclosed character class",
    "run hole 1.99 election.VotingTest#oneVoteInATerm, no exercise 1.99",
    "run hole 9.1 election.VotingTest#oneVoteInATerm, no lesson has exercise 9.1",
    "code election/ReferenceElection.java#1.99, no exercise 1.99",
    "table nobody, no table",
    "table rules RV-1 RV-99, no rule RV-99",
    "table rules AE-3..AE-1, no rules from AE-3",
    "table exercises 9, lesson 9 has no exercises",
  })
  void whatIsNotThereIsReportedWithItsPlace(String directive, String problem) {
    assertThatThrownBy(() -> generate("<!-- " + directive + " -->"))
        .isInstanceOf(DocsException.class)
        .hasMessageStartingWith("page.md:1: ")
        .hasMessageContaining(problem);
  }

  @Test
  void aBlockOfATestThatDiffersOnlyInWhatVariesStays() throws IOException {
    String prints = "<!-- run test docs.CheckersTest#printsWhatVaries varies=\"\\d+\" -->";
    assertThat(generate(prints)).containsExactly(prints, "```text", "seed 113", "```");
    List<String> old = List.of(prints, "```text", "seed 7", "```");
    assertThat(generated(old)).isEqualTo(old);
    assertThat(generate(prints, "```text", "number 7", "```")).contains("seed 113");
  }

  /** Run by a page only. */
  static final class Inner {
    @Test
    void fails() {
      throw new AssertionError("on purpose");
    }
  }

  /** For the test above. */
  @Test
  void printsWhatVaries() {
    System.out.println("seed 113");
  }

  @Test
  void aPlayIsToldFromItsSecondPartOn() throws IOException {
    assertThat(
            generate(
                "<!-- run play lesson-01-election setup=\"cluster a b; elect a\" do=\"crash a; state a\" -->"))
        .endsWith("```text", "crash a", "state a", "----", "a: crashes", "a: down", "```");
  }

  @Test
  void whatAFailureSaysIsTheSameEverywhere() {
    assertThat(
            Failure.everywhereTheSame(
                root.resolve("docs") + " /var/tmp/junit-123/log Object@1a2b3c4d a@b 12"))
        .isEqualTo("docs /tmp/\u2026/log Object@\u2026 a@b 12");
    assertThat(Failure.lines(new IllegalStateException("a\n\nb")))
        .containsExactly("  IllegalStateException", "  a", "  b");
  }

  @Test
  void aMessageThatNobodySaysIsSeen() throws IOException {
    Page page =
        new Page(
            Path.of("page.md"),
            List.of(
                "```message",
                "port … on … is not free",
                "port … on … is quite free",
                "there is no java: install a JDK, 17 or later",
                "```",
                "nobody says this"));
    assertThat(new Messages(root).problems(List.of(page)))
        .containsExactly("page.md:3: nobody says: port … on … is quite free");
  }

  @Test
  void rulesAreRowsThatLinkFromThePageTheyAreIn() throws IOException {
    List<String> rows = generate("<!-- table rules LD-4 AE-1..AE-3 -->");
    assertThat(rows).hasSize(7).element(3).asString().contains("LD-4").contains("](lesson-02-");
    assertThat(rows).noneMatch(row -> row.contains("](../"));
  }

  @Test
  void thePlacesOfAnExerciseAreFound() {
    List<String> file =
        List.of(
            "  // exercise 1.3: what is to be done",
            "  first();",
            "  // end of exercise 1.3",
            "  between();",
            "  // exercise 1.4: something else",
            "  other();",
            "  // end of exercise 1.4",
            "  // exercise 1.3: and more",
            "  second();",
            "  // end of exercise 1.3");
    assertThat(Holes.places(file, "1.3"))
        .containsExactly(List.of("  first();"), List.of("  second();"));
    assertThat(file.stream().filter(Holes::isMark)).hasSize(6);
  }

  @Test
  void aSeedSaysTheSameTwice() throws IOException {
    String directive = "<!-- run seed election 7 show=\"election won\" -->";
    assertThat(generate(directive))
        .isEqualTo(generate(directive))
        .hasSize(6)
        .anyMatch(line -> line.startsWith("$ ./mvnw ") && line.endsWith(" \\"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[a](nobody.md)",
        "[a](other.md#nobody)",
        "[a](#nobody)",
        "[a](Some.java#L4)",
        "[a](Some.java#top)",
        "[a](../outside.md)",
        "[a]()",
        "[a](https://)",
        "<img src=\"nobody.svg\" alt=\"a picture that nobody has ever seen\">",
        "[![a picture that nobody has ever seen](nobody.svg)](other.md)",
        "![short](Some.java)",
      })
  void aLinkToNothingIsSeen(String link, @TempDir Path directory) throws IOException {
    assertThat(problems(directory, link)).hasSize(1).allMatch(line -> line.startsWith("page.md:1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[a](other.md) and [b](other.md#the-read-index-2-part-1)",
        "[a](Some.java#L3)",
        "[a](#here)",
        "[a](https://example.org/x#y) `[b](nobody.md)`",
        "[![a picture that shows three servers](Some.java)](other.md)",
      })
  void aLinkThatLeadsSomewhereIsNot(String link, @TempDir Path directory) throws IOException {
    assertThat(problems(directory, link)).isEmpty();
  }

  private static List<String> problems(Path directory, String link) throws IOException {
    Files.writeString(directory.resolve("other.md"), "# other\n");
    Files.writeString(directory.resolve("Some.java"), "1\n2\n3\n");
    Files.writeString(directory.resolve("page.md"), "");
    Page page = new Page(Path.of("page.md"), List.of(link, "# Here"));
    List<String> headings = List.of("# The read index 2 part", "## The `read index`, 2: part");
    Page other = new Page(Path.of("other.md"), headings);
    return new Links(directory).problems(List.of(page, other));
  }

  @Test
  void aCommandThatNamesWhatIsNotThereIsSeen() throws IOException {
    Page page =
        new Page(
            Path.of("page.md"),
            List.of(
                "`./mvnw -pl lesson-09-nothing test`, `mvn -Pnobody test`, `mvn test",
                "-Dtest=NobodyTest`, `io.raftlessons.core.Nobody`",
                "```",
                "./mvnw -q -pl lesson-01-election test \\",
                "  -Dtest='ElectionSimulationTest#nobody'",
                "./mvnw -Pzoo -pl lesson-01-election -Dtest='Election*Test#manySeeds' test",
                "./mvnw -q -pl lesson-01-election -Phint -Dex=1.3",
                "```"));
    assertThat(new Commands(root).problems(List.of(page)))
        .hasSize(6)
        .anyMatch(line -> line.contains("Maven wants a goal") && line.endsWith("-Dex=1.3"))
        .anyMatch(line -> line.contains("no module lesson-09-nothing"))
        .anyMatch(line -> line.contains("no profile nobody"))
        .anyMatch(line -> line.contains("no test NobodyTest"))
        .anyMatch(line -> line.contains("no test ElectionSimulationTest#nobody"))
        .anyMatch(line -> line.contains("no class or package core.Nobody"));
  }

  @Test
  void aChapterHasItsSectionsInOrderAndItsLength() {
    List<String> lines =
        List.of("## Predict", "## What breaks today", "It is simply `just` \"just\".", "just so");
    assertThat(new Chapter(new Page(Path.of("README.md"), lines), 2).problems())
        .contains("README.md: no section \"Predict\" where it belongs")
        .contains("README.md: no section \"Next\" where it belongs")
        .contains("README.md: 11 words, not 3000 to 4000")
        .contains("README.md:3: say how, not that it is easy: It is simply `just` \"just\".")
        .contains("README.md:4: say how, not that it is easy: just so")
        .doesNotContain("README.md: no section \"What breaks today\" where it belongs");
  }

  @Test
  void aGlossaryHasItsTermsInOrderAndAChapterNoOthers() {
    List<String> rows =
        List.of(
            "| <a id=\"vote\"></a>vote | 选票 | A promise. | 5.2 |",
            "| <a id=\"term\"></a>term | term | A number | 5.1 |");
    Glossary glossary = new Glossary(new Page(Path.of("glossary.md"), rows));
    assertThat(glossary.problems())
        .containsExactly(
            "glossary.md:2: no Chinese for term",
            "glossary.md:2: no sentence for term",
            "glossary.md:2: not in order: term");
    Page chapter =
        new Page(Path.of("README.md"), List.of("**Votes** and a **Term** and a **quorum**"));
    assertThat(glossary.missing(chapter))
        .containsExactly("README.md:1: not in the glossary: quorum");
  }

  @Test
  void tablesAndFencesAreNotCounted() {
    List<String> lines = List.of("one two", "| three |", "```", "four", "```", "[five](six.md)");
    assertThat(new Chapter(new Page(Path.of("README.md"), lines), 1).words()).isEqualTo(3);
  }

  private List<String> generate(String... lines) throws IOException {
    return generated(List.of(lines));
  }

  private List<String> generated(List<String> lines) throws IOException {
    try (GeneratedPage page = new GeneratedPage(root)) {
      return page.lines(new Page(Path.of("page.md"), lines));
    }
  }
}
