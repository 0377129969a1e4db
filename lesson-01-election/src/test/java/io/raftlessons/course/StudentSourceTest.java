package io.raftlessons.course;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is compiled of a file in which some is done, and some is not. */
class StudentSourceTest {
  private final StudentPart part;
  private final String starter;

  StudentSourceTest() throws IOException {
    part = StudentPart.of(Lesson.all().get(0)).get(0);
    starter = Starter.of(part);
  }

  private StudentSource source(String written, String alone) throws IOException {
    Optional<ExerciseId> ex = Optional.of(alone).filter(e -> !e.isEmpty()).map(ExerciseId::of);
    return StudentSource.of(part, written, ex);
  }

  @Test
  void whereNobodyHasBegunTheReferenceLendsItsLines() throws IOException {
    assertThat(source(starter, "").filled())
        .contains("Todo.lend(\"1.5\"); return lastLogTerm > log.lastTerm()")
        .doesNotContain("Todo.here");
    assertThat(source(starter, "").open()).contains("1.1", "1.8");
  }

  @Test
  void whatIsDoneStays() throws IOException {
    String done = starter.replace("return Todo.here(\"1.5\");", "return lastLogTerm > 41;");
    assertThat(source(done, "").filled())
        .contains("return lastLogTerm > 41;")
        .doesNotContain("lend(\"1.5\")");
    assertThat(source(done, "").open()).contains("1.4", "1.6").doesNotContain("1.5");
  }

  @Test
  void gradedAloneTheLaterOnesAreReplaced() throws IOException {
    String done = starter.replace("return Todo.here(\"1.5\");", "return lastLogTerm > 41;");
    StudentSource alone = source(done, "1.4");
    assertThat(alone.filled())
        .contains("\n return lastLogTerm > log.lastTerm()", "lend(\"1.4\")")
        .doesNotContain("> 41", "lend(\"1.5\")", "lend(\"1.6\")");
    assertThat(alone.open()).contains("1.3", "1.4").doesNotContain("1.5", "1.6");
    assertThat(alone.isGradedAlone()).isTrue();
  }

  @Test
  void theStudentsLinesKeepTheirNumbers() throws IOException {
    String done = starter.replace("return Todo.here(\"1.5\");", "return lastLogTerm > 41;");
    for (String alone : List.of("", "1.4", "1.6")) {
      List<String> filled = source(done, alone).filled().lines().toList();
      assertThat(filled).hasSameSizeAs(done.lines().toList());
      assertThat(filled.get(filled.size() - 1)).isEqualTo("}");
    }
    List<String> filled = source(done, "").filled().lines().toList();
    assertThat(filled.indexOf("    return lastLogTerm > 41;"))
        .isEqualTo(done.lines().toList().indexOf("    return lastLogTerm > 41;"));
  }

  @Test
  void anExerciseOfAnotherLessonReplacesNothing() throws IOException {
    StudentSource other = source(starter, "2.1");
    assertThat(other.filled()).isEqualTo(source(starter, "").filled());
    assertThat(other.isGradedAlone()).isFalse();
  }

  @Test
  void aCommentLineThatIsGoneIsAskedFor() throws IOException {
    String begin = "    // exercise 1.5: ";
    int at = starter.indexOf(begin);
    String end = "    // end of exercise 1.5\n";
    String without =
        starter.substring(0, at)
            + starter.substring(starter.indexOf('\n', at) + 1).replace(end, "");
    assertThatThrownBy(() -> source(without, "1.4").filled())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("MyElection has lost a comment line \"// exercise 1.5: ")
        .hasMessageContaining("run without -Dex=");
    assertThat(source(without, "1.5").filled()).contains("Todo.here(\"1.5\")");
  }
}
