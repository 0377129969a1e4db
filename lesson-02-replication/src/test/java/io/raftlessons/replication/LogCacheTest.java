package io.raftlessons.replication;

import static io.raftlessons.replication.TestEntries.entries;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.wire.Entry;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * With a cache in front a store is still a store; the small one is wrapped around in most tests.
 */
class LogCacheTest implements LogStoreContract {
  /** Counts what is read from it, and fails when it is told to. */
  private static final class Slow implements LogStore {
    private final InmemLogStore store = new InmemLogStore();
    private int reads;
    private boolean broken;

    @Override
    public long firstIndex() {
      return store.firstIndex();
    }

    @Override
    public long lastIndex() {
      return store.lastIndex();
    }

    @Override
    public List<Entry> read(long from, long maxBytes) throws IOException {
      reads++;
      work();
      return store.read(from, maxBytes);
    }

    @Override
    public void write(long from, List<Entry> entries) throws IOException {
      work();
      store.write(from, entries);
    }

    @Override
    public void sync() throws IOException {
      work();
    }

    @Override
    public void deletePrefix(long index) {
      store.deletePrefix(index);
    }

    @Override
    public void close() {}

    private void work() throws IOException {
      if (broken) {
        throw new IOException("broken");
      }
    }
  }

  private final Slow slow = new Slow();
  private final LogCache cache = new LogCache(4, slow);

  @Override
  public LogStore create() {
    return new LogCache(3, new InmemLogStore());
  }

  @Test
  void theNewestEntriesAreNotReadFromTheStore() throws IOException {
    cache.write(1, entries(1, 6, 1));
    assertThat(cache.read(3, 1 << 20)).isEqualTo(entries(3, 6, 1));
    assertThat(cache.read(6, 1)).isEqualTo(entries(6, 6, 1));
    assertThat(slow.reads).isZero();
    assertThat(cache.read(2, 1 << 20)).isEqualTo(entries(2, 6, 1));
    assertThat(slow.reads).isEqualTo(1);
  }

  @Test
  void whatWasCutOffIsForgotten() throws IOException {
    cache.write(1, entries(1, 4, 1));
    cache.write(3, entries(3, 3, 2));
    assertThat(cache.read(2, 1 << 20)).containsExactlyElementsOf(slow.store.read(2, 1 << 20));
    assertThatThrownBy(() -> cache.read(4, 1)).isInstanceOf(IOException.class);
  }

  @Test
  void whatIsNotNeededAnyMoreIsForgotten() throws IOException {
    cache.write(1, entries(1, 4, 1));
    cache.deletePrefix(2);
    assertThatThrownBy(() -> cache.read(2, 1)).isInstanceOf(IOException.class);
    assertThat(cache.read(3, 1 << 20)).isEqualTo(entries(3, 4, 1));
  }

  /** HashiCorp's once kept what the store had failed to write. */
  @Test
  void whatTheStoreDidNotTakeIsNotThere() throws IOException {
    cache.write(1, entries(1, 2, 1));
    slow.broken = true;
    assertThatThrownBy(() -> cache.write(3, entries(3, 3, 1))).hasMessage("broken");
    assertThatThrownBy(() -> cache.read(3, 1)).isInstanceOf(IOException.class);
  }

  @Test
  void afterASyncThatFailedNothingIsRead() throws IOException {
    cache.write(1, entries(1, 2, 1));
    slow.broken = true;
    assertThatThrownBy(cache::sync).hasMessage("broken");
    assertThatThrownBy(() -> cache.read(1, 1)).hasMessage("broken");
  }

  @Test
  void aCacheOfNothingIsRefused() {
    assertThatThrownBy(() -> new LogCache(0, slow)).isInstanceOf(IllegalArgumentException.class);
  }
}
