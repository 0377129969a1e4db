package io.raftlessons.replication.history;

import static io.raftlessons.replication.keyvalue.KeyValueCommands.add;
import static io.raftlessons.replication.keyvalue.KeyValueCommands.append;
import static io.raftlessons.replication.keyvalue.KeyValueCommands.compareAndSet;
import static io.raftlessons.replication.keyvalue.KeyValueCommands.delete;
import static io.raftlessons.replication.keyvalue.KeyValueCommands.get;
import static io.raftlessons.replication.keyvalue.KeyValueCommands.greet;
import static io.raftlessons.replication.keyvalue.KeyValueCommands.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.replication.StateMachine.Command;
import io.raftlessons.replication.history.Operation.Kind;
import io.raftlessons.replication.history.Operation.Status;
import io.raftlessons.replication.keyvalue.KeyValueCommands;
import io.raftlessons.replication.keyvalue.KeyValueMachine;
import io.raftlessons.replication.keyvalue.wire.Reply;
import io.raftlessons.replication.keyvalue.wire.Request;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HistoryTest {
  private long now = 100;
  private final History history = new History(() -> now);

  @Test
  void aCallEndsOnceAndEachEventHasATimeOfItsOwn() {
    History.Call answered = history.call("a", put("x", "1"));
    History.Call failed = history.call("b", compareAndSet("x", null, "2"));
    history.call("c", compareAndSet("x", "1", "3"));
    answered.answered(Reply.getDefaultInstance());
    now = 200;
    failed.failed();
    answered.failed();
    assertThat(history.operations())
        .containsExactly(
            new Operation("a", Kind.PUT, "x", "", "1", "", 100, 103, Status.OK),
            new Operation("b", Kind.CAS, "x", "", "2", "", 101, 200, Status.FAIL),
            new Operation("c", Kind.CAS, "x", "1", "3", "", 102, 201, Status.UNKNOWN));
  }

  @Test
  void aCompletionHasTheAnswersThatDidNotCome() {
    history.call("a", put("x", "1")).answered(Reply.getDefaultInstance());
    History.Call unheard = history.call("b", append("y", "5"));
    History.Call refused = history.call("b", append("y", "6"));
    history.call("c", compareAndSet("x", "1", "3"));
    now = 200;
    unheard.tookEffect(Reply.newBuilder().setNumber(4).build());
    unheard.tookEffect(Reply.newBuilder().setNumber(5).build());
    refused.tookEffect(Reply.newBuilder().setStatus(Reply.Status.SESSION_REFUSED).build());
    assertThat(history.completion())
        .containsExactly(
            new Operation("a", Kind.PUT, "x", "", "1", "", 100, 101, Status.OK),
            new Operation("b", Kind.APPEND, "y", "", "5", "4", 102, 200, Status.OK));
    unheard.failed();
    assertThat(history.completion())
        .extracting(Operation::status)
        .containsExactly(Status.OK, Status.FAIL);
  }

  @Test
  void whatTellsNothingOfAKeyIsNotTaken() {
    assertThatThrownBy(() -> history.call("a", greet("b")))
        .isInstanceOf(IllegalArgumentException.class);
    Reply refused = Reply.newBuilder().setStatus(Reply.Status.SESSION_REFUSED).build();
    assertThatThrownBy(() -> history.call("a", get("x")).answered(refused))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> history.call("a", put("x", "null")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** The model and the machine were written apart; here they meet. */
  @Test
  void whatTheMachineAnswersOneAfterTheOtherIsLinearizable() {
    Random random = new Random(1);
    KeyValueMachine machine = new KeyValueMachine();
    int answered = 0;
    carryOut(machine, 1, KeyValueCommands.openSession());
    for (int seq = 1; seq <= 3_000; seq++) {
      Request request = request(random);
      History.Call call = history.call("a", request);
      byte[] command = KeyValueCommands.inSession(request, 1, seq, seq);
      Reply reply = carryOut(machine, seq + 1, command);
      if (reply.getStatus() == Reply.Status.INVALID) {
        call.failed();
      } else {
        call.answered(reply);
        answered++;
      }
    }
    assertThat(answered).isBetween(1_000, 2_999);
    assertThat(
            Linearizability.check(
                history.operations(), new KeyValueModel(), Budget.ofSteps(100_000)))
        .isEqualTo(Verdict.OK);
  }

  private static Reply carryOut(KeyValueMachine machine, long index, byte[] command) {
    return KeyValueCommands.reply(
        machine.apply(List.of(new Command(index, index, command))).get(0));
  }

  private static Request request(Random random) {
    String key = "k" + random.nextInt(5);
    String value = Integer.toString(random.nextInt(3));
    return switch (random.nextInt(7)) {
      case 0 -> put(key, value);
      case 1 -> delete(key);
      case 2 -> compareAndSet(key, random.nextBoolean() ? null : value, "1");
      case 3 -> append(key, "[" + value + ",\"a,\"]");
      case 4 -> add(key, random.nextBoolean() ? Long.MAX_VALUE / 2 : -1);
      default -> get(key);
    };
  }
}
