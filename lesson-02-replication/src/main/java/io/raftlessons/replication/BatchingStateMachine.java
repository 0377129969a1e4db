package io.raftlessons.replication;

import java.util.List;

/**
 * A machine that wants to see where a batch begins and ends, to make it one transaction, say
 * (HashiCorp's BatchingFSM). {@link StateMachine#apply} is given batches already; what this adds is
 * that the machine itself, whoever drives it, answers with as many results as it got commands.
 * HashiCorp's panics where the numbers differ, and its batches hold configurations too; these hold
 * commands only.
 */
public interface BatchingStateMachine extends StateMachine {
  /**
   * Applies committed commands in order, all of them in one go.
   *
   * @return one result for each, in order
   */
  List<byte[]> applyBatch(List<Command> batch);

  /**
   * @throws IllegalStateException if {@link #applyBatch} has not one result for each command: then
   *     nobody can say which is whose, and the server stops
   */
  @Override
  default List<byte[]> apply(List<Command> batch) {
    List<byte[]> results = applyBatch(batch);
    if (results.size() != batch.size()) {
      throw new IllegalStateException(
          "applyBatch gave " + results.size() + " results for " + batch.size() + " commands");
    }
    return results;
  }
}
