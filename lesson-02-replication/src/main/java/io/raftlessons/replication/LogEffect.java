package io.raftlessons.replication;

import io.raftlessons.core.Effect;
import io.raftlessons.wire.Entry;
import java.util.List;

/** What replication asks for besides messages and writes. */
public sealed interface LogEffect extends Effect {
  /** commitIndex moved. Nothing has to be done; whoever watches a server sees it. */
  record Committed(long commitIndex) implements LogEffect {}

  /** These entries are committed: the next ones for the state machine, in order, without a gap. */
  record Apply(List<Entry> entries) implements LogEffect {}

  /**
   * Entries from {@code from} on are needed and no longer in memory; {@link Replication#loaded}
   * takes them.
   *
   * @param peer for which follower; "" for the state machine
   */
  record LoadLog(String peer, long from, long maxBytes) implements LogEffect {}
}
