package io.raftlessons.replication;

import io.raftlessons.core.Effect;
import io.raftlessons.wire.Entry;
import java.util.List;

/** A write to the log store. */
public sealed interface LogWrite extends Effect.Write {
  /**
   * From {@code from} on the log becomes these entries: truncation and append are one write.
   *
   * @param sequence counts the writes of this server since its start, from 1
   */
  record WriteLog(long sequence, long from, List<Entry> entries) implements LogWrite {}

  /** The entries up to {@code index} are in a snapshot and may go (§7). */
  record TrimLog(long index) implements LogWrite {}

  /** All entries go: a snapshot takes their place, and the log goes on behind it. */
  record ResetLog() implements LogWrite {}
}
