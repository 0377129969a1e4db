package io.raftlessons.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.Step;
import org.junit.jupiter.api.Test;

class CallQueueTest {
  private int woken;
  private final CallQueue queue = new CallQueue(() -> woken++);

  private static CallQueue.Call call(int bytes) {
    return new CallQueue.Call() {
      @Override
      public int bytes() {
        return bytes;
      }

      @Override
      public void make(Step step) {
        throw new IllegalStateException("the queue makes no call");
      }

      @Override
      public void fail(RaftException why) {
        throw why;
      }
    };
  }

  @Test
  void wakesOnceForAllThatCome() {
    CallQueue.Call first = call(1);
    CallQueue.Call second = call(1);
    assertThat(queue.offer(first)).isTrue();
    assertThat(queue.offer(second)).isTrue();
    assertThat(woken).isEqualTo(1);
    assertThat(queue.takeAll()).containsExactly(first, second);
    queue.offer(call(1));
    assertThat(woken).isEqualTo(2);
  }

  @Test
  void isBoundedInNumber() {
    int taken = 0;
    while (queue.offer(call(0))) {
      taken++;
    }
    assertThat(taken).isEqualTo(20_000);
    assertThat(queue.takeAll()).hasSize(taken);
    assertThat(queue.offer(call(0))).isTrue();
  }

  @Test
  void isBoundedInBytes() {
    int taken = 0;
    while (queue.offer(call(1 << 20))) {
      taken++;
    }
    assertThat(taken).isEqualTo(64);
    assertThat(queue.offer(call(1 << 20))).isFalse();
    assertThat(queue.takeAll()).hasSize(taken);
    assertThat(queue.offer(call(1 << 20))).isTrue();
  }
}
