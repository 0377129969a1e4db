package io.raftlessons.replication.sim;

import io.raftlessons.replication.history.Budget;
import io.raftlessons.replication.history.KeyValueModel;
import io.raftlessons.replication.history.Linearizability;
import io.raftlessons.replication.history.Operation;
import io.raftlessons.replication.history.Operation.Kind;
import io.raftlessons.replication.history.Operation.Status;
import io.raftlessons.replication.history.Verdict;
import io.raftlessons.sim.Reach;
import io.raftlessons.sim.Violation;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/** The end of a run: could one machine have answered its clients so? */
public final class HistoryCheck {
  /** Hundreds of times what the hardest of a thousand runs took. */
  private static final long STEPS = 5_000_000;

  private HistoryCheck() {}

  /**
   * Checks a history and counts what there was to check.
   *
   * @throws Violation if it is not linearizable, or if that cannot be told within the budget
   */
  public static void check(List<Operation> history, Reach reach) {
    check(history, reach, Budget.ofSteps(STEPS));
  }

  static void check(List<Operation> history, Reach reach, Budget budget) {
    count(history, reach);
    demand(verdict(history, budget));
  }

  /**
   * As the other one; where so many outcomes are unknown that the search comes to no end, it
   * decides by a completion of the history.
   *
   * @param completion see {@link io.raftlessons.replication.history.History#completion}
   */
  static void check(List<Operation> history, Supplier<List<Operation>> completion, Reach reach) {
    check(history, completion, reach, STEPS);
  }

  static void check(
      List<Operation> history, Supplier<List<Operation>> completion, Reach reach, long steps) {
    count(history, reach);
    Verdict verdict = verdict(history, Budget.ofSteps(steps));
    if (verdict.outcome() == Verdict.Outcome.INCONCLUSIVE) {
      reach.count("history: decided by its completion");
      verdict = verdict(completion.get(), Budget.ofSteps(STEPS));
    }
    demand(verdict);
  }

  private static Verdict verdict(List<Operation> history, Budget budget) {
    return Linearizability.check(history, new KeyValueModel(), budget);
  }

  private static void demand(Verdict verdict) {
    switch (verdict.outcome()) {
      case OK -> {}
      case VIOLATION -> throw new Violation("Linearizable", verdict.explanation());
      case INCONCLUSIVE ->
          throw new Violation(
              "Linearizable", "inconclusive, which is a failure: " + verdict.explanation());
    }
  }

  private static void count(List<Operation> history, Reach reach) {
    Set<String> keys = new TreeSet<>();
    for (Operation operation : history) {
      keys.add(operation.key());
      switch (operation.status()) {
        case OK -> reach.count("history: answered");
        case FAIL -> reach.count("history: failed");
        case UNKNOWN -> reach.count("history: unknown outcome");
      }
      if (operation.status() == Status.OK) {
        if (operation.kind() == Kind.GET) {
          reach.count("history: read answered");
        } else if (operation.kind() == Kind.CAS) {
          boolean won = operation.output().equals("true");
          reach.count("history: compare-and-set " + (won ? "won" : "lost"));
        }
      }
    }
    reach.add("history: keys", keys.size());
  }
}
