package io.raftlessons.replication;

import static io.raftlessons.replication.TestEntries.all;
import static io.raftlessons.replication.TestEntries.entries;
import static io.raftlessons.replication.TestEntries.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.wire.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link LogStore} must do; a store's test implements this. */
public interface LogStoreContract {
  /** An empty store. */
  LogStore create() throws IOException;

  /** Called between the operations of the random test: a store may close itself and open again. */
  default LogStore between(LogStore store, Random random) throws IOException {
    return store;
  }

  @Test
  default void anEmptyStoreHasNoEntries() throws IOException {
    try (LogStore store = create()) {
      store.sync();
      store.deletePrefix(7);
      assertThat(store.firstIndex()).isZero();
      assertThat(store.lastIndex()).isZero();
      assertThatThrownBy(() -> store.read(1, 100)).isInstanceOf(IOException.class);
    }
  }

  @Test
  default void readsWhatWasWrittenBeforeAndAfterTheSync() throws IOException {
    try (LogStore store = create()) {
      store.write(1, entries(1, 5, 1));
      assertThat(all(store)).isEqualTo(entries(1, 5, 1));
      store.sync();
      store.write(6, entries(6, 9, 2));
      List<Entry> expected = new ArrayList<>(entries(1, 5, 1));
      expected.addAll(entries(6, 9, 2));
      assertThat(all(store)).isEqualTo(expected);
      store.sync();
      assertThat(all(store)).isEqualTo(expected);
    }
  }

  @Test
  default void anEmptyStoreMayBeginAnywhere() throws IOException {
    try (LogStore store = create()) {
      store.write(501, entries(501, 503, 4));
      store.sync();
      assertThat(store.firstIndex()).isEqualTo(501);
      assertThat(store.lastIndex()).isEqualTo(503);
    }
  }

  @Test
  default void aReadGivesOneEntryAtLeastAndNoMoreThanFit() throws IOException {
    try (LogStore store = create()) {
      store.write(1, List.of(entry(1, 1, 500), entry(2, 1, 10), entry(3, 1, 10)));
      store.sync();
      store.write(4, List.of(entry(4, 1, 10)));
      assertThat(store.read(1, 0)).hasSize(1);
      assertThat(store.read(2, 1)).hasSize(1);
      int two = entry(2, 1, 10).getSerializedSize() + entry(3, 1, 10).getSerializedSize();
      assertThat(store.read(2, two - 1)).hasSize(1);
      assertThat(store.read(2, two)).hasSize(2);
      assertThat(store.read(1, Long.MAX_VALUE)).hasSize(4);
      assertThatThrownBy(() -> store.read(5, 100)).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> store.read(0, 100)).isInstanceOf(IOException.class);
    }
  }

  @Test
  default void aWriteInsideTheLogCutsWhatWasThere() throws IOException {
    try (LogStore store = create()) {
      store.write(1, entries(1, 10, 1));
      store.sync();
      store.write(11, entries(11, 20, 1));
      store.sync();
      store.write(7, entries(7, 8, 2));
      assertThat(store.lastIndex()).isEqualTo(8);
      store.sync();
      List<Entry> expected = new ArrayList<>(entries(1, 6, 1));
      expected.addAll(entries(7, 8, 2));
      assertThat(all(store)).isEqualTo(expected);
    }
  }

  @Test
  default void aWriteOfNothingOnlyCuts() throws IOException {
    try (LogStore store = create()) {
      store.write(1, entries(1, 10, 1));
      store.sync();
      store.write(11, List.of());
      assertThat(store.lastIndex()).isEqualTo(10);
      store.write(4, List.of());
      assertThat(store.lastIndex()).isEqualTo(3);
      store.sync();
      assertThat(all(store)).isEqualTo(entries(1, 3, 1));
    }
  }

  @Test
  default void cutToNothingTheStoreIsEmptyAndMayBeginAnywhere() throws IOException {
    try (LogStore store = create()) {
      store.write(5, entries(5, 10, 1));
      store.sync();
      store.write(5, List.of());
      assertThat(store.firstIndex()).isZero();
      assertThat(store.lastIndex()).isZero();
      store.write(100, entries(100, 101, 2));
      assertThat(all(store)).isEqualTo(entries(100, 101, 2));
      store.sync();
      assertThat(all(store)).isEqualTo(entries(100, 101, 2));
    }
  }

  @Test
  default void writesThatWouldLeaveAHoleAreRefusedAndChangeNothing() throws IOException {
    try (LogStore store = create()) {
      store.write(5, entries(5, 10, 1));
      assertThatIllegalArgumentException().isThrownBy(() -> store.write(12, entries(12, 12, 1)));
      assertThatIllegalArgumentException().isThrownBy(() -> store.write(4, entries(4, 4, 1)));
      assertThatIllegalArgumentException().isThrownBy(() -> store.write(0, List.of()));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> store.write(6, List.of(entry(6, 1, 1), entry(8, 1, 1))));
      store.sync();
      assertThat(all(store)).isEqualTo(entries(5, 10, 1));
    }
  }

  @Test
  default void aPrefixThatIsNotNeededMayGoAndNothingElse() throws IOException {
    try (LogStore store = create()) {
      for (int i = 0; i < 40; i++) {
        store.write(10 * i + 1, entries(10 * i + 1, 10 * i + 10, 1));
        store.sync();
      }
      store.deletePrefix(333);
      assertThat(store.firstIndex()).isBetween(2L, 334L);
      assertThat(store.lastIndex()).isEqualTo(400);
      assertThat(all(store)).isEqualTo(entries(store.firstIndex(), 400, 1));
      long first = store.firstIndex();
      store.deletePrefix(1);
      assertThat(store.firstIndex()).isEqualTo(first);
    }
  }

  @Test
  default void ifNothingIsNeededTheStoreIsEmpty() throws IOException {
    try (LogStore store = create()) {
      store.write(1, entries(1, 10, 1));
      store.deletePrefix(10);
      assertThat(store.lastIndex()).isZero();
      store.write(50, entries(50, 51, 2));
      store.deletePrefix(1000);
      assertThat(store.firstIndex()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  default void behavesLikeAList(long seed) throws IOException {
    Random random = new Random(seed);
    List<Entry> model = new ArrayList<>();
    long term = 1;
    LogStore store = create();
    try {
      for (int i = 0; i < 600; i++) {
        int choice = random.nextInt(20);
        long first = model.isEmpty() ? 0 : model.get(0).getIndex();
        long last = first + model.size() - 1;
        if (choice < 12) {
          boolean cut = choice < 3 && !model.isEmpty();
          long from = model.isEmpty() ? 1 + random.nextInt(1000) : last + 1;
          if (cut) {
            from = last - random.nextInt(Math.min(model.size(), 60));
            term++;
          }
          List<Entry> added =
              TestEntries.random(from, random.nextInt(cut ? 3 : 9), term, 200, random);
          store.write(from, added);
          if (!model.isEmpty()) {
            model.subList((int) (from - first), model.size()).clear();
          }
          model.addAll(added);
        } else if (choice < 17) {
          store.sync();
        } else if (choice == 17 && !model.isEmpty()) {
          long index = random.nextInt(12) == 0 ? last : first + random.nextInt(model.size()) - 1;
          store.deletePrefix(index);
          long kept = store.firstIndex() == 0 ? last + 1 : store.firstIndex();
          assertThat(kept).isBetween(first, index + 1);
          model.subList(0, (int) (kept - first)).clear();
        } else if (choice == 18) {
          store = between(store, random);
        } else if (!model.isEmpty()) {
          int at = random.nextInt(model.size());
          List<Entry> read = store.read(first + at, random.nextInt(2000));
          assertThat(read).isNotEmpty().isEqualTo(model.subList(at, at + read.size()));
        }
        assertThat(store.firstIndex()).isEqualTo(model.isEmpty() ? 0 : model.get(0).getIndex());
        assertThat(store.lastIndex())
            .isEqualTo(model.isEmpty() ? 0 : model.get(model.size() - 1).getIndex());
      }
      assertThat(all(store)).isEqualTo(model);
    } finally {
      store.close();
    }
  }
}
