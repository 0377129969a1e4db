package io.raftlessons.replication;

import io.raftlessons.wire.Entry;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the entries that were written last in memory, in front of a store that is slow to read
 * (HashiCorp's LogCache). A server of this project reads its newest entries from {@link RaftLog}
 * and needs none; this is for a store that others read as well.
 *
 * <p>Not thread-safe, like the store.
 */
public final class LogCache implements LogStore {
  private final LogStore store;

  /** The entry of an index is at the index modulo the length, if it is here. */
  private final @Nullable Entry[] ring;

  /**
   * @param capacity how many entries are kept, from 1
   * @param store is closed with this
   */
  public LogCache(int capacity, LogStore store) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity is " + capacity + ", and must be at least 1");
    }
    this.store = store;
    ring = new Entry[capacity];
  }

  @Override
  public long firstIndex() throws IOException {
    return store.firstIndex();
  }

  @Override
  public long lastIndex() throws IOException {
    return store.lastIndex();
  }

  @Override
  public List<Entry> read(long from, long maxBytes) throws IOException {
    EntryCollector found = new EntryCollector(from, maxBytes);
    // What is here is the end of the log, without a gap.
    Entry next = at(from);
    while (next != null && !found.full()) {
      found.offer(next);
      next = at(found.next());
    }
    return found.entries().isEmpty() ? store.read(from, maxBytes) : found.entries();
  }

  private @Nullable Entry at(long index) {
    Entry entry = index < 1 ? null : ring[slot(index)];
    return entry != null && entry.getIndex() == index ? entry : null;
  }

  private int slot(long index) {
    return (int) (index % ring.length);
  }

  @Override
  public void write(long from, List<Entry> entries) throws IOException {
    if (from <= store.lastIndex()) {
      forget(from, Long.MAX_VALUE); // also if the write fails: then nobody knows what is there
    }
    store.write(from, entries);
    for (Entry entry : entries) {
      ring[slot(entry.getIndex())] = entry;
    }
  }

  private void forget(long from, long to) {
    for (int i = 0; i < ring.length; i++) {
      Entry entry = ring[i];
      if (entry != null && entry.getIndex() >= from && entry.getIndex() <= to) {
        ring[i] = null;
      }
    }
  }

  @Override
  public void sync() throws IOException {
    try {
      store.sync();
    } catch (IOException | RuntimeException e) {
      Arrays.fill(ring, null); // from now on every call fails, and so must a read
      throw e;
    }
  }

  @Override
  public void deletePrefix(long index) throws IOException {
    forget(0, index);
    store.deletePrefix(index);
  }

  @Override
  public void close() throws IOException {
    Arrays.fill(ring, null);
    store.close();
  }
}
