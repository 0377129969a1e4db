package io.raftlessons.cluster.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a student's files to classes for the nodes, and what is said if there are none. */
class StudentPartsTest {
  @TempDir Path repository;

  @BeforeEach
  void lessons() throws IOException {
    write(1, "class MyElection implements Runnable { public void run() { } }");
    write(
        2,
        """
        class MyReplication {
          void commit() {
            // Todo.here("2.1") is done
            Todo.here("2.5");
            Todo.here("2.3");
          }
        }
        """);
  }

  private void write(int lesson, String text) throws IOException {
    Path file = repository.resolve("lesson-0" + lesson + "-x/src/exercise/java/p/My.java");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "package p;\n" + text);
  }

  private StudentParts compile(String wanted) {
    return StudentParts.compile(repository, wanted, repository.resolve("mine"));
  }

  @Test
  void finishedLessonsAreTakenIfNoneIsNamed() {
    StudentParts parts = compile(StudentParts.FINISHED);
    assertThat(parts.lessons()).containsExactly(1);
    assertThat(parts.describe()).isEqualTo("the parts of lesson 1 are yours");
    assertThat(parts.classes().orElseThrow().resolve("p/MyElection.class")).exists();
  }

  @Test
  void testsForTheHuntStayWhereTheyAre() throws IOException {
    Files.writeString(
        repository.resolve("lesson-01-x/src/exercise/java/p/MyVoteTest.java"),
        "package p;\nclass MyVoteTest { @org.nowhere.Test void test() {} }");
    assertThat(compile("1").lessons()).containsExactly(1);
    assertThat(repository.resolve("mine/p/MyVoteTest.class")).doesNotExist();
  }

  @Test
  void whatWasCompiledBeforeIsGone() throws IOException {
    compile("1");
    write(1, "class MyOther { }");
    compile("1");
    assertThat(repository.resolve("mine/p/MyElection.class")).doesNotExist();
    assertThat(repository.resolve("mine/p/MyOther.class")).exists();
  }

  @Test
  void aLessonThatIsNotFinishedIsRefused() throws IOException {
    assertThatThrownBy(() -> compile("1,2"))
        .isInstanceOf(CommandException.class)
        .hasMessage("--mine=1,2: not started: exercises 2.3, 2.5");
    write(1, "class MyElection { int x = Todo.here(\"1.1\"); }");
    assertThatThrownBy(() -> compile(StudentParts.FINISHED))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("no lesson is finished");
  }

  @Test
  void aLessonWithoutExercisesIsRefused() {
    for (String wanted : new String[] {"3", "0", "x", "1,5"}) {
      assertThatThrownBy(() -> compile(wanted))
          .isInstanceOf(CommandException.class)
          .hasMessage("--mine=" + wanted + ": there are exercises of lessons [1, 2]");
    }
  }

  @Test
  void whatDoesNotCompileIsToldWithItsPlace() throws IOException {
    write(1, "class MyElection {\n  int x = \"one\";\n}");
    assertThatThrownBy(() -> compile("1"))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("your exercises do not compile")
        .hasMessageContaining("My.java:3");
  }
}
