package io.raftlessons.election;

import io.raftlessons.core.Electorate;
import io.raftlessons.core.Gate;
import io.raftlessons.core.LogView;
import io.raftlessons.core.Part;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.Step;
import io.raftlessons.wire.HardState;
import java.util.random.RandomGenerator;

/** Lesson 1's part: who leads. {@link ReferenceElection} is ours; a student writes another. */
public interface Election extends Part {
  /**
   * Campaigns at once, without asking first.
   *
   * @param transfer whether the leader asked for it (thesis 3.10): voters then grant although they
   *     have a leader
   */
  void campaign(Step step, boolean transfer);

  /** This hard state is on disk: only now does the vote in it count. */
  void persisted(Step step, HardState state);

  /** How an election is made: {@code ReferenceElection::new}, or a student's. */
  interface Factory {
    Election create(
        RaftConfig config, LogView log, Electorate electorate, Gate gate, RandomGenerator random);
  }
}
