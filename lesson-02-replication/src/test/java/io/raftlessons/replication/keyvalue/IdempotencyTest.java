package io.raftlessons.replication.keyvalue;

import static io.raftlessons.replication.keyvalue.KeyValueCommands.add;
import static io.raftlessons.replication.keyvalue.KeyValueCommands.get;
import static io.raftlessons.replication.keyvalue.KeyValueCommands.put;
import static io.raftlessons.replication.keyvalue.KeyValueCommands.withIdempotencyKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.replication.keyvalue.KeyValueMachine.Limits;
import io.raftlessons.replication.keyvalue.wire.Reply;
import io.raftlessons.replication.keyvalue.wire.Reply.Status;
import io.raftlessons.replication.keyvalue.wire.Request;
import org.junit.jupiter.api.Test;

class IdempotencyTest {
  private static final Request ONCE = withIdempotencyKey(add("a", 1), "key");

  private final Client client = new Client();
  private final long session = client.open();
  private long seq;

  /** Each in a session of its own, so that only the key can tell that it is a copy. */
  private Reply elsewhere(Request operation) {
    return client.send(operation, client.open(), 1);
  }

  private Reply here(Request operation) {
    seq++;
    return client.send(operation, session, seq, seq);
  }

  @Test
  void theSameKeyGivesTheSameAnswerFromWhateverSession() {
    assertThat(here(ONCE)).isEqualTo(Replies.sum(1));
    assertThat(here(add("a", 10))).isEqualTo(Replies.sum(11));
    assertThat(here(ONCE)).isEqualTo(Replies.sum(1));
    assertThat(elsewhere(ONCE)).isEqualTo(Replies.sum(1));
    assertThat(elsewhere(withIdempotencyKey(add("a", 1), "other"))).isEqualTo(Replies.sum(12));
  }

  @Test
  void theKeyOutlivesTheSession() {
    assertThat(here(ONCE)).isEqualTo(Replies.sum(1));
    client.time += Client.TIMEOUT;
    assertThat(here(ONCE).getStatus()).isEqualTo(Status.SESSION_REFUSED);
    assertThat(elsewhere(ONCE)).isEqualTo(Replies.sum(1));
    assertThat(elsewhere(get("a"))).isEqualTo(Replies.text("1"));
  }

  @Test
  void aKeyMustNotBeUsedForAnotherOperation() {
    assertThat(here(ONCE)).isEqualTo(Replies.sum(1));
    for (Request other : new Request[] {add("a", 2), add("b", 1), put("a", "1"), get("a")}) {
      assertThat(here(withIdempotencyKey(other, "key")).getStatus()).isEqualTo(Status.KEY_REUSED);
    }
    assertThat(here(get("a"))).isEqualTo(Replies.text("1"));
    assertThat(here(get("b"))).isEqualTo(Replies.NOT_FOUND);
    assertThat(here(ONCE)).isEqualTo(Replies.sum(1));
  }

  @Test
  void anAnswerFromTheTableIsTheSessionsToo() {
    assertThat(elsewhere(ONCE)).isEqualTo(Replies.sum(1));
    assertThat(client.send(ONCE, session, 1)).isEqualTo(Replies.sum(1));
    Reply reused = client.send(withIdempotencyKey(add("a", 5), "key"), session, 2);
    assertThat(reused.getStatus()).isEqualTo(Status.KEY_REUSED);
    passRetention();
    assertThat(client.send(ONCE, session, 1)).isEqualTo(Replies.sum(1));
    assertThat(client.send(withIdempotencyKey(add("a", 5), "key"), session, 2)).isEqualTo(reused);
    assertThat(client.send(ONCE, session, 3)).isEqualTo(Replies.sum(2));
  }

  @Test
  void aRepeatedSeqIsAnsweredBySessionBeforeTheKeyIsLookedAt() {
    assertThat(client.send(add("a", 7), session, 1)).isEqualTo(Replies.sum(7));
    assertThat(client.send(ONCE, session, 1)).isEqualTo(Replies.sum(7));
    assertThat(client.send(ONCE, session, 2)).isEqualTo(Replies.sum(8));
  }

  @Test
  void keepsAFailureToo() {
    here(put("a", "[]"));
    Reply failed = here(ONCE);
    assertThat(failed.getStatus()).isEqualTo(Status.INVALID);
    here(put("a", "1"));
    assertThat(here(ONCE)).isEqualTo(failed);
  }

  @Test
  void holdsForTheRetentionSinceItsFirstUse() {
    assertThat(here(ONCE)).isEqualTo(Replies.sum(1));
    client.time += Client.RETENTION / 2;
    assertThat(elsewhere(ONCE)).isEqualTo(Replies.sum(1));
    client.time += Client.RETENTION - Client.RETENTION / 2 - 1;
    assertThat(elsewhere(ONCE)).isEqualTo(Replies.sum(1));
    client.time += 1;
    assertThat(elsewhere(ONCE)).isEqualTo(Replies.sum(2));
    assertThat(elsewhere(ONCE)).isEqualTo(Replies.sum(2));
  }

  @Test
  void dropsTheOldestWhenThereAreTooMany() {
    int most = Client.SMALL.maxIdempotencyKeys();
    for (int i = 0; i < most; i++) {
      assertThat(here(withIdempotencyKey(add("a", 1), "key" + i))).isEqualTo(Replies.sum(i + 1));
    }
    assertThat(here(withIdempotencyKey(add("a", 1), "key0"))).isEqualTo(Replies.sum(1));
    assertThat(here(withIdempotencyKey(add("a", 1), "more"))).isEqualTo(Replies.sum(most + 1));
    assertThat(here(withIdempotencyKey(add("a", 1), "key1"))).isEqualTo(Replies.sum(2));
    assertThat(here(withIdempotencyKey(add("a", 1), "key0"))).isEqualTo(Replies.sum(most + 2));
    assertThat(here(withIdempotencyKey(add("a", 1), "key2"))).isEqualTo(Replies.sum(3));
    assertThat(here(withIdempotencyKey(add("a", 1), "key1"))).isEqualTo(Replies.sum(most + 3));
  }

  @Test
  void dropsTheOldestWhenAllAnswersTogetherAreTooLarge() {
    Client tight = new Client(new Limits(1_000, 10, 100, 1_000, 10, 16, 1_000, 2_500));
    long only = tight.open();
    tight.send(put("a", "1".repeat(900)), only, 1, 1);
    Request first = withIdempotencyKey(get("a"), "1");
    Request second = withIdempotencyKey(get("a"), "2");
    tight.send(first, only, 2, 2);
    tight.send(second, only, 3, 3);
    tight.send(withIdempotencyKey(get("a"), "3"), only, 4, 4);
    tight.send(put("a", "2"), only, 5, 5);
    assertThat(tight.send(second, only, 6, 6).getText()).hasSize(900);
    assertThat(tight.send(first, only, 7, 7).getText()).isEqualTo("2");
  }

  @Test
  void whatExpiredKeysKeptCountsNoMore() {
    Client tight = new Client(new Limits(10_000, 10, 100, 1_000, 10, 16, 1_000, 3_500));
    long only = tight.open();
    tight.send(put("a", "1".repeat(900)), only, 1, 1);
    tight.send(withIdempotencyKey(get("a"), "1"), only, 2, 2);
    tight.send(withIdempotencyKey(get("a"), "2"), only, 3, 3);
    tight.time += 1_000;
    tight.send(withIdempotencyKey(get("a"), "3"), only, 4, 4);
    tight.send(withIdempotencyKey(get("a"), "4"), only, 5, 5);
    tight.send(put("a", "2"), only, 6, 6);
    assertThat(tight.send(withIdempotencyKey(get("a"), "3"), only, 7, 7).getText()).hasSize(900);
  }

  @Test
  void anOverlongKeyIsInvalid() {
    String key = "k".repeat(Client.SMALL.maxKeyLength());
    assertThat(here(withIdempotencyKey(add("a", 1), key))).isEqualTo(Replies.sum(1));
    assertThat(here(withIdempotencyKey(add("a", 1), key + "k")).getStatus())
        .isEqualTo(Status.INVALID);
    assertThat(here(get("a"))).isEqualTo(Replies.text("1"));
  }

  private void passRetention() {
    for (int passed = 0; passed < Client.RETENTION; passed += Client.TIMEOUT / 2) {
      client.time += Client.TIMEOUT / 2;
      assertThat(client.send(ONCE, session, 1).getStatus()).isEqualTo(Status.OK);
    }
  }
}
