package io.raftlessons.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.sim.Plan.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Plans and their text form, which is typed and copied by people. */
class PlanTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "faults:1",
        "faults:1-4,6",
        "operations:2,4,6-9",
        "faults:3/operations:1-2/messages:10000000/delays:7-8"
      })
  void aPlanIsReadAsItIsWritten(String text) {
    assertThat(Plan.parse(text)).hasToString(text);
  }

  @Test
  void neighboursBecomeARange() {
    assertThat(Plan.parse("messages:5,1,2-3,4,9")).hasToString("messages:1-5,9");
    assertThat(Plan.parse("messages:5,1,2-3,4,9")).isEqualTo(Plan.parse("messages:1-5,9"));
  }

  @Test
  void aPlanKnowsItsNumbers() {
    Plan plan = Plan.parse("faults:2-4,9");
    assertThat(plan.has(Kind.FAULTS, 4)).isTrue();
    assertThat(plan.has(Kind.FAULTS, 5)).isFalse();
    assertThat(plan.has(Kind.MESSAGES, 4)).isFalse();
    assertThat(plan.count(Kind.FAULTS)).isEqualTo(4);
    assertThat(plan.with(Kind.FAULTS, 5, 5)).hasToString("faults:2-5,9");
    assertThat(plan).as("a plan does not change").hasToString("faults:2-4,9");
    assertThat(plan.upTo(Kind.FAULTS, 3)).hasToString("faults:2-3");
    assertThat(plan.upTo(Kind.FAULTS, 1)).isEqualTo(Plan.NOTHING);
    assertThat(plan.upTo(Kind.DELAYS, 1)).isEqualTo(plan);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "faults                | 'faults' is not of the form kind:numbers",
        "faults:1/             | '' is not of the form",
        "fault:1               | 'fault' is none of faults, operations, messages, delays",
        "faults:1/faults:2     | faults is there twice",
        "faults:               | '' is no number from 1 to 10000000, in 'faults:'",
        "faults:1,,2           | '' is no number",
        "faults:0              | '0' is no number",
        "faults:x              | 'x' is no number",
        "faults:-3             | '' is no number",
        "faults:3-             | '' is no number",
        "faults:1-2-3          | '2-3' is no number",
        "faults:10000001       | '10000001' is no number",
        "faults:99999999999999 | '99999999999999' is no number",
        "messages:4-3          | '4-3' ends before it begins, in 'messages:4-3'"
      })
  void whatIsNoPlanIsRefused(String text, String why) {
    assertThatThrownBy(() -> Plan.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("plan: ")
        .hasMessageContaining(why);
  }
}
