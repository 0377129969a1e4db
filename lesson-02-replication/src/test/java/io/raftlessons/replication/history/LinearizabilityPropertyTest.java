package io.raftlessons.replication.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.replication.history.Verdict.Outcome;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random histories: what really happened is found good, and small ones are judged by definition.
 */
class LinearizabilityPropertyTest {
  private static Verdict check(List<Operation> history) {
    return Linearizability.check(history, new KeyValueModel(), Budget.ofSteps(1_000_000));
  }

  @Test
  void whatHappenedOneAfterTheOtherIsGood() {
    for (int seed = 0; seed < 3_000; seed++) {
      Random random = new Random(seed);
      int size = 1 + random.nextInt(80);
      List<Operation> history =
          new RandomHistories(random, 2 + random.nextInt(8)).good(size, 1 + random.nextInt(6), 2);
      assertThat(check(history)).as("seed %d: %s", seed, history).isEqualTo(Verdict.OK);
    }
  }

  @Test
  void theVerdictIsThatOfTheDefinition() {
    int good = 0;
    int bad = 0;
    for (int seed = 0; seed < 20_000; seed++) {
      Random random = new Random(seed);
      RandomHistories histories = new RandomHistories(random, 2 + random.nextInt(3));
      List<Operation> history =
          histories.good(2 + random.nextInt(6), 1 + random.nextInt(5), random.nextInt(6));
      for (int changes = random.nextInt(3); changes >= 0; changes--) {
        history = histories.mutated(history);
      }
      boolean expected = BruteForce.isLinearizable(history);
      assertThat(check(history).outcome())
          .as("seed %d: %s", seed, history)
          .isEqualTo(expected ? Outcome.OK : Outcome.VIOLATION);
      good += expected ? 1 : 0;
      bad += expected ? 0 : 1;
    }
    assertThat(good).isGreaterThan(5_000);
    assertThat(bad).isGreaterThan(5_000);
  }
}
