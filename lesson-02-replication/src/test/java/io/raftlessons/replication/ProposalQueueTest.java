package io.raftlessons.replication;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.raftlessons.wire.Entry;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ProposalQueueTest {
  private int woken;
  private final ProposalQueue queue = new ProposalQueue(() -> woken++);

  private static ProposalQueue.Waiting call(int bytes) {
    return new ProposalQueue.Waiting(
        Entry.Type.COMMAND, ByteString.copyFrom(new byte[bytes]), new CompletableFuture<>());
  }

  @Test
  void wakesOnceForAllThatCome() {
    ProposalQueue.Waiting first = call(1);
    ProposalQueue.Waiting second = call(1);
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
