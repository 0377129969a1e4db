package io.raftlessons.replication.keyvalue;

import static io.raftlessons.replication.keyvalue.KeyValueCommands.add;
import static io.raftlessons.replication.keyvalue.KeyValueCommands.get;
import static io.raftlessons.replication.keyvalue.KeyValueCommands.greet;
import static io.raftlessons.replication.keyvalue.KeyValueCommands.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.replication.keyvalue.wire.Reply;
import io.raftlessons.replication.keyvalue.wire.Reply.Status;
import io.raftlessons.replication.keyvalue.wire.Request;
import org.junit.jupiter.api.Test;

/** What the machine answers without a command. */
class QueryTest {
  private final Client client = new Client();
  private final long session = client.open();

  private Reply query(Request request) {
    return KeyValueCommands.reply(client.machine.query(request.toByteArray()));
  }

  @Test
  void answersAsTheCommandWould() {
    client.send(put("a", "\"x\""), session, 1);
    for (Request question : new Request[] {get("a"), get("b"), get(""), greet("World")}) {
      Reply byCommand = client.send(question, client.open(), 1);
      assertThat(query(question)).as("%s", question).isEqualTo(byCommand);
    }
  }

  @Test
  void aQueryThatWouldChangeSomethingIsRefused() {
    byte[] before = client.bytes();
    for (Request change :
        new Request[] {put("a", "1"), add("a", 1), Request.newBuilder().build()}) {
      assertThat(query(change).getStatus()).isEqualTo(Status.INVALID);
    }
    Reply broken = KeyValueCommands.reply(client.machine.query(new byte[] {(byte) 0xff}));
    assertThat(broken.getStatus()).isEqualTo(Status.INVALID);
    assertThat(client.bytes()).isEqualTo(before);
  }

  /** Else servers that are asked differently would differ. */
  @Test
  void sessionsAndTimeAreAsBefore() {
    client.send(put("a", "1"), session, 1);
    byte[] before = client.bytes();
    client.time += 2 * Client.TIMEOUT;
    Request inSession =
        get("a").toBuilder().setSession(session).setSeq(2).setFirstUnacknowledged(2).build();
    assertThat(query(inSession).getText()).isEqualTo("1");
    assertThat(query(KeyValueCommands.withIdempotencyKey(get("a"), "key")).getText())
        .isEqualTo("1");
    assertThat(client.bytes()).isEqualTo(before);
  }
}
