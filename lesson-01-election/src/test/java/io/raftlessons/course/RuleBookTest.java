package io.raftlessons.course;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class RuleBookTest {
  private static final List<String> RULE =
      List.of(
          "== A chapter",
          "",
          "RV-2  Figure 2; 5.2",
          "    One sentence",
          "    in two lines.",
          "    code: core/A#b",
          "    code: core/C",
          "    test: core.ATest#b",
          "    bugs: E01, E02");

  @Test
  void aRuleIsReadAsItIsWritten() {
    assertThat(RuleBook.parse(RULE).all())
        .containsExactly(
            new RuleBook.Entry(
                "RV-2",
                "A chapter",
                "Figure 2; 5.2",
                "One sentence in two lines.",
                List.of("core/A#b", "core/C"),
                List.of("core.ATest#b"),
                List.of("E01", "E02")));
  }

  @Test
  void whatIsNoRuleIsRefused() {
    assertThatThrownBy(() -> RuleBook.parse(List.of("  what is this")))
        .hasMessageContaining("what is this");
    assertThatThrownBy(() -> RuleBook.parse(RULE.subList(0, 4))).hasMessageContaining("lacks");
    assertThatThrownBy(
            () ->
                RuleBook.parse(
                    java.util.stream.Stream.concat(RULE.stream(), RULE.stream()).toList()))
        .hasMessageContaining("twice");
  }

  @Test
  void theFiguresAreThereLineByLine() {
    RuleBook book = RuleBook.read();
    assertThat(book.all()).extracting(RuleBook.Entry::id).doesNotHaveDuplicates();
    for (String id : List.of("RV-1", "RV-2", "AE-5", "ALL-2", "FOL-2", "CAN-4", "LD-4", "SN-8")) {
      assertThat(book.find(id)).as(id).isPresent();
    }
    assertThat(book.find("RV-9")).isEmpty();
  }
}
