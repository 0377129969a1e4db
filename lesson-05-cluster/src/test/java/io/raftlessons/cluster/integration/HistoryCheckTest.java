package io.raftlessons.cluster.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.cluster.integration.Operation.Append;
import io.raftlessons.cluster.integration.Operation.Increment;
import io.raftlessons.cluster.integration.Operation.Outcome;
import io.raftlessons.cluster.integration.Operation.ReadCounter;
import io.raftlessons.cluster.integration.Operation.ReadList;
import io.raftlessons.cluster.integration.Operation.Span;
import io.raftlessons.cluster.integration.Operation.Swap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Histories written by hand, good ones and bad ones. */
class HistoryCheckTest {
  private static Span acknowledged(String client, long begin, long end) {
    return new Span(client, begin, end, Outcome.ACKNOWLEDGED);
  }

  private static Span unknown(String client, long begin, long end) {
    return new Span(client, begin, end, Outcome.UNKNOWN);
  }

  private static Span refused(String client, long begin, long end) {
    return new Span(client, begin, end, Outcome.REFUSED);
  }

  private static Append append(Span span, String element, long length) {
    return new Append(span, "l", element, length);
  }

  private static Increment increment(Span span, long sum) {
    return new Increment(span, "c", sum);
  }

  private static Swap swap(Span span, String expected, String value, boolean swapped) {
    return new Swap(span, "r", expected, value, swapped);
  }

  private static List<String> list(List<String> elements, Operation... history) {
    return HistoryCheck.violations(
        List.of(history), new State(Map.of("l", elements), Map.of(), Map.of()));
  }

  private static List<String> counter(long value, Operation... history) {
    return HistoryCheck.violations(
        List.of(history), new State(Map.of(), Map.of("c", value), Map.of()));
  }

  private static List<String> register(String value, Operation... history) {
    return HistoryCheck.violations(
        List.of(history), new State(Map.of(), Map.of(), Map.of("r", value)));
  }

  @Test
  void acknowledgedAppendsInAnyOrderOfOverlappingCallsAreFine() {
    assertThat(
            list(
                List.of("b", "a", "c"),
                append(acknowledged("1", 0, 10), "a", 2),
                append(acknowledged("2", 5, 8), "b", 1),
                append(acknowledged("1", 11, 12), "c", 3)))
        .isEmpty();
  }

  @Test
  void anUnknownAppendMayBeThereLateOrNotAtAll() {
    Append unknown = append(unknown("1", 0, 1), "x", 0);
    Append later = append(acknowledged("2", 5, 6), "a", 1);
    assertThat(list(List.of("a"), unknown, later)).isEmpty();
    assertThat(list(List.of("a", "x"), unknown, later)).isEmpty();
  }

  @Test
  void anUnknownAppendCannotBeThereBeforeItBegan() {
    assertThat(
            list(
                List.of("x", "a"),
                append(acknowledged("2", 0, 1), "a", 2),
                append(unknown("1", 5, 6), "x", 0)))
        .containsExactly("a of 2 to l comes after x of 1 to l, which began later");
  }

  @Test
  void aLostAppendIsFound() {
    assertThat(list(List.of(), append(acknowledged("1", 0, 1), "a", 1)))
        .containsExactly("a of 1 to l is lost");
  }

  @Test
  void aListThatIsAbsentAtTheEndIsChecked() {
    assertThat(
            HistoryCheck.violations(
                List.of(append(acknowledged("1", 0, 1), "a", 1)),
                new State(Map.of(), Map.of(), Map.of())))
        .containsExactly("a of 1 to l is lost");
  }

  @Test
  void aDoubledAppendIsFound() {
    assertThat(list(List.of("a", "a"), append(acknowledged("1", 0, 1), "a", 1)))
        .containsExactly("l has a twice");
    assertThat(list(List.of("a", "a"), append(unknown("1", 0, 1), "a", 0)))
        .containsExactly("l has a twice");
  }

  @Test
  void anElementThatNobodyAppendedIsFound() {
    assertThat(list(List.of("z"))).containsExactly("l has z, which nobody appended");
  }

  @Test
  void aRefusedAppendMustNotBeThere() {
    Append append = append(refused("1", 0, 1), "a", 0);
    assertThat(list(List.of(), append)).isEmpty();
    assertThat(list(List.of("a"), append)).containsExactly("a of 1 to l was refused, but is there");
  }

  @Test
  void theOrderOfOneClientIsKept() {
    assertThat(
            list(
                List.of("b", "a"),
                append(acknowledged("1", 0, 1), "a", 2),
                append(acknowledged("1", 2, 3), "b", 1)))
        .containsExactly("a of 1 to l comes after b of 1 to l, which began later");
  }

  @Test
  void anAnswerTellsTheElementsPlace() {
    assertThat(list(List.of("a"), append(acknowledged("1", 0, 1), "a", 2)))
        .containsExactly("a of 1 to l was answered with length 2, but is at 1");
  }

  @Test
  void readsSeeWhatWasAcknowledgedBeforeThem() {
    Append first = append(acknowledged("1", 0, 1), "a", 1);
    Append second = append(acknowledged("1", 2, 9), "b", 2);
    List<String> end = List.of("a", "b");
    assertThat(
            list(
                end,
                first,
                second,
                new ReadList(acknowledged("2", 3, 4), "l", List.of("a")),
                new ReadList(acknowledged("2", 5, 6), "l", List.of("a")),
                new ReadList(acknowledged("2", 7, 8), "l", end)))
        .isEmpty();
    assertThat(list(end, first, second, new ReadList(acknowledged("2", 3, 4), "l", List.of())))
        .containsExactly("a of 1 to l comes after read of l by 2, which began later");
    assertThat(
            list(
                end,
                first,
                second,
                new ReadList(acknowledged("2", 3, 4), "l", end),
                new ReadList(acknowledged("2", 5, 6), "l", List.of("a"))))
        .containsExactly("read of l by 2 comes after read of l by 2, which began later");
    assertThat(list(end, first, second, new ReadList(acknowledged("2", 3, 9), "l", List.of("b"))))
        .containsExactly("2 read l as no prefix of its end");
  }

  @Test
  void aCounterMayHaveTakenUnknownIncrementsOrNot() {
    Increment known = increment(acknowledged("1", 0, 1), 1);
    Increment unknown = increment(unknown("2", 0, 1), 0);
    Increment refused = increment(refused("2", 2, 3), 0);
    assertThat(counter(1, known, unknown, refused)).isEmpty();
    assertThat(counter(2, known, unknown, refused)).isEmpty();
    assertThat(counter(3, known, unknown, refused))
        .containsExactly("c is 3 after 1 acknowledged increments and 1 unknown ones");
  }

  @Test
  void aLostIncrementIsFound() {
    assertThat(
            counter(
                1, increment(acknowledged("1", 0, 1), 1), increment(acknowledged("2", 0, 1), 1)))
        .containsExactly(
            "sum 1 of c for 2 was answered to another one, too",
            "c is 1 after 2 acknowledged increments and 0 unknown ones");
  }

  @Test
  void sumsAreWithinTheCounterAndInTheOrderOfTime() {
    assertThat(counter(1, increment(acknowledged("1", 0, 1), 2)))
        .containsExactly("sum 2 of c for 1 is not within 1 to 1");
    assertThat(
            counter(
                2, increment(acknowledged("1", 0, 1), 2), increment(acknowledged("1", 2, 3), 1)))
        .containsExactly("sum 2 of c for 1 comes after sum 1 of c for 1, which began later");
    assertThat(
            counter(
                1,
                increment(acknowledged("1", 0, 1), 1),
                new ReadCounter(acknowledged("2", 2, 3), "c", 0)))
        .containsExactly("sum 1 of c for 1 comes after read of c by 2, which began later");
  }

  @Test
  void swapsFormOneChain() {
    Swap first = swap(acknowledged("1", 0, 1), "", "a", true);
    Swap refused = swap(acknowledged("2", 2, 3), "", "b", false);
    Swap unknown = swap(unknown("2", 4, 5), "a", "c", false);
    Swap last = swap(acknowledged("1", 6, 7), "c", "d", true);
    assertThat(register("d", first, refused, unknown, last)).isEmpty();
    assertThat(register("a", first, refused, unknown)).isEmpty();
    assertThat(register("b", first, refused))
        .containsExactly("b of 2 in r was not to be written, but was", "a of 1 in r is lost");
  }

  @Test
  void twoSwapsOfOneValueAreFound() {
    assertThat(
            register(
                "b",
                swap(acknowledged("1", 0, 9), "", "a", true),
                swap(acknowledged("2", 0, 9), "", "b", true)))
        .containsExactly("a of 1 in r is lost");
  }

  @Test
  void aValueThatCameBackIsFound() {
    assertThat(
            register(
                "a",
                swap(acknowledged("1", 0, 1), "b", "a", true),
                swap(acknowledged("1", 2, 3), "a", "b", true)))
        .contains("r had a, which nobody wrote, or which came back");
  }

  @Test
  void swapsAreInTheOrderOfTime() {
    assertThat(
            register(
                "b",
                swap(acknowledged("2", 5, 6), "", "a", true),
                swap(acknowledged("1", 0, 1), "a", "b", true)))
        .containsExactly("b of 1 in r comes after a of 2 in r, which began later");
  }
}
