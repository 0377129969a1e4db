package io.raftlessons.replication;

import io.raftlessons.wire.Entry;
import java.util.function.LongSupplier;

/**
 * Log time of a leader's entries: it never goes back, whatever the clocks of leaders say. The parts
 * of one restore (lesson 4) have one time: the snapshot that they become is begun with the first,
 * and says when the last one was.
 */
final class LogClock {
  private final RaftLog log;
  private final LongSupplier wallClock;
  private long last;
  private boolean lastIsPart;

  LogClock(RaftLog log, LongSupplier wallClockMillis) {
    this.log = log;
    wallClock = wallClockMillis;
  }

  /** Others may have led meanwhile. */
  void newTerm() {
    last = 0;
    lastIsPart = false;
  }

  /** For the next entry of the log. */
  long next(Entry.Type type) {
    boolean isPart = type == Entry.Type.RESTORE;
    if (isPart && lastIsPart) {
      return last;
    }
    lastIsPart = isPart;
    if (last == 0) {
      last = log.lastTime();
    }
    last = Math.max(last, wallClock.getAsLong());
    return last;
  }
}
