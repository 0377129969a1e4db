package io.raftlessons.replication;

import io.raftlessons.runtime.InmemStableStore;
import io.raftlessons.runtime.StableStore;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.HardState;
import java.io.IOException;
import java.util.List;

/**
 * Log and hard state of a server in memory, as one object (HashiCorp's InmemStore): for tests and
 * demonstrations, see {@link InmemLogStore}. What was never saved is empty, as the contract says;
 * HashiCorp's fails with the text "not found", and its callers compare that text.
 *
 * <p>Not thread-safe.
 */
public final class InmemStore implements LogStore, StableStore {
  private final InmemLogStore log = new InmemLogStore();
  private final InmemStableStore stable = new InmemStableStore();

  @Override
  public HardState load() {
    return stable.load();
  }

  @Override
  public void save(HardState state) {
    stable.save(state);
  }

  @Override
  public long firstIndex() {
    return log.firstIndex();
  }

  @Override
  public long lastIndex() {
    return log.lastIndex();
  }

  @Override
  public List<Entry> read(long from, long maxBytes) throws IOException {
    return log.read(from, maxBytes);
  }

  @Override
  public void write(long from, List<Entry> entries) {
    log.write(from, entries);
  }

  @Override
  public void sync() {
    log.sync();
  }

  @Override
  public void deletePrefix(long index) {
    log.deletePrefix(index);
  }

  /** Does nothing: everything stays readable. */
  @Override
  public void close() {}
}
