package io.raftlessons.replication.keyvalue;

import static io.raftlessons.replication.keyvalue.KeyValueCommands.add;
import static io.raftlessons.replication.keyvalue.KeyValueCommands.put;
import static io.raftlessons.replication.keyvalue.KeyValueCommands.withIdempotencyKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.replication.keyvalue.wire.KeyValueCommand;
import io.raftlessons.replication.keyvalue.wire.Reply;
import io.raftlessons.replication.keyvalue.wire.Reply.Status;
import io.raftlessons.replication.keyvalue.wire.Request;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MalformedCommandTest {
  private static final int ATTEMPTS = 10_000;

  private final Client client = new Client();
  private final long session = client.open();

  @Test
  void randomBytesAreInvalidAndChangeNothing() {
    client.send(put("a", "1"), session, 1);
    byte[] before = client.bytes();
    Random random = new Random(7);
    for (int i = 0; i < ATTEMPTS; i++) {
      byte[] nonsense = new byte[3 + random.nextInt(60)];
      random.nextBytes(nonsense);
      assertThat(client.apply(nonsense).getStatus()).as("attempt %d", i).isEqualTo(Status.INVALID);
    }
    assertThat(client.bytes()).isEqualTo(before);
  }

  @Test
  void damagedCommandsAreAnsweredAndAnInvalidOneChangesNoValue() {
    byte[] good =
        KeyValueCommands.inSession(withIdempotencyKey(add("counter", 3), "key"), session, 9, 2);
    Random random = new Random(8);
    int invalid = 0;
    byte[] before = client.bytes();
    for (int i = 0; i < ATTEMPTS; i++) {
      byte[] damaged = good.clone();
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      Reply reply = client.apply(damaged);
      assertThat(reply.getStatus()).isNotEqualTo(Status.UNRECOGNIZED);
      byte[] after = client.bytes();
      if (reply.getText().equals("the command cannot be read")) {
        assertThat(after).as("attempt %d", i).isEqualTo(before);
        invalid++;
      }
      before = after;
    }
    assertThat(invalid).isGreaterThan(ATTEMPTS / 10);
  }

  @Test
  void everyPrefixOfACommandIsAnswered() {
    byte[] good = KeyValueCommands.inSession(put("a", "1"), session, 1, 1);
    byte[] before = client.bytes();
    for (int length = 0; length < good.length; length++) {
      assertThat(client.apply(Arrays.copyOf(good, length)).getStatus()).isEqualTo(Status.INVALID);
    }
    assertThat(client.bytes()).isEqualTo(before);
  }

  @Test
  void aRequestWithoutOperationIsInvalidAndItsSeqStaysFree() {
    byte[] none = KeyValueCommands.inSession(Request.getDefaultInstance(), session, 1, 1);
    assertThat(client.apply(none).getStatus()).isEqualTo(Status.INVALID);
    assertThat(client.send(put("a", "1"), session, 1)).isEqualTo(Replies.OK);
  }

  @Test
  void anUnknownKindIsInvalid() {
    assertThat(client.apply(KeyValueCommand.getDefaultInstance().toByteArray()).getStatus())
        .isEqualTo(Status.INVALID);
    byte[] kindOf99 = {(byte) 0x9a, 0x06, 0x00};
    assertThat(client.apply(kindOf99).getStatus()).isEqualTo(Status.INVALID);
  }
}
