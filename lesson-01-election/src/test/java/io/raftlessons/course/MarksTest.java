package io.raftlessons.course;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class MarksTest {
  private static final String TEXT =
      """
      class C {
        int one() {
          // exercise 1.2: say one.
          // an aside
          return 1;
          // end of exercise 1.2
        }
        void two() {
          // exercise 1.2: do it.
          b();
          // end of exercise 1.2
          // exercise 1.3: do more.
          // end of exercise 1.3
        }
      }
      """;

  private final Marks marks = new Marks("C.java", TEXT);

  @Test
  void placesAreFoundWithWhatIsToBeDone() {
    assertThat(marks.holes()).extracting(Marks.Hole::exercise).containsExactly("1.2", "1.2", "1.3");
    assertThat(marks.holes())
        .extracting(Marks.Hole::task)
        .containsExactly("say one.", "do it.", "do more.");
    assertThat(marks.holes().get(0).lines()).containsExactly("    // an aside", "    return 1;");
    assertThat(marks.holes().get(2).lines()).isEmpty();
  }

  @Test
  void withoutTheCommentLinesTheTextIsWhatItWouldBe() {
    assertThat(Marks.strip("C.java", TEXT))
        .isEqualTo(
            """
            class C {
              int one() {
                // an aside
                return 1;
              }
              void two() {
                b();
              }
            }
            """);
    assertThat(Marks.strip("C.java", "a\r\nb\r\n")).isEqualTo("a\nb\n");
  }

  @Test
  void placesAreFilledAndTheRestStays() {
    assertThat(marks.fill(Marks.Hole::lines)).isEqualTo(TEXT);
    assertThat(marks.fill(hole -> List.of("x" + hole.number())))
        .contains("say one.\nx0\n    // end", "do it.\nx1\n    // end", "do more.\nx0\n    // end");
  }

  @Test
  void aPlaceIsFoundAgainInAnotherText() {
    Marks other = new Marks("D.java", TEXT.replace("say one.", "say 1").replace("b();", "c();"));
    assertThat(other.like(marks.holes().get(1)).orElseThrow().lines()).containsExactly("    c();");
    assertThat(new Marks("D.java", "").like(marks.holes().get(1))).isEmpty();
  }

  @Test
  void aPlaceIsOpenUntilItsTodoIsGone() {
    String todo = "Todo.here(\"1.2\");";
    Marks open = new Marks("C.java", TEXT.replace("b();", "return " + todo));
    assertThat(open.holes()).extracting(Marks.Hole::isOpen).containsExactly(false, true, false);
    Marks done = new Marks("C.java", TEXT.replace("b();", "b(); // no " + "todo"));
    assertThat(done.holes()).noneMatch(Marks.Hole::isOpen);
    Marks comment = new Marks("C.java", TEXT.replace("b();", "// " + todo));
    assertThat(comment.holes()).noneMatch(Marks.Hole::isOpen);
  }

  @Test
  void aCommentLineAloneIsRefusedWithItsPlace() {
    assertAlone("// exercise 1.2: a\n", "C.java, line 1: ");
    assertAlone("x\n// end of exercise 1.2\n", "C.java, line 2: ");
    assertAlone("// exercise 1.2: a\n// exercise 1.3: b\n// end of exercise 1.3\n", "line 2: ");
    assertAlone("// exercise 1.2: a\n// end of exercise 1.3\n", "line 2: ");
  }

  private static void assertAlone(String text, String place) {
    assertThatThrownBy(() -> new Marks("C.java", text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(place)
        .hasMessageContaining("this one is alone");
  }
}
