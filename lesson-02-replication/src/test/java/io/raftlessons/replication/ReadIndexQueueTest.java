package io.raftlessons.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.replication.ReadIndexQueue.Round;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadIndexQueueTest {
  private final ReadIndexQueue queue = new ReadIndexQueue(4);

  /**
   * A line is a life of the queue: {@code +n} a read comes, {@code >r@i} round r leaves at
   * commitIndex i, {@code !} it is answered. Behind it: whether a round is wanted, the round under
   * way, and the reads confirmed by all rounds, with their index.
   */
  @ParameterizedTest
  @CsvSource({
    "'',                          false, 0, ''",
    "'+1',                        true,  0, ''",
    "'+1 >1@5',                   false, 1, ''",
    "'+1 +2 >1@5 !',              false, 0, '1@5 2@5'",
    "'+1 >1@5 +2',                false, 1, ''",
    "'+1 >1@5 +2 !',              true,  0, '1@5'",
    "'+1 >1@5 +2 ! >2@7',         false, 2, '1@5'",
    "'+1 >1@5 +2 +3 ! >2@7 !',    false, 0, '1@5 2@7 3@7'",
    "'+1 >1@5 ! +2 >9@5 ! +3',    true,  0, '1@5 2@5'",
  })
  void readsShareTheRoundThatLeavesAfterThem(
      String life, boolean wantsRound, long underWay, String confirmed) {
    StringBuilder done = new StringBuilder();
    for (String event : life.isEmpty() ? List.<String>of() : List.of(life.split(" "))) {
      switch (event.charAt(0)) {
        case '+' -> assertThat(queue.add(Long.parseLong(event.substring(1)))).isTrue();
        case '>' -> {
          int at = event.indexOf('@');
          queue.started(
              Long.parseLong(event.substring(1, at)), Long.parseLong(event.substring(at + 1)));
        }
        default -> {
          Round round = queue.confirmed();
          round.reads().forEach(id -> done.append(' ').append(id + "@" + round.readIndex()));
        }
      }
    }
    assertThat(queue.wantsRound()).isEqualTo(wantsRound);
    assertThat(queue.inRound()).isEqualTo(underWay != 0);
    assertThat(queue.round()).isEqualTo(underWay);
    assertThat(done.toString().trim()).isEqualTo(confirmed);
  }

  @Test
  void isBoundedOverBothThatWaitAndThatAreUnderWay() {
    assertThat(queue.add(1)).isTrue();
    assertThat(queue.add(2)).isTrue();
    queue.started(1, 1);
    assertThat(queue.add(3)).isTrue();
    assertThat(queue.add(4)).isTrue();
    assertThat(queue.add(5)).isFalse();
    queue.confirmed();
    assertThat(queue.add(5)).isTrue();
    queue.started(2, 1);
    assertThat(queue.confirmed().reads()).containsExactly(3L, 4L, 5L);
  }

  @Test
  void takeAllLeavesNothing() {
    queue.add(1);
    queue.started(1, 1);
    queue.add(2);
    assertThat(queue.takeAll()).containsExactly(1L, 2L);
    assertThat(queue.inRound()).isFalse();
    assertThat(queue.wantsRound()).isFalse();
    assertThat(queue.takeAll()).isEmpty();
  }

  /** Else the answers to the first would be waited for by nobody. */
  @Test
  void oneRoundAtATime() {
    queue.add(1);
    queue.started(1, 1);
    queue.add(2);
    assertThatThrownBy(() -> queue.started(2, 1)).hasMessageContaining("round 1 is under way");
  }

  @Test
  void describesWhatItHolds() {
    StringBuilder text = new StringBuilder();
    queue.describe(text);
    assertThat(text).isEmpty();
    queue.add(7);
    queue.started(3, 9);
    queue.add(8);
    queue.describe(text);
    assertThat(text).hasToString(" round 3 at 9 for [7] readsWaiting=[8]");
  }
}
