package io.raftlessons.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.sim.Plan.Kind;
import io.raftlessons.sim.Shrinker.Shrunk;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The search for a small failing run, on runs that say of themselves what they need to fail. */
class ShrinkerTest {
  private static final LongSupplier NO_CLOCK = () -> 0;

  /** What of each kind happened. For delays: the messages that were not at once. */
  private record Happened(
      Set<Integer> faults, Set<Integer> operations, Set<Integer> messages, Set<Integer> late) {}

  private interface Rule {
    @Nullable RuntimeException broken(Happened happened);
  }

  /** Thirty of each, and then a rule. */
  private static final class Thirty implements Scenario {
    private final Rule rule;
    private final List<Happened> seen = new ArrayList<>();

    Thirty(Rule rule) {
      this.rule = rule;
    }

    @Override
    public String name() {
      return "thirty";
    }

    @Override
    public Run prepare(long seed) {
      SimWorld world = new SimWorld(seed, List.of("n1"), (host, observer) -> {}, List.of());
      return new Run() {
        @Override
        public SimWorld world() {
          return world;
        }

        @Override
        public void play() {
          world.after(0, () -> happen(world.decisions()));
          world.runUntil(1);
        }
      };
    }

    private void happen(Decisions decisions) {
      Happened happened =
          new Happened(new TreeSet<>(), new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
      for (int i = 1; i <= 30; i++) {
        if (decisions.fault("fault")) {
          happened.faults().add(i);
        }
        if (decisions.operation()) {
          happened.operations().add(i);
        }
        int message = decisions.message();
        if (decisions.arrives(message)) {
          happened.messages().add(i);
          if (!decisions.atOnce(message)) {
            happened.late().add(i);
          }
        }
      }
      seen.add(happened);
      RuntimeException broken = rule.broken(happened);
      if (broken != null) {
        throw broken;
      }
    }

    Shrunk shrink(LongSupplier clock) {
      Run whole = prepare(1);
      Throwable broken = Objects.requireNonNull(Shrinker.play(whole));
      return Shrinker.shrink(this, 1, whole.world(), broken, clock);
    }

    /** What happens if the plan is followed. */
    Happened follow(Plan plan) {
      Run run = prepare(1);
      run.world().follow(plan);
      Shrinker.play(run);
      return seen.get(seen.size() - 1);
    }
  }

  private static @Nullable Violation brokenIf(boolean broken) {
    return broken ? new Violation("Rule", "is broken") : null;
  }

  @Test
  void whatTheFailureNeedsRemainsAndNothingElse() {
    Thirty runs =
        new Thirty(
            h ->
                brokenIf(
                    h.faults().containsAll(Set.of(1, 17, 18))
                        && h.operations().contains(30)
                        && h.messages().containsAll(Set.of(3, 9, 27))
                        && h.late().contains(9)));
    Shrunk shrunk = runs.shrink(NO_CLOCK);
    assertThat(shrunk.complete()).isTrue();
    assertThat(runs.follow(shrunk.plan()))
        .isEqualTo(new Happened(Set.of(1, 17, 18), Set.of(30), Set.of(3, 9, 27), Set.of(9)));
    assertThat(shrunk.runs()).as("fewer than one by one").isLessThan(100);
  }

  @Test
  void aFailureThatNeedsNothingKeepsNothing() {
    Thirty runs = new Thirty(h -> brokenIf(true));
    assertThat(runs.shrink(NO_CLOCK).plan())
        .hasToString("faults:1-30/operations:1-30/messages:1-30");
  }

  @Test
  void faultsGoFirst() {
    // With fault 5 fewer messages would do; the reader gains more by the missing fault.
    Thirty runs =
        new Thirty(h -> brokenIf(h.faults().contains(5) || h.messages().containsAll(Set.of(1, 2))));
    Shrunk shrunk = runs.shrink(NO_CLOCK);
    assertThat(runs.follow(shrunk.plan()).faults()).isEmpty();
    assertThat(runs.follow(shrunk.plan()).messages()).containsExactly(1, 2);
  }

  @Test
  void whatCanGoOnlyAfterwardsGoesInAnotherRound() {
    Thirty runs = new Thirty(h -> brokenIf(h.faults().contains(5) || h.messages().size() < 30));
    Shrunk shrunk = runs.shrink(NO_CLOCK);
    assertThat(runs.follow(shrunk.plan()).faults()).isEmpty();
  }

  @Test
  void anotherRuleIsAnotherFailure() {
    Thirty runs =
        new Thirty(
            h -> h.faults().contains(7) ? brokenIf(true) : new Violation("Other", "is broken"));
    assertThat(runs.follow(runs.shrink(NO_CLOCK).plan()).faults()).containsExactly(7);
  }

  @Test
  void aServerStoppedByAnotherExceptionIsAnotherFailure() {
    Thirty runs =
        new Thirty(
            h -> {
              Violation stopped = new Violation("NoServerStops", "n1");
              stopped.initCause(
                  h.operations().contains(7)
                      ? new IllegalStateException()
                      : new ArithmeticException());
              return stopped;
            });
    assertThat(runs.follow(runs.shrink(NO_CLOCK).plan()).operations()).containsExactly(7);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 7})
  void whenTimeIsUpTheBestSoFarIsTheAnswer(int seconds) {
    Thirty runs = new Thirty(h -> brokenIf(h.messages().containsAll(Set.of(3, 9, 27))));
    AtomicLong clock = new AtomicLong();
    long step = seconds == 0 ? Shrinker.BUDGET : seconds * 1_000_000_000L;
    Shrunk shrunk = runs.shrink(() -> clock.getAndAdd(step));
    assertThat(shrunk.complete()).isFalse();
    assertThat(shrunk.runs()).isLessThan(6);
    assertThat(runs.follow(shrunk.plan()).messages()).contains(3, 9, 27);
  }

  @Test
  void afterTheFaultsHaveEndedNothingIsLeftOut() {
    Decisions decisions = new Decisions();
    decisions.follow(Plan.parse("faults:1-9/operations:1-9/messages:1-9/delays:1-9"));
    assertThat(decisions.operation()).isFalse();
    decisions.end();
    assertThat(decisions.operation()).isTrue();
    int message = decisions.message();
    assertThat(decisions.arrives(message)).isTrue();
    assertThat(decisions.atOnce(message)).isFalse();
    assertThat(decisions.counted(Kind.OPERATIONS)).isEqualTo(1);
    assertThat(decisions.counted(Kind.MESSAGES)).isZero();
  }
}
