package io.raftlessons.membership;

import io.raftlessons.core.Electorate;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.Step;
import io.raftlessons.replication.Reads;
import io.raftlessons.replication.Replication;
import io.raftlessons.wire.HardState;

/**
 * Lesson 3's reads: those of lesson 2, and at followers, by lease, and somewhat stale (thesis 6.4).
 * They are here because a lease must know of leadership transfer, and a server whether it is a
 * member. {@link ReferenceReadLevels} is ours; a student writes another.
 */
public interface ReadLevels extends Reads {
  /**
   * How reads were answered since the start, besides those that rounds of this leader confirmed.
   *
   * @param byLease by a leader that held a lease
   * @param byLeader at this follower, after its leader was asked
   * @param stale at once, for this server had asked not long before
   */
  record Served(long byLease, long byLeader, long stale) {}

  /**
   * As {@link #read(Step, long)}, on any server that is a member.
   *
   * @param requestId not negative
   */
  void read(Step step, long requestId, ReadLevel level);

  Served served();

  /** How reads are made: {@code ReferenceReadLevels::new}, or a student's. */
  interface Factory {
    /**
     * @param stored which life of this server this is
     * @throws IllegalArgumentException if the options ask for what the settings do not allow
     */
    ReadLevels create(
        RaftConfig config,
        ReadOptions options,
        HardState stored,
        Replication replication,
        Electorate electorate,
        Transfer transfer);
  }
}
