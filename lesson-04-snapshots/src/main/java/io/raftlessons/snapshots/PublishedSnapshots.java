package io.raftlessons.snapshots;

import io.raftlessons.core.Effects;
import io.raftlessons.core.RaftCore;
import io.raftlessons.core.StepObserver;
import io.raftlessons.snapshots.Snapshots.Sending;
import io.raftlessons.wire.SnapshotMeta;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/** What threads other than the raft loop may see of the snapshots; up to date after every step. */
final class PublishedSnapshots implements StepObserver {
  private final Snapshots snapshots;
  private final StepObserver next;
  private volatile SortedMap<String, Sending> sending = Collections.emptySortedMap();
  private volatile Optional<SnapshotMeta> latest;

  /**
   * @param next is told of every step after this
   */
  PublishedSnapshots(Snapshots snapshots, StepObserver next) {
    this.snapshots = snapshots;
    this.next = next;
    latest = snapshots.latest();
  }

  @Override
  public void stepped(RaftCore core, Object input, Effects effects) {
    SortedMap<String, Sending> now = snapshots.sending();
    if (!now.equals(sending)) {
      sending = Collections.unmodifiableSortedMap(now);
    }
    latest = snapshots.latest();
    next.stepped(core, input, effects);
  }

  @Override
  public void failed(Throwable cause) {
    next.failed(cause);
  }

  SortedMap<String, Sending> sending() {
    return sending;
  }

  Optional<SnapshotMeta> latest() {
    return latest;
  }

  /** Adds HashiCorp's keys, and one of our own for each follower that a snapshot goes to. */
  void addTo(Map<String, String> stats) {
    Optional<SnapshotMeta> newest = latest;
    long index = newest.map(SnapshotMeta::getIndex).orElse(0L);
    long term = newest.map(SnapshotMeta::getTerm).orElse(0L);
    stats.put("last_snapshot_index", Long.toString(index));
    stats.put("last_snapshot_term", Long.toString(term));
    sending.forEach(
        (peer, to) ->
            stats.put("snapshot_sending_" + peer, to.offset() + "/" + to.meta().getSize()));
  }
}
