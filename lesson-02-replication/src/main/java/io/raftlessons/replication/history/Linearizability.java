package io.raftlessons.replication.history;

import io.raftlessons.replication.history.Operation.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whether a history is linearizable (Herlihy and Wing, 1990): could one machine have given these
 * answers that takes each operation at one moment between its call and its return? A history of
 * many keys is linearizable if that of each key is (their locality theorem), so each is searched
 * alone.
 */
public final class Linearizability {
  private Linearizability() {}

  /**
   * Checks a history.
   *
   * @param history in any order. What failed is left out; what is unknown may have taken effect at
   *     any time after its call, or never
   * @param budget for all keys together
   */
  public static <S> Verdict check(List<Operation> history, Model<S> model, Budget budget) {
    Map<String, List<Operation>> byKey = new TreeMap<>();
    for (Operation operation : history) {
      if (operation.status() != Status.FAIL) {
        byKey.computeIfAbsent(operation.key(), key -> new ArrayList<>()).add(operation);
      }
    }
    for (Map.Entry<String, List<Operation>> key : byKey.entrySet()) {
      Verdict verdict = new Search<>(key.getKey(), key.getValue(), model, budget).run();
      if (!verdict.isOk()) {
        return verdict;
      }
    }
    return Verdict.OK;
  }
}
