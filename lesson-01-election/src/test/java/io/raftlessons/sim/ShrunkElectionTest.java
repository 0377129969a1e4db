package io.raftlessons.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.raftlessons.election.Election;
import io.raftlessons.election.ReferenceElection;
import io.raftlessons.sim.Plan.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs of broken elections, shrunk. */
class ShrunkElectionTest {
  private static final String REPEAT = "repeat with -Dsim.seed=%d";

  /** An election, a seed at which it fails, and how. */
  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(
            "votes that do not wait", BrokenParts.HASTY_VOTES, 10, "DurableBeforePromised"),
        Arguments.of(
            "votes that do not wait", BrokenParts.HASTY_VOTES, 100, "DurableBeforePromised"),
        Arguments.of("two votes in a term", BrokenParts.MANY_VOTES, 5, "OneVotePerTerm"),
        Arguments.of("a quorum of one", BrokenParts.ALONE, 5, "ElectionSafety"));
  }

  private static Scenario.Run run(Election.Factory election, long seed, Plan plan) {
    Scenario.Run run = new ElectionScenario(election).prepare(seed);
    run.world().follow(plan);
    return run;
  }

  private static Shrinker.Shrunk shrink(Election.Factory election, long seed) {
    Scenario.Run whole = run(election, seed, Plan.NOTHING);
    Throwable broken = Objects.requireNonNull(Shrinker.play(whole));
    return Shrinker.shrink(new ElectionScenario(election), seed, whole.world(), broken, () -> 0);
  }

  @ParameterizedTest(name = "{0}, seed {2}")
  @MethodSource("failures")
  void aShrunkRunBreaksTheSameRuleWithFarLess(
      String what, Election.Factory election, long seed, String rule) {
    Scenario.Run whole = run(election, seed, Plan.NOTHING);
    assertThat(Shrinker.play(whole))
        .isInstanceOfSatisfying(Violation.class, v -> assertThat(v.rule()).isEqualTo(rule));
    Shrinker.Shrunk shrunk = shrink(election, seed);
    assertThat(shrunk.complete()).isTrue();
    Scenario.Run small = run(election, seed, shrunk.plan());
    assertThat(Shrinker.play(small))
        .isInstanceOfSatisfying(Violation.class, v -> assertThat(v.rule()).isEqualTo(rule));
    assertThat(3 * remaining(Kind.FAULTS, small, shrunk.plan()))
        .isLessThanOrEqualTo(whole.world().decisions().counted(Kind.FAULTS));
    assertThat(10 * remaining(Kind.MESSAGES, small, shrunk.plan()))
        .isLessThanOrEqualTo(whole.world().decisions().counted(Kind.MESSAGES));
    assertThat(small.world().events()).isLessThan(whole.world().events());
  }

  private static int remaining(Kind kind, Scenario.Run run, Plan plan) {
    return run.world().decisions().counted(kind) - plan.count(kind);
  }

  @Test
  void nothingThatRemainsCanGo() {
    Shrinker.Shrunk shrunk = shrink(BrokenParts.HASTY_VOTES, 10);
    Scenario.Run small = run(BrokenParts.HASTY_VOTES, 10, shrunk.plan());
    Shrinker.play(small);
    int tried = 0;
    for (Kind kind : List.of(Kind.FAULTS, Kind.MESSAGES)) {
      for (int n = 1; n <= small.world().decisions().counted(kind); n++) {
        if (!shrunk.plan().has(kind, n)) {
          tried++;
          Scenario.Run smaller = run(BrokenParts.HASTY_VOTES, 10, shrunk.plan().with(kind, n, n));
          smaller.world().noLongerThan(2 * small.world().events());
          Throwable broken = Shrinker.play(smaller);
          assertThat(broken instanceof Violation v && v.rule().equals("DurableBeforePromised"))
              .as("%s %d", kind, n)
              .isFalse();
        }
      }
    }
    assertThat(tried).isPositive();
  }

  @Test
  void shrinkingIsTheSameEveryTime() {
    assertThat(shrink(BrokenParts.MANY_VOTES, 5)).isEqualTo(shrink(BrokenParts.MANY_VOTES, 5));
  }

  @Test
  void theRepeatLineRepeatsTheShrunkRun() {
    SimBatch batch = new SimBatch(new ElectionScenario(BrokenParts.MANY_VOTES), REPEAT, line -> {});
    String report =
        String.valueOf(
            catchThrowableOfType(AssertionError.class, () -> batch.run(5, 1, 0, () -> 0))
                .getMessage());
    List<String> lines = report.lines().toList();
    String repeat =
        lines.stream()
            .filter(line -> line.startsWith("repeat: "))
            .reduce((a, b) -> "two")
            .orElse("");
    assertThat(repeat).startsWith("repeat: repeat with -Dsim.seed=5 -Dsim.plan=faults:");
    assertThat(lines).anyMatch(line -> line.startsWith("shrunk in ") && line.contains(" faults, "));
    assertThat(lines).anyMatch(line -> line.startsWith("  fault 17: pause of n1 for 671 ms"));
    Plan plan = Plan.parse(repeat.substring(repeat.indexOf("plan=") + "plan=".length()));
    AssertionError again = catchThrowableOfType(AssertionError.class, () -> batch.replay(5, plan));
    List<String> small = String.valueOf(again.getMessage()).lines().toList();
    assertThat(small).contains("again: the same", repeat);
    assertThat(small.get(1)).startsWith("OneVotePerTerm");
    assertThat(lines).contains(small.get(1));
    assertThat(picture(small)).isEqualTo(picture(lines));
  }

  private static List<String> picture(List<String> report) {
    return report.stream().dropWhile(line -> !line.trim().startsWith("ms ")).toList();
  }

  @Test
  void aRunThatIsWellIsReplayedInSilence() {
    List<String> said = new ArrayList<>();
    new SimBatch(new ElectionScenario(ReferenceElection::new), REPEAT, said::add)
        .replay(1, Plan.parse("faults:1-2/messages:1-5/delays:6-50"));
    assertThat(said).isEmpty();
  }
}
