package io.raftlessons.replication.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.replication.history.Verdict.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Histories drawn by hand, good ones and bad ones. {@link Diagram} tells how to read them. */
class LinearizabilityTest {
  private static Verdict check(String diagram) {
    return Linearizability.check(
        Diagram.history(diagram), new KeyValueModel(), Budget.ofSteps(1_000));
  }

  private static void good(String diagram) {
    assertThat(check(diagram)).isEqualTo(Verdict.OK);
  }

  private static void bad(String diagram) {
    assertThat(check(diagram).outcome()).isEqualTo(Outcome.VIOLATION);
  }

  @Test
  void anEmptyHistoryIsGood() {
    assertThat(Linearizability.check(List.of(), new KeyValueModel(), Budget.ofSteps(0)))
        .isEqualTo(Verdict.OK);
  }

  @Test
  void oneAfterTheOther() {
    good("c1 |get =| |put 1| |get =1| |delete =true| |get =|");
    good("c1 |delete =false| |append 7 =1| |append 8 =2| |get =[7,8]| |put 5| |add 2 =7|");
    good("c1 |cas >1 =true| |cas 1>2 =true| |cas 1>3 =false| |get =2|");
  }

  @Test
  void overlappingOperationsMayComeInEitherOrder() {
    good(
        """
        c1 |put 1          |
        c2  |put 2         |
        c3                    |get =1|
        """);
    good(
        """
        c1 |put 1          |
        c2  |put 2         |
        c3                    |get =2|
        """);
  }

  @Test
  void aReadMaySeeAWriteThatIsUnderWayButNotBackAgain() {
    good(
        """
        c1 |put 1              |
        c2   |get =| |get =1|
        """);
    bad(
        """
        c1 |put 1               |
        c2   |get =1| |get =|
        """);
  }

  @Test
  void aStaleRead() {
    bad(
        """
        c1 |put 1| |put 2|
        c2                 |get =1|
        """);
  }

  @Test
  void aReadOfWhatIsStillToBeWritten() {
    bad(
        """
        c1         |put 1|
        c2 |get =1|
        """);
  }

  @Test
  void aReadOfWhatNobodyWrote() {
    bad("c1 |put 1| |get =9|");
  }

  @Test
  void aLostWrite() {
    bad("c1 |put 1| |get =|");
    bad(
        """
        c1 |append 1 =1|               |get =[2]|
        c2               |append 2 =1|
        """);
  }

  @Test
  void anUnknownWriteMayBeSeenLateOrNever() {
    good(
        """
        c1 |put 1| |put 2 ?
        c2                  |get =1| |get =1| |get =2|
        """);
    good(
        """
        c1 |put 1| |put 2 ?
        c2                  |get =1| |get =1|
        """);
  }

  @Test
  void anUnknownWriteDoesNotFlipFlop() {
    bad(
        """
        c1 |put 1| |put 2 ?
        c2                  |get =2| |get =1|
        """);
    bad(
        """
        c1 |put 1| |put 2 ?
        c2                  |get =2| |put 3| |get =2|
        """);
  }

  @Test
  void anUnknownWriteIsNotSeenBeforeItsCall() {
    bad(
        """
        c1          |put 2 ?
        c2 |get =2|
        """);
  }

  @Test
  void unknownWritesMayNeedEachOther() {
    good(
        """
        c1 |cas 2>3 ?
        c2 |cas 1>2 ?
        c3 |put 1|     |get =3|
        """);
    bad(
        """
        c1 |cas 2>3 ?
        c3 |put 1|     |get =3|
        """);
  }

  @Test
  void equalUnknownWritesCountEach() {
    good(
        """
        c1 |add 1 ?
        c2 |add 1 ?
        c3          |get =2|
        """);
    bad(
        """
        c1 |add 1 ?
        c2 |add 1 ?
        c3          |get =3|
        """);
    bad(
        """
        c1 |add 1 ?
        c2                  |add 1 ?
        c3          |get =2|
        """);
  }

  @Test
  void aDoubleApply() {
    bad("c1 |append 1 =1| |get =[1,1]|");
    bad("c1 |add 1 =1| |get =2|");
    bad(
        """
        c1 |add 1 ?
        c2          |get =2|
        """);
  }

  @Test
  void twoWinnersOfACompareAndSet() {
    bad(
        """
        c1 |cas >1 =true |
        c2  |cas >2 =true|
        """);
    good(
        """
        c1 |cas >1 =true |
        c2  |cas >2 =false|
        """);
  }

  @Test
  void aCompareAndSetThatNobodyWon() {
    bad(
        """
        c1 |cas >1 =false|
        c2  |cas >2 =false|
        """);
  }

  @Test
  void whatFailedHadNoEffect() {
    good("c1 |put 1| |put 2 ! |get =1|");
    bad("c1 |put 1| |put 2 ! |get =2|");
  }

  @Test
  void keysAreCheckedApart() {
    good("c1 |a.put 1| |b.get =| |a.get =1|");
    assertThat(check("c1 |a.put 1| |b.put 2| |b.get =1|").explanation()).startsWith("key b:");
  }

  @Test
  void whatReturnsWhenAnotherIsCalledOverlapsIt() {
    good(
        """
        c1 |put 1|
        c2       |get =|
        """);
    bad(
        """
        c1 |put 1|
        c2        |get =|
        """);
  }

  @Test
  void theExplanationTellsHowFarTheOrderGoesAndWhatDoesNotFit() {
    Verdict verdict =
        check(
            """
            c1 |put 1| |put 2 ?
            c2                  |get =2| |get =1|
            c3 |get =|                   |get =2  |
            """);
    assertThat(verdict.explanation())
        .isEqualTo(
            """
            key x: 4 of 5 answered operations can be put in an order:
              c3 get x = none [3, 9]
              c1 put x 1 [3, 9]
              c1 put x 2 ? [11, ...]
              c2 get x = 2 [20, 27]
              c3 get x = 2 [29, 38]
            then the state is 2, and none of these can come next:
              c2 get x = 1 [29, 36]""");
  }

  @Test
  void aSpentBudgetIsInconclusive() {
    String diagram =
        """
        c1 |put 1| |put 2|
        c2                 |get =1|
        """;
    Verdict verdict =
        Linearizability.check(Diagram.history(diagram), new KeyValueModel(), Budget.ofSteps(2));
    assertThat(verdict.outcome()).isEqualTo(Outcome.INCONCLUSIVE);
    assertThat(verdict.isOk()).isFalse();
    assertThat(verdict.explanation()).contains("the budget was spent").contains("2 of 3");
    bad(diagram);
  }

  @Test
  void aBudgetOfTimeIsSpentByTheClock() {
    long[] now = {0};
    Budget budget = Budget.ofNanos(10, () -> now[0]);
    now[0] = 9;
    assertThat(budget.take()).isTrue();
    now[0] = 10;
    assertThat(budget.take()).isFalse();
  }
}
