package io.raftlessons.replication.history;

import io.raftlessons.replication.history.Operation.Status;
import java.util.ArrayList;
import java.util.List;

/** The definition of linearizability word by word: tries every order. For small histories. */
final class BruteForce {
  private BruteForce() {}

  /**
   * @param operations all of one key
   */
  static boolean isLinearizable(List<Operation> operations) {
    List<Operation> left = new ArrayList<>(operations);
    left.removeIf(operation -> operation.status() == Status.FAIL);
    KeyValueModel model = new KeyValueModel();
    return canGoOn(left, model, model.initial());
  }

  private static boolean canGoOn(List<Operation> left, KeyValueModel model, String state) {
    if (left.stream().noneMatch(operation -> operation.status() == Status.OK)) {
      return true;
    }
    for (Operation next : left) {
      boolean another =
          left.stream()
              .anyMatch(
                  other -> other.status() == Status.OK && other.returnNanos() < next.callNanos());
      String after = another ? null : model.step(state, next);
      if (after != null) {
        List<Operation> rest = new ArrayList<>(left);
        rest.remove(next);
        if (canGoOn(rest, model, after)) {
          return true;
        }
      }
    }
    return false;
  }
}
