package io.raftlessons.replication;

import io.raftlessons.core.Electorate;
import io.raftlessons.core.Gate;
import io.raftlessons.core.Part;
import io.raftlessons.core.Step;

/**
 * Lesson 2's second part: reads that see everything acknowledged before they began, and put nothing
 * into the log (thesis 6.4). {@link ReferenceReads} is ours; a student writes another.
 */
public interface Reads extends Part {
  /**
   * What was done since the start.
   *
   * @param rounds how often all followers were asked whether they still follow
   * @param confirmed how many reads these rounds confirmed
   */
  record Counts(long rounds, long confirmed) {}

  /**
   * Asks up to which index the machine must have applied before it may be read. Ends in one {@link
   * ReadEffect} with the same id, in this step or a later one.
   *
   * @param requestId the caller's; different for all reads that are open
   */
  void read(Step step, long requestId);

  Counts counts();

  /** How reads are made: {@code ReferenceReads::new}, or a student's. */
  interface Factory {
    Reads create(Replication replication, Electorate electorate, Gate gate);
  }
}
