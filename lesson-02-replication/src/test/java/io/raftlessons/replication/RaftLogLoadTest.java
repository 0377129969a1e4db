package io.raftlessons.replication;

import static io.raftlessons.replication.ReplicationFixture.entry;
import static io.raftlessons.replication.ReplicationFixture.log;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.wire.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a store holds is checked before it is taken for a log. */
class RaftLogLoadTest {
  @Test
  void aLogThatDoesNotBeginAtOneIsRefused() {
    InmemLogStore store = new InmemLogStore();
    store.write(5, List.of(entry(5, 1)));
    assertThatThrownBy(() -> RaftLog.load(store, 100))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the log starts at index 5");
  }

  @Test
  void aLogWithDecreasingTermsIsRefused() {
    assertThatThrownBy(() -> RaftLogTest.of(1, 3, 2))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("entry 3 of term 2 cannot follow entry 2 of term 3");
  }

  @Test
  void aLogWithAGapIsRefused() {
    LogStore store = new GapStore();
    assertThatThrownBy(() -> RaftLog.load(store, 100))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("entry 3 of term 1 cannot follow entry 1 of term 1");
  }

  /** Also what does not stay in memory, and nothing twice. */
  @Test
  void everyEntryIsShownOnceAndInOrder() throws IOException {
    InmemLogStore store = new InmemLogStore();
    store.write(1, log(1, 1, 2, 3));
    List<Entry> shown = new ArrayList<>();
    RaftLog log = RaftLog.load(store, 1, LogStart.BEGINNING, shown::add);
    assertThat(log.cached(1)).isFalse();
    assertThat(shown).isEqualTo(log(1, 1, 2, 3));
  }

  /** A damaged store: entry 2 is missing and nobody noticed. */
  private static final class GapStore implements LogStore {
    @Override
    public long firstIndex() {
      return 1;
    }

    @Override
    public long lastIndex() {
      return 3;
    }

    @Override
    public List<Entry> read(long from, long maxBytes) {
      return List.of(entry(1, 1), entry(3, 1));
    }

    @Override
    public void write(long from, List<Entry> entries) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void sync() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void deletePrefix(long index) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }
}
