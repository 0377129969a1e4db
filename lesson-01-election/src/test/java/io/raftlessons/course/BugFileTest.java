package io.raftlessons.course;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.course.Bug.Edit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BugFileTest {
  static final String COMPLETE =
      """
      id: X01
      title: A bug: with a colon
      rule: paper 5.2
      shipped-in: nobody
      also: B1, B2
      file: core/Role.java
      find:
            if (a) {

              b();
            }
      replace:
      find-2: one line
      replace-2:
          another
      expect: core.StepTest#one, election.ElectionTest$Section52Candidates#two
      text:
          Some words.
          Some more.
      """;

  @TempDir Path directory;

  @Test
  void valuesAreLinesOrBlocks() throws IOException {
    Bug bug = read(COMPLETE);
    assertThat(bug.id()).isEqualTo("X01");
    assertThat(bug.title()).isEqualTo("A bug: with a colon");
    assertThat(bug.rule()).isEqualTo("paper 5.2");
    assertThat(bug.shippedIn()).isEqualTo("nobody");
    assertThat(bug.also()).containsExactly("B1", "B2");
    assertThat(bug.file()).isEqualTo("core/Role.java");
    assertThat(bug.edits())
        .containsExactly(
            new Edit("  if (a) {\n\n    b();\n  }", ""), new Edit("one line", "another"));
    assertThat(bug.expect())
        .containsExactly("core.StepTest#one", "election.ElectionTest$Section52Candidates#two");
    assertThat(bug.text()).isEqualTo("Some words.\nSome more.");
  }

  @Test
  void namesInABlockMayBeOnLinesOfTheirOwn() throws IOException {
    String block = "expect:\n    core.StepTest#one,\n    core.StepTest#two\ntext:";
    assertThat(read(COMPLETE.replaceAll("expect:.*\ntext:", block)).expect())
        .containsExactly("core.StepTest#one", "core.StepTest#two");
  }

  @Test
  void theSimulatorHasABudgetOfSeedsOrNone() throws IOException {
    assertThat(read(COMPLETE).budget()).isEqualTo(Budget.USUAL);
    assertThat(read(COMPLETE + "seeds: 5000\n").budget()).isEqualTo(new Budget(5_000, ""));
    assertThat(read(COMPLETE + "seeds: none, because it is a file's\n").budget())
        .isEqualTo(new Budget(0, "it is a file's"));
    assertThat(read(COMPLETE + "seeds:\n    none, because\n    of two lines\n").budget())
        .isEqualTo(new Budget(0, "of two lines"));
    for (String value : new String[] {"0", "-1", "many", "none", "none, because", "200 or so"}) {
      assertBroken(COMPLETE + "seeds: " + value + "\n", "'seeds' is neither a number nor");
    }
  }

  @Test
  void allKeysButAlsoAndSeedsAreRequired() throws IOException {
    assertThat(read(COMPLETE.replaceAll("also:.*\n", "")).also()).isEmpty();
    for (String key : new String[] {"id", "title", "rule", "shipped-in", "file", "expect"}) {
      assertBroken(COMPLETE.replaceAll("(?m)^" + key + ":.*\n", ""), "'" + key + "' is missing");
    }
    assertBroken(COMPLETE.replaceAll("text:[^$]*", ""), "'text' is missing");
    assertBroken(COMPLETE.replace("replace-2:\n    another\n", ""), "'replace-2' is missing");
    assertBroken(COMPLETE.replace("title: A bug: with a colon", "title:"), "'title' is missing");
  }

  @Test
  void whatIsNotInTheFormatIsRefused() {
    assertBroken(COMPLETE + "colour: red\n", "unknown: [colour]");
    assertBroken(COMPLETE + "find-4: x\nreplace-4: y\n", "unknown: [find-4, replace-4]");
    assertBroken(COMPLETE + "title: another\n", "line 20: a second 'title'");
    assertBroken("no key\n" + COMPLETE, "line 1 is neither");
    assertBroken(COMPLETE.replace("    Some", "  Some"), "is neither");
    assertBroken(COMPLETE.replace("id: X01", "id: X02"), "the id is X02, the file's name is not");
    assertBroken(COMPLETE.replace("core.StepTest#one", "StepTest#one"), "StepTest#one");
    assertBroken(COMPLETE.replace("core.StepTest#one", "core.StepTest"), "core.StepTest");
  }

  private Bug read(String text) throws IOException {
    return BugFile.read(Files.writeString(directory.resolve("X01.bug"), text));
  }

  private void assertBroken(String text, String problem) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(BrokenBugException.class)
        .hasMessageContaining("X01.bug: ")
        .hasMessageContaining(problem);
  }
}
