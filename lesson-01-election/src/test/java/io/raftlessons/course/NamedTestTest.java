package io.raftlessons.course;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamedTestTest {
  interface Contract {
    @Test
    default void ofTheContract() {}
  }

  abstract static class Above implements Contract {
    @Test
    void inherited() {}

    @Test
    void overridden() {}
  }

  static class Sample extends Above {
    @Test
    @Override
    void overridden() {}

    void noTest() {}

    @Nested
    class Inner {
      @Test
      void nested() {}

      @Test
      void twice() {}

      @Nested
      class Innermost {
        @ParameterizedTest
        @ValueSource(ints = {1, 2})
        void deep(int n) {
          assertThat(n).isPositive();
        }
      }
    }

    @Nested
    class Other {
      @Test
      void twice() {}
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"inherited", "overridden", "ofTheContract", "nested", "deep"})
  void testsAreFoundWhereverTheyAre(String method) {
    Outcome outcome = run("Sample", method);
    assertThat(outcome.why()).isEmpty();
    assertThat(outcome.colour()).isEqualTo(Outcome.Colour.GREEN);
  }

  @Test
  void aNestedClassMayBeNamed() {
    assertThat(run("Sample$Other", "twice").colour()).isEqualTo(Outcome.Colour.GREEN);
  }

  @Test
  void whatIsNoTestOrNotOneTestIsBroken() {
    assertBroken("Sample", "noTest", "no such test");
    assertBroken("Sample", "nothing", "no such test");
    assertBroken("Nothing", "nothing", "no such test");
    assertBroken("Sample", "twice", "more than one test");
    assertThatThrownBy(
            () -> NamedTest.find("course.Nothing#x", NamedTestTest.class.getClassLoader()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no such test: course.Nothing#x");
  }

  private static void assertBroken(String type, String method, String problem) {
    Outcome outcome = run(type, method);
    assertThat(outcome.colour()).isEqualTo(Outcome.Colour.BROKEN);
    assertThat(outcome.why()).contains(problem, "#" + method);
  }

  private static Outcome run(String type, String method) {
    return TestRun.of(
        "course.NamedTestTest$" + type + "#" + method, NamedTestTest.class.getClassLoader());
  }
}
