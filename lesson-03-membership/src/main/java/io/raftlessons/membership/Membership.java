package io.raftlessons.membership;

import io.raftlessons.core.Part;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.Step;
import io.raftlessons.election.Election;
import io.raftlessons.replication.LogListener;
import io.raftlessons.replication.RaftLog;
import io.raftlessons.replication.Replication;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.HardState;
import java.util.Optional;

/**
 * Lesson 3's part: single-server changes (thesis chapter 4) and leadership transfer (thesis 3.10).
 * {@link ReferenceMembership} is ours; a student writes another. Answers come as {@link
 * MembershipEffect}s with the caller's request id, once for each request.
 */
public interface Membership extends Part, LogListener {
  /**
   * Makes a change when its turn comes: when this leader has committed an entry of its own term,
   * and every configuration before is committed.
   *
   * @param prevIndex the index of the configuration that the caller started from, and any other is
   *     a conflict; 0 for whatever is newest
   * @param deadline when the caller gives up, in nanoseconds of the raft loop
   */
  void change(Step step, long requestId, Change change, long prevIndex, long deadline);

  /**
   * Hands leadership over. Given up after a minimum election timeout.
   *
   * @param target "" for the voter that has the most of the log
   */
  void transfer(Step step, long requestId, String target);

  /**
   * The first configuration, on a server that has no state.
   *
   * @return why not; empty if it was done
   */
  Optional<String> bootstrap(Step step, Configuration configuration);

  /**
   * A snapshot has come, and its configuration with it (Figure 13, receiver step 8).
   *
   * @param index where the snapshot ends: configurations of the log up to there give way to this
   *     one
   * @param configurationIndex of the configuration, at most {@code index}
   */
  void restored(Step step, long index, long configurationIndex, Configuration configuration);

  /** How membership is made: {@code ReferenceMembership::new}, or a student's. */
  interface Factory {
    /**
     * @param stored which disk this server keeps its state on, and which life on it this is
     */
    Membership create(
        RaftConfig config,
        HardState stored,
        RaftLog log,
        ConfigurationHistory history,
        Transfer transfer,
        Election election,
        Replication replication);
  }
}
