package io.raftlessons.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TermRunsTest {
  private final TermRuns runs = new TermRuns();

  private void append(long... terms) {
    for (int i = 0; i < terms.length; i++) {
      runs.append(i + 1, terms[i]);
    }
  }

  @Test
  void anEmptyLogHasTermZeroAtIndexZero() {
    assertThat(runs.at(0)).isZero();
    assertThat(runs.lastIndexWithTermAtMost(9, 9)).isZero();
  }

  @Test
  void everyIndexHasItsTerm() {
    append(1, 1, 3, 3, 3, 7);
    assertThat(List.of(runs.at(0), runs.at(1), runs.at(2), runs.at(3), runs.at(5), runs.at(6)))
        .containsExactly(0L, 1L, 1L, 3L, 3L, 7L);
  }

  @Test
  void aTermMayNotDecrease() {
    append(1, 4);
    assertThatThrownBy(() -> runs.append(3, 3))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("entry 3 has term 3 after term 4");
  }

  @Test
  void afterATruncationAnotherTermMayFollow() {
    append(1, 1, 5, 5);
    runs.truncate(3);
    runs.append(3, 2);
    assertThat(runs.at(2)).isEqualTo(1);
    assertThat(runs.at(3)).isEqualTo(2);
  }

  @Test
  void aTruncationInsideARunKeepsItsHead() {
    append(1, 4, 4, 4);
    runs.truncate(3);
    runs.append(3, 6);
    assertThat(runs.at(2)).isEqualTo(4);
    assertThat(runs.at(3)).isEqualTo(6);
  }

  /** Against a plain list of terms: many terms, so that the arrays grow too. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void agreesWithAPlainList(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Long> model = new ArrayList<>();
    for (int round = 0; round < 400; round++) {
      if (!model.isEmpty() && random.nextInt(8) == 0) {
        int from = 1 + random.nextInt(model.size());
        model.subList(from - 1, model.size()).clear();
        runs.truncate(from);
      } else {
        long last = model.isEmpty() ? 1 : model.get(model.size() - 1);
        model.add(last + (random.nextInt(3) == 0 ? random.nextInt(3) : 0));
        runs.append(model.size(), model.get(model.size() - 1));
      }
      for (int index = 1; index <= model.size(); index++) {
        assertThat(runs.at(index)).isEqualTo(model.get(index - 1));
      }
      long term = random.nextInt(40);
      int upTo = random.nextInt(model.size() + 1);
      assertThat(runs.lastIndexWithTermAtMost(term, upTo)).isEqualTo(slow(model, term, upTo));
    }
  }

  private static long slow(List<Long> model, long term, int upTo) {
    int index = upTo;
    while (index > 0 && model.get(index - 1) > term) {
      index--;
    }
    return index;
  }
}
