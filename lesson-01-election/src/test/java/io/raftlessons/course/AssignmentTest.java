package io.raftlessons.course;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class AssignmentTest {
  private static final String ONE =
      """
      id: 1.1
      title: First
      rules: RV-2
      minutes: 20
      stars: 2
      step: 4
      hint: think
      hint-2: read
      hint-3:
          do a
            then b
      """;

  private static List<Assignment> parse(String text) {
    return Assignment.parse(Path.of("exercises.txt"), text.lines().toList());
  }

  @Test
  void exercisesFollowEachOther() {
    List<Assignment> two = parse(ONE + "\n" + ONE.replace("1.1", "1.2").replace("First", "Second"));
    assertThat(two).extracting(Assignment::title).containsExactly("First", "Second");
    assertThat(two.get(0).hints()).containsExactly("think", "read", "do a\n  then b");
    assertThat(Assignment.find(two, "1.2").summary())
        .isEqualTo("RV-2. README, step 4; about 20 minutes.");
    assertThatThrownBy(() -> Assignment.find(two, "1.3"))
        .hasMessage("no exercise 1.3, there are [1.1, 1.2]");
  }

  @Test
  void whatIsNotInTheFormatIsRefused() {
    assertBroken(ONE.replace("stars: 2\n", ""), "exercises.txt: 'stars' is missing");
    assertBroken(ONE.replace("20", "soon"), "exercises.txt: 'minutes' is no number: soon");
    assertBroken(ONE + "colour: red\n", "exercises.txt: unknown: [colour]");
    assertBroken(ONE + "\n" + ONE.replace("step: 4", "step"), "line 18 is neither");
  }

  private static void assertBroken(String text, String problem) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(problem);
  }
}
