package io.raftlessons.replication;

import io.raftlessons.core.Step;
import io.raftlessons.wire.Entry;
import java.util.List;

/**
 * Hands committed entries to the state machine: in order, without a gap, whether or not the own
 * disk has them yet, and no more than the machine keeps up with.
 */
final class MachineFeed {
  /** The machine's name where others are followers. */
  static final String NAME = "";

  private final RaftLog log;
  private final int maxBytes;
  private long lastApplied;
  private long handedOut;

  /** How much was handed out since the machine last had nothing left to do. */
  private long handedOutBytes;

  private boolean loading;
  private boolean restoring;

  MachineFeed(RaftLog log, int maxBytes) {
    this.log = log;
    this.maxBytes = maxBytes;
    lastApplied = log.snapshotIndex();
    handedOut = lastApplied;
  }

  long lastApplied() {
    return lastApplied;
  }

  void applied(long index) {
    lastApplied = index;
    if (index == handedOut) {
      handedOutBytes = 0;
    }
  }

  /** A snapshot is about to replace the machine's state: until then nothing may reach it. */
  void restoring() {
    restoring = true;
  }

  /** The machine has everything up to {@code index}, by a snapshot. */
  void restored(long index) {
    restoring = false;
    loading = false;
    lastApplied = index;
    handedOut = index;
    handedOutBytes = 0;
  }

  /** At the end of a step: what is committed and not with the machine yet. */
  void handOut(Step step, long commitIndex) {
    while (handedOut < commitIndex && handedOutBytes < maxBytes && !loading && !restoring) {
      if (log.cached(handedOut + 1)) {
        emit(step, log.slice(handedOut + 1, commitIndex, maxBytes));
      } else {
        loading = true;
        step.emit(new LogEffect.LoadLog(NAME, handedOut + 1, maxBytes));
      }
    }
    log.evict(Math.min(commitIndex, handedOut));
  }

  /** Entries that are in the log, read back from the store. */
  void loaded(Step step, long from, List<Entry> entries, long commitIndex) {
    loading = false;
    int count = 0;
    while (count < entries.size() && entries.get(count).getIndex() <= commitIndex) {
      count++;
    }
    if (from == handedOut + 1 && count > 0 && !restoring) {
      emit(step, entries.subList(0, count));
    }
  }

  private void emit(Step step, List<Entry> entries) {
    for (Entry entry : entries) {
      handedOutBytes += entry.getSerializedSize();
    }
    handedOut = entries.get(entries.size() - 1).getIndex();
    step.emit(new LogEffect.Apply(List.copyOf(entries)));
  }
}
