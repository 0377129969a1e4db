package io.raftlessons.replication.keyvalue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PersistentMapTest {
  @Test
  void isASortedMapWhoseOldVersionsStay() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      TreeMap<Integer, Integer> model = new TreeMap<>();
      PersistentMap<Integer, Integer> map = PersistentMap.empty();
      List<PersistentMap<Integer, Integer>> versions = new ArrayList<>();
      List<TreeMap<Integer, Integer>> copies = new ArrayList<>();
      int range = 1 + random.nextInt(150);
      for (int i = 0; i < 400; i++) {
        int key = random.nextInt(range);
        if (random.nextInt(5) < 3) {
          map = map.with(key, i);
          model.put(key, i);
        } else {
          map = map.without(key);
          model.remove(key);
        }
        assertThat(map.get(key)).isEqualTo(model.get(key));
        assertFlat(map);
        if (i % 40 == 0) {
          versions.add(map);
          copies.add(new TreeMap<>(model));
        }
      }
      assertSame(map, model);
      for (int i = 0; i < versions.size(); i++) {
        assertSame(versions.get(i), copies.get(i));
      }
    }
  }

  @Test
  void staysFlatUnderAscendingDescendingAndRemovedKeys() {
    PersistentMap<Integer, Integer> up = PersistentMap.empty();
    PersistentMap<Integer, Integer> down = PersistentMap.empty();
    for (int i = 0; i < 10_000; i++) {
      up = up.with(i, i);
      down = down.with(-i, i);
    }
    assertFlat(up);
    assertFlat(down);
    for (int i = 0; i < 9_000; i++) {
      up = up.without(i);
    }
    assertThat(up.size()).isEqualTo(1_000);
    assertFlat(up);
  }

  @Test
  void isBuiltFromSortedEntries() {
    for (int size = 0; size < 200; size++) {
      TreeMap<Integer, Integer> model = new TreeMap<>();
      for (int i = 0; i < size; i++) {
        model.put(i, -i);
      }
      PersistentMap<Integer, Integer> map =
          PersistentMap.ofSorted(new ArrayList<>(model.keySet()), new ArrayList<>(model.values()));
      assertSame(map, model);
    }
    assertThatThrownBy(() -> PersistentMap.ofSorted(List.of(1), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void removingWhatIsNotThereChangesNothing() {
    PersistentMap<Integer, Integer> map = PersistentMap.<Integer, Integer>empty().with(1, 1);
    assertThat(map.without(2)).isSameAs(map);
    assertThat(PersistentMap.<Integer, Integer>empty().first()).isNull();
    assertThatThrownBy(() -> PersistentMap.<Integer, Integer>empty().iterator().next())
        .isInstanceOf(NoSuchElementException.class);
  }

  private static void assertSame(
      PersistentMap<Integer, Integer> map, NavigableMap<Integer, Integer> model) {
    List<Map.Entry<Integer, Integer>> entries = new ArrayList<>();
    map.forEach(entry -> entries.add(Map.entry(entry.key(), entry.value())));
    assertThat(entries).isEqualTo(new ArrayList<>(model.entrySet()));
    assertThat(map.size()).isEqualTo(model.size());
    PersistentMap.Entry<Integer, Integer> first = map.first();
    assertThat(first == null ? null : first.key())
        .isEqualTo(model.isEmpty() ? null : model.firstKey());
    assertFlat(map);
  }

  private static void assertFlat(PersistentMap<Integer, Integer> map) {
    assertThat(map.isBalanced()).isTrue();
  }
}
