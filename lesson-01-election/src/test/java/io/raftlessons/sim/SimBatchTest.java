package io.raftlessons.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.raftlessons.election.Election;
import io.raftlessons.election.ReferenceElection;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a batch says: of runs that are well, and of one that is not. */
class SimBatchTest {
  private static final String REPEAT = "repeat with -Dsim.seed=%d";

  private final List<String> progress = new ArrayList<>();

  private SimBatch batch(Election.Factory election) {
    return new SimBatch(new ElectionScenario(election), REPEAT, progress::add);
  }

  private static AssertionError failure(SimBatch batch) {
    return catchThrowableOfType(AssertionError.class, () -> batch.run(1, 50, 0, () -> 0));
  }

  private static String message(AssertionError failure) {
    return String.valueOf(failure.getMessage());
  }

  @Test
  void aBatchRunsItsSeedsAndSaysWhereTheNextOneGoesOn() {
    SimBatch.Result result = batch(ReferenceElection::new).run(7, 3, 0, () -> 0);
    assertThat(result.seeds()).isEqualTo(3);
    assertThat(result.nextSeed()).isEqualTo(10);
    assertThat(result.events()).isPositive();
    assertThat(result.reach().of("election won")).isPositive();
  }

  @Test
  void aBatchGoesOnUntilThereAreEnoughEvents() {
    long one = batch(ReferenceElection::new).run(1, 1, 0, () -> 0).events();
    SimBatch.Result result = batch(ReferenceElection::new).run(1, 1, one + 1, () -> 0);
    assertThat(result.seeds()).isEqualTo(2);
  }

  @Test
  void aBrokenRuleIsReportedWithSeedRepeatLineAndPicture() {
    AssertionError failure = failure(batch(BrokenParts.ALONE));
    assertThat(failure.getCause()).isInstanceOf(Violation.class);
    assertThat(failure)
        .hasMessageStartingWith("election, seed ")
        .hasMessageContaining("ElectionSafety")
        .hasMessageContaining("has two leaders")
        .hasMessageContaining("again: the same")
        .hasMessageContaining("repeat: repeat with -Dsim.seed=");
    List<String> lines = message(failure).lines().toList();
    assertThat(lines).anyMatch(line -> line.trim().startsWith("ms ") && line.contains("n2"));
    assertThat(lines).anyMatch(line -> line.contains("* LEADER t"));
  }

  @Test
  void theRepeatLineNamesTheSeedThatFails() {
    String message = message(failure(batch(BrokenParts.ALONE)));
    String seed = message.substring("election, seed ".length(), message.indexOf(',', 10));
    AssertionError again =
        catchThrowableOfType(
            AssertionError.class,
            () -> batch(BrokenParts.ALONE).run(Long.parseLong(seed), 1, 0, () -> 0));
    assertThat(message).contains("-Dsim.seed=" + seed);
    assertThat(again).hasMessage(message);
  }

  @Test
  void whateverARunEndsWithItsSeedIsNamed() {
    SimBatch batch =
        new SimBatch(
            new BrokenScenario(new ElectionScenario(ReferenceElection::new)),
            REPEAT,
            progress::add);
    assertThat(failure(batch))
        .hasMessageStartingWith("election, seed 1,")
        .hasMessageContaining("crash at a call outside of all loops")
        .hasMessageContaining("again: the same");
  }

  /** Not a server goes down, but the scenario: no loop ends the error. */
  private record BrokenScenario(Scenario whole) implements Scenario {
    @Override
    public String name() {
      return whole.name();
    }

    @Override
    public Run prepare(long seed) {
      Run run = whole.prepare(seed);
      run.world()
          .after(
              1_000_000,
              () -> {
                throw new SimDisk.Crash("a call outside of all loops");
              });
      return run;
    }
  }
}
