package io.raftlessons.replication;

import io.raftlessons.wire.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A log that lives in memory and survives nothing (HashiCorp: InmemStore). For tests and
 * demonstrations: a server that forgets its log may vote twice for what it forgot, so no restart
 * may follow.
 *
 * <p>Not thread-safe.
 */
public final class InmemLogStore implements LogStore {
  private final List<Entry> entries = new ArrayList<>();

  @Override
  public long firstIndex() {
    return entries.isEmpty() ? 0 : entries.get(0).getIndex();
  }

  @Override
  public long lastIndex() {
    return entries.isEmpty() ? 0 : entries.get(entries.size() - 1).getIndex();
  }

  @Override
  public List<Entry> read(long from, long maxBytes) throws IOException {
    LogStoreChecks.readable(from, firstIndex(), lastIndex());
    EntryCollector collected = new EntryCollector(from, maxBytes);
    for (int i = (int) (from - firstIndex()); i < entries.size() && !collected.full(); i++) {
      collected.offer(entries.get(i));
    }
    return collected.entries();
  }

  @Override
  public void write(long from, List<Entry> added) {
    LogStoreChecks.writable(from, added, firstIndex(), lastIndex());
    if (!entries.isEmpty()) {
      entries.subList((int) (from - firstIndex()), entries.size()).clear();
    }
    entries.addAll(added);
  }

  /** Does nothing: there is nothing that could become durable. */
  @Override
  public void sync() {}

  @Override
  public void deletePrefix(long index) {
    if (index >= firstIndex()) {
      entries.subList(0, (int) Math.min(entries.size(), index - firstIndex() + 1)).clear();
    }
  }

  /** Does nothing: the entries stay readable. */
  @Override
  public void close() {}
}
