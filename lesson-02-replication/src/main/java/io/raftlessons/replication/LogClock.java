package io.raftlessons.replication;

import java.util.function.LongSupplier;

/** Log time of a leader's entries: it never goes back, whatever the clocks of leaders say. */
final class LogClock {
  private final RaftLog log;
  private final LongSupplier wallClock;
  private long last;

  LogClock(RaftLog log, LongSupplier wallClockMillis) {
    this.log = log;
    wallClock = wallClockMillis;
  }

  /** Others may have led meanwhile. */
  void newTerm() {
    last = 0;
  }

  /** For the next entry of the log. */
  long next() {
    if (last == 0) {
      last = log.lastTime();
    }
    last = Math.max(last, wallClock.getAsLong());
    return last;
  }
}
