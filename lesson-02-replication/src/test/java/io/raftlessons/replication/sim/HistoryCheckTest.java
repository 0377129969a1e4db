package io.raftlessons.replication.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.replication.history.Budget;
import io.raftlessons.replication.history.History;
import io.raftlessons.replication.history.Operation;
import io.raftlessons.replication.keyvalue.KeyValueCommands;
import io.raftlessons.replication.keyvalue.wire.Reply;
import io.raftlessons.sim.Reach;
import io.raftlessons.sim.Violation;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of a run whose clients saw this. */
class HistoryCheckTest {
  private static List<Operation> afterAPut(String read) {
    History history = new History(() -> 0);
    history.call("a", KeyValueCommands.put("x", "1")).answered(Reply.getDefaultInstance());
    history.call("b", KeyValueCommands.get("x")).answered(Reply.newBuilder().setText(read).build());
    history.call("c", KeyValueCommands.delete("x"));
    return history.operations();
  }

  @Test
  void aGoodHistoryPassesAndIsCounted() {
    Reach reach = new Reach();
    HistoryCheck.check(afterAPut("1"), reach);
    assertThat(reach.of("history: answered")).isEqualTo(2);
    assertThat(reach.of("history: read answered")).isEqualTo(1);
    assertThat(reach.of("history: unknown outcome")).isEqualTo(1);
    assertThat(reach.of("history: keys")).isEqualTo(1);
  }

  @Test
  void aBadHistoryFails() {
    assertThatThrownBy(() -> HistoryCheck.check(afterAPut("2"), new Reach()))
        .isInstanceOf(Violation.class)
        .hasMessageStartingWith("Linearizable: key x: 1 of 2");
  }

  @Test
  void aBudgetThatIsTooSmallFails() {
    assertThatThrownBy(() -> HistoryCheck.check(afterAPut("1"), new Reach(), Budget.ofSteps(0)))
        .isInstanceOf(Violation.class)
        .hasMessageStartingWith("Linearizable: inconclusive, which is a failure: ");
  }

  @Test
  void whereTheSearchComesToNoEndTheCompletionDecides() {
    Reach reach = new Reach();
    HistoryCheck.check(afterAPut("1"), () -> afterAPut("2"), reach, 1000);
    assertThat(reach.of("history: decided by its completion")).isZero();
    HistoryCheck.check(afterAPut("2"), () -> afterAPut("1"), reach, 0);
    assertThat(reach.of("history: decided by its completion")).isEqualTo(1);
    assertThatThrownBy(() -> HistoryCheck.check(afterAPut("1"), () -> afterAPut("2"), reach, 0))
        .isInstanceOf(Violation.class)
        .hasMessageStartingWith("Linearizable: key x: 1 of 2");
  }
}
