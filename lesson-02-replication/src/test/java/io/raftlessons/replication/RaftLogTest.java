package io.raftlessons.replication;

import static io.raftlessons.replication.ReplicationFixture.entry;
import static io.raftlessons.replication.ReplicationFixture.log;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.wire.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RaftLogTest {
  static RaftLog load(List<Entry> entries, long maxCachedBytes) throws IOException {
    InmemLogStore store = new InmemLogStore();
    store.write(1, entries);
    return RaftLog.load(store, maxCachedBytes);
  }

  static RaftLog of(long... terms) throws IOException {
    return load(log(terms), 1 << 20);
  }

  @Test
  void anEmptyLogEndsAtIndexZeroInTermZero() throws IOException {
    RaftLog log = of();
    assertThat(log.lastIndex()).isZero();
    assertThat(log.lastTerm()).isZero();
    assertThat(log.persistedIndex()).isZero();
    assertThat(log.has(0, 0)).isTrue();
    assertThat(log.has(0, 1)).isFalse();
    assertThat(log.has(1, 0)).isFalse();
    assertThat(log.has(-1, 0)).isFalse();
    assertThat(log.cached(0)).isFalse();
    assertThat(log.cached(1)).isFalse();
    assertThat(log.takeWrite()).isEmpty();
  }

  @Test
  void aLoadedLogIsPersistedAndHasNothingToWrite() throws IOException {
    RaftLog log = of(1, 1, 2);
    assertThat(log.lastIndex()).isEqualTo(3);
    assertThat(log.lastTerm()).isEqualTo(2);
    assertThat(log.persistedIndex()).isEqualTo(3);
    assertThat(log.takeWrite()).isEmpty();
    assertThat(log.get(3)).isEqualTo(entry(3, 2));
  }

  @Test
  void sameIndexAndTermIsTheSameEntry() throws IOException {
    RaftLog log = of(1, 1, 2);
    assertThat(log.has(3, 2)).isTrue();
    assertThat(log.has(3, 1)).isFalse();
    assertThat(log.has(4, 2)).isFalse();
  }

  @Test
  void theTermOfAnIndexOutsideTheLogIsAnError() throws IOException {
    RaftLog log = of(1);
    assertThat(log.termAt(0)).isZero();
    assertThatThrownBy(() -> log.termAt(2)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> log.termAt(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anAppendMustFollowTheLastEntry() throws IOException {
    RaftLog log = of(1, 1);
    assertThatThrownBy(() -> log.append(entry(4, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("entry 4 cannot follow entry 2");
    assertThatThrownBy(() -> log.append(entry(2, 1))).isInstanceOf(IllegalArgumentException.class);
    log.append(entry(3, 2));
    assertThat(log.lastIndex()).isEqualTo(3);
    assertThat(log.persistedIndex()).isEqualTo(2);
  }

  @Test
  void aTruncationForgetsTheTailForGood() throws IOException {
    RaftLog log = of(1, 1, 2, 2);
    log.truncate(2);
    assertThat(log.lastIndex()).isEqualTo(1);
    assertThat(log.lastTerm()).isEqualTo(1);
    assertThat(log.persistedIndex()).isEqualTo(1);
    assertThat(log.cached(2)).isFalse();
    log.append(entry(2, 3));
    assertThat(log.get(2)).isEqualTo(entry(2, 3));
    assertThat(log.has(2, 1)).isFalse();
  }

  @Test
  void theWholeLogCanBeTruncated() throws IOException {
    RaftLog log = of(1, 1);
    log.truncate(1);
    assertThat(log.lastIndex()).isZero();
    assertThat(log.lastTerm()).isZero();
    log.append(entry(1, 3));
    assertThat(log.get(1)).isEqualTo(entry(1, 3));
  }

  @Test
  void aSliceEndsWhereTheBytesOrTheLogEnd() throws IOException {
    RaftLog log = of(1, 1, 1, 1);
    int size = entry(1, 1).getSerializedSize();
    assertThat(log.slice(2, 3, Long.MAX_VALUE)).containsExactly(entry(2, 1), entry(3, 1));
    assertThat(log.slice(2, 99, Long.MAX_VALUE)).hasSize(3);
    assertThat(log.slice(1, 4, 2L * size)).hasSize(2);
    assertThat(log.slice(1, 4, 2L * size - 1)).hasSize(1);
    assertThat(log.slice(1, 4, 0)).as("at least one").hasSize(1);
  }

  @Test
  void aSliceIsACopy() throws IOException {
    RaftLog log = of(1, 1, 1);
    List<Entry> slice = log.slice(1, 3, Long.MAX_VALUE);
    log.truncate(2);
    log.append(entry(2, 2));
    assertThat(slice).containsExactlyElementsOf(log(1, 1, 1));
  }

  @Test
  void whatIsNotInMemoryCannotBeRead() throws IOException {
    RaftLog log = of(1, 1);
    assertThatThrownBy(() -> log.get(3)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> log.slice(0, 2, 100)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void ofACacheThatIsTooSmallTheLastEntryStays() throws IOException {
    RaftLog log = load(log(1, 2, 2, 3), 1);
    assertThat(log.cached(3)).isFalse();
    assertThat(log.get(4)).isEqualTo(entry(4, 3));
    assertThat(List.of(log.termAt(1), log.termAt(2), log.termAt(3))).containsExactly(1L, 2L, 2L);
    assertThatThrownBy(() -> log.get(3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("entry 3 is not in memory (4..4)");
  }

  @Test
  void theCacheHoldsAsMuchAsItMay() throws IOException {
    int size = entry(1, 1).getSerializedSize();
    RaftLog log = load(log(1, 1, 1, 1, 1), 3L * size);
    assertThat(log.cached(2)).isFalse();
    assertThat(log.cached(3)).isTrue();
  }

  @Test
  void whatIsNotOnDiskIsNeverGivenUp() throws IOException {
    RaftLog log = load(log(1, 1), 1);
    log.append(entry(3, 1));
    log.append(entry(4, 1));
    log.evict(4);
    assertThat(log.cached(2)).isFalse();
    assertThat(log.cached(3)).isTrue();
    log.persisted(log.takeWrite().orElseThrow());
    log.evict(3);
    assertThat(log.cached(3)).isFalse();
    assertThat(log.cached(4)).isTrue();
  }

  @Test
  void whatIsStillNeededIsNotGivenUp() throws IOException {
    RaftLog log = load(log(1, 1), 1);
    log.append(entry(3, 1));
    log.append(entry(4, 1));
    log.persisted(log.takeWrite().orElseThrow());
    log.evict(2);
    assertThat(log.cached(3)).isTrue();
  }

  @Test
  void aTruncationMayReachIntoWhatWasGivenUp() throws IOException {
    RaftLog log = load(log(1, 1, 1, 1, 2), 1);
    log.truncate(3);
    assertThat(log.cached(2)).isFalse();
    log.append(entry(3, 4));
    log.append(entry(4, 4));
    assertThat(log.slice(3, 4, Long.MAX_VALUE)).containsExactly(entry(3, 4), entry(4, 4));
    assertThat(log.takeWrite().orElseThrow().from()).isEqualTo(3);
  }

  @Test
  void describeShowsTheLastTenTerms() throws IOException {
    StringBuilder text = new StringBuilder();
    of(1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2).describe(text);
    assertThat(text)
        .hasToString(" log=[... 2:1 3:1 4:1 5:1 6:1 7:1 8:1 9:1 10:2 11:2] persisted=11");
  }

  /** Against a plain list: appends, truncations, writes that end late, and a cache of few bytes. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void agreesWithAPlainList(long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    RaftLog log = load(List.of(), 200);
    List<Entry> model = new ArrayList<>();
    List<Entry> disk = new ArrayList<>();
    List<LogWrite.WriteLog> inFlight = new ArrayList<>();
    long term = 1;
    long committed = 0;
    for (int round = 0; round < 6000; round++) {
      switch (random.nextInt(6)) {
        case 0, 1, 2 -> {
          term += random.nextInt(10) == 0 ? 1 : 0;
          model.add(entry(model.size() + 1, term));
          log.append(model.get(model.size() - 1));
        }
        case 3 -> log.takeWrite().ifPresent(inFlight::add);
        case 4 -> {
          if (!inFlight.isEmpty()) {
            LogWrite.WriteLog write = inFlight.remove(0);
            disk.subList((int) write.from() - 1, disk.size()).clear();
            disk.addAll(write.entries());
            log.persisted(write);
          }
        }
        default -> {
          if (random.nextInt(10) == 0 && model.size() > committed) {
            long from = random.nextLong(committed, model.size()) + 1;
            model.subList((int) from - 1, model.size()).clear();
            log.truncate(from);
            term++;
          } else {
            committed = Math.min(model.size(), committed + random.nextInt(4));
            log.evict(committed);
          }
        }
      }
      assertThat(log.lastIndex()).isEqualTo(model.size());
      int persisted = (int) log.persistedIndex();
      assertThat(disk.size()).isGreaterThanOrEqualTo(persisted);
      int looked = Math.max(0, persisted - 20);
      assertThat(disk.subList(looked, persisted)).isEqualTo(model.subList(looked, persisted));
      for (long i = Math.max(1, model.size() - 10); i <= model.size(); i++) {
        assertThat(log.has(i, model.get((int) i - 1).getTerm())).isTrue();
        if (log.cached(i)) {
          assertThat(log.get(i)).isEqualTo(model.get((int) i - 1));
        } else {
          assertThat(i).as("given up").isLessThanOrEqualTo(Math.min(committed, persisted));
        }
      }
    }
    assertThat(model.size()).isGreaterThan(1024);
    assertThat(log.cached(1)).isFalse();
  }
}
