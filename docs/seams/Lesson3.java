package seams;

import io.raftlessons.core.Effect;
import io.raftlessons.core.Electorate;
import io.raftlessons.core.Gate;
import io.raftlessons.core.Part;
import io.raftlessons.core.Step;
import io.raftlessons.replication.LogListener;
import io.raftlessons.replication.Proposal;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.SnapshotMeta;
import java.util.List;

/** What lesson 3 adds to the frame: a plan that compiles. */
interface Lesson3 {
  /** The part: single-server changes and leadership transfer (thesis chapters 3.10 and 4). */
  interface Membership extends Part, LogListener, Lesson2.PeerListener {
    /**
     * Proposes a configuration that differs by one voter at most.
     *
     * @param prevIndex the index of the configuration it was made from; 0 for whatever is newest
     */
    Proposal change(Step step, Configuration next, long prevIndex);

    /**
     * @param target "" for the voter that has the most of the log
     */
    void transfer(Step step, long requestId, String target);

    /** The configuration that a snapshot brought. */
    void startAt(Step step, long index, Configuration configuration);
  }

  /** The leader's term has ended, or the transfer's deadline has come (a proposal). */
  record TransferDone(long requestId, boolean ok, String leader) implements Effect {}

  /**
   * The configurations of the log by index. The newest counts from the moment it is appended, so a
   * truncation brings back the one before. Only Membership changes it.
   */
  interface ConfigurationHistory extends Electorate {
    Configuration latest();

    long latestIndex();

    /** What counted at this index: a snapshot keeps it. */
    Configuration at(long index);

    /** How it is made at a start, before there is any step (a proposal). */
    interface Recovery {
      ConfigurationHistory from(SnapshotMeta snapshot, List<Entry> log);
    }
  }

  /** Closed for proposals and reads while leadership is handed over. */
  interface Transfer extends Gate {
    boolean underWay();
  }
}
