package io.raftlessons.course;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class StarterTest {
  private final StudentPart part;
  private final String starter;

  StarterTest() throws IOException {
    part = StudentPart.of(Lesson.all().get(0)).get(0);
    starter = Starter.of(part);
  }

  @Test
  void itIsTheStudentsClassWithoutTheAnswers() {
    assertThat(starter)
        .startsWith("// Yours to write: lesson 1, exercises 1.1 to 1.8. (starter ")
        .contains("public final class MyElection implements Election {")
        .contains("    return Todo.here(\"1.5\");\n    // end of exercise 1.5\n")
        .contains("    Todo.here(\"1.2\");\n    // end of exercise 1.2\n")
        .doesNotContain("ReferenceElection", "lastLogTerm > log.lastTerm()");
  }

  @Test
  void anEditIsKnownAndAnEndOfLineIsNone() {
    assertThat(Starter.isUntouched(starter)).isTrue();
    assertThat(Starter.isUntouched(starter.replace("\n", "\r\n"))).isTrue();
    assertThat(Starter.isUntouched(starter.replace("boolean", "Boolean"))).isFalse();
    assertThat(Starter.isUntouched("// no head\n" + starter)).isFalse();
    assertThat(Starter.isUntouched("")).isFalse();
  }

  @Test
  void solvedItIsTheReference() throws IOException {
    String solved = Starter.solved(part, exercise -> true);
    assertThat(solved.lines().filter(line -> !line.contains("course.Todo;")).skip(1))
        .containsExactlyElementsOf(part.asStudents().fill(Marks.Hole::lines).lines().toList());
  }
}
