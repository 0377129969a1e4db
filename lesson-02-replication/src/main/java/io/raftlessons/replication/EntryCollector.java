package io.raftlessons.replication;

import io.raftlessons.wire.Entry;
import java.util.ArrayList;
import java.util.List;

/** Gathers the answer to a read: consecutive entries, at least one, within a number of bytes. */
final class EntryCollector {
  private final List<Entry> entries = new ArrayList<>();
  private final long maxBytes;
  private long next;
  private long bytes;
  private boolean full;

  EntryCollector(long from, long maxBytes) {
    this.next = from;
    this.maxBytes = maxBytes;
  }

  /** The index of the entry that is wanted next. */
  long next() {
    return next;
  }

  boolean full() {
    return full;
  }

  /** How many bytes may still be taken; never negative. */
  long room() {
    return Math.max(0, maxBytes - bytes);
  }

  void offer(Entry entry) {
    int size = entry.getSerializedSize();
    if (full || (!entries.isEmpty() && size > room())) {
      full = true;
      return;
    }
    entries.add(entry);
    bytes += size;
    next++;
    full = bytes >= maxBytes;
  }

  List<Entry> entries() {
    return entries;
  }
}
