package io.raftlessons.course;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class NeedsExercisesTest {
  private static boolean lends(String exercise) {
    return NeedsExercises.isAfterTheGraded(ExerciseId.of(exercise));
  }

  @Test
  void whoNamesNoExerciseIsLentNothing() {
    assertThat(lends("1.1")).isFalse();
    assertThat(run("isLentNothing")).isEqualTo("NotStarted: exercise 1.1 is not started");
  }

  @Test
  @Exercise({"1.3", "1.5"})
  void whatComesAfterAllThatIsNeededIsLent() {
    assertThat(lends("1.6")).isTrue();
    assertThat(lends("1.10")).isTrue();
    assertThat(lends("1.5")).isFalse();
    assertThat(lends("1.4")).as("before one that is needed").isFalse();
    assertThat(lends("2.6")).as("of another lesson").isFalse();
    Todo.lend("1.6");
  }

  /** Run by the tests around it, on classes of their own. */
  static final class Inner {
    @Test
    void isLentNothing() {
      Todo.lend("1.1");
    }

    @Test
    @Exercise("1.2")
    void endsWellThoughItWasMet() {
      assertThatThrownBy(() -> Todo.here("1.3")).isInstanceOf(NotStarted.class);
    }
  }

  private static String run(String test) {
    ClassLoader loader = new MutantLoader(Map.of(), NeedsExercisesTest.class.getClassLoader());
    return TestRun.of("course.NeedsExercisesTest$Inner#" + test, loader).why();
  }

  @Test
  void whoMeetsItIsNotStartedWhateverBecomesOfIt() {
    assertThat(run("endsWellThoughItWasMet")).isEqualTo("NotStarted: exercise 1.3 is not started");
  }

  @Test
  void itIsFoundHoweverDeep() {
    NotStarted deep = new NotStarted("1.2");
    assertThat(NotStarted.in(new AssertionError("x", new IllegalStateException(deep))))
        .containsSame(deep);
    assertThat(NotStarted.in(new IllegalStateException())).isEmpty();
  }
}
