package io.raftlessons.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchingStateMachineTest {
  private static final List<StateMachine.Command> TWO =
      List.of(
          new StateMachine.Command(1, 0, new byte[] {1}),
          new StateMachine.Command(2, 0, new byte[] {2}));

  private record Machine(int results) implements BatchingStateMachine {
    @Override
    public List<byte[]> applyBatch(List<Command> batch) {
      return batch.stream().map(Command::data).limit(results).toList();
    }

    @Override
    public Snapshot snapshot() {
      throw new UnsupportedOperationException("no snapshots");
    }

    @Override
    public void restore(InputStream snapshot) {
      throw new UnsupportedOperationException("no snapshots");
    }
  }

  @Test
  void aBatchComesInOnePiece() {
    assertThat(new Machine(2).apply(TWO)).containsExactly(new byte[] {1}, new byte[] {2});
  }

  @Test
  void fewerResultsThanCommandsAreNamed() {
    assertThatThrownBy(() -> new Machine(1).apply(TWO))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("applyBatch gave 1 results for 2 commands");
  }
}
