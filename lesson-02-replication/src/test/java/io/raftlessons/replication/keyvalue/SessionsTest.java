package io.raftlessons.replication.keyvalue;

import static io.raftlessons.replication.keyvalue.KeyValueCommands.add;
import static io.raftlessons.replication.keyvalue.KeyValueCommands.get;
import static io.raftlessons.replication.keyvalue.KeyValueCommands.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.replication.keyvalue.KeyValueMachine.Limits;
import io.raftlessons.replication.keyvalue.wire.Reply;
import io.raftlessons.replication.keyvalue.wire.Reply.Status;
import org.junit.jupiter.api.Test;

class SessionsTest {
  private final Client client = new Client();

  private void assertRefused(Reply reply) {
    assertThat(reply.getStatus()).isEqualTo(Status.SESSION_REFUSED);
    assertThat(reply.getText()).isNotEmpty();
  }

  @Test
  void refusesAnUnknownSessionEachTimeAndDoesNothing() {
    byte[] before = client.bytes();
    for (long unknown : new long[] {0, 1, 77, -1, Long.MAX_VALUE, Long.MIN_VALUE}) {
      client.time = 0;
      assertRefused(client.send(put("a", "1"), unknown, 1));
      assertRefused(client.send(put("a", "1"), unknown, 1));
    }
    assertThat(client.bytes()).isEqualTo(before);
  }

  @Test
  void expiresAfterTheTimeOutSinceItsLastUseAndDoesNotComeBack() {
    long session = client.open();
    client.time += Client.TIMEOUT - 1;
    assertThat(client.send(add("a", 1), session, 1)).isEqualTo(Replies.sum(1));
    client.time += Client.TIMEOUT - 1;
    assertThat(client.send(add("a", 1), session, 1)).isEqualTo(Replies.sum(1));
    client.time += Client.TIMEOUT;
    assertRefused(client.send(add("a", 1), session, 1));
    assertRefused(client.send(add("a", 1), session, 2));
    long other = client.open();
    assertThat(client.send(get("a"), other, 1)).isEqualTo(Replies.text("1"));
    assertRefused(client.send(add("a", 1), session, 3));
  }

  @Test
  void expiresAllThatAreDueAndNoOther() {
    long first = client.open();
    long second = client.open();
    client.time += Client.TIMEOUT / 2;
    assertThat(client.send(add("a", 1), first, 1)).isEqualTo(Replies.sum(1));
    client.time += Client.TIMEOUT / 2;
    assertRefused(client.send(add("a", 1), second, 1));
    assertThat(client.send(add("a", 1), first, 2)).isEqualTo(Replies.sum(2));
  }

  @Test
  void evictsTheLeastRecentlyUsed() {
    long first = client.open();
    long second = client.open();
    long third = client.open();
    assertThat(client.send(add("a", 1), first, 1)).isEqualTo(Replies.sum(1));
    long fourth = client.open();
    assertRefused(client.send(add("a", 1), second, 1));
    assertThat(client.send(add("a", 1), third, 1)).isEqualTo(Replies.sum(2));
    assertThat(client.send(add("a", 1), first, 1)).isEqualTo(Replies.sum(1));
    client.open();
    assertRefused(client.send(add("a", 1), fourth, 1));
    assertThat(client.send(add("a", 1), first, 2)).isEqualTo(Replies.sum(3));
  }

  @Test
  void timeThatGoesBackIsTheTimeBefore() {
    client.time = 10_000;
    long session = client.open();
    client.time = 5;
    assertThat(client.send(add("a", 1), session, 1)).isEqualTo(Replies.sum(1));
    client.time = 10_000 + Client.TIMEOUT - 1;
    assertThat(client.send(add("a", 1), session, 2)).isEqualTo(Replies.sum(2));
    client.time = 5;
    assertThat(client.send(add("a", 1), session, 3)).isEqualTo(Replies.sum(3));
    client.time = 10_000 + 2 * Client.TIMEOUT - 1;
    assertRefused(client.send(add("a", 1), session, 4));
  }

  @Test
  void forgetsAcknowledgedResultsAndRefusesTheirSeqs() {
    long session = client.open();
    assertThat(client.send(add("a", 1), session, 1)).isEqualTo(Replies.sum(1));
    assertThat(client.send(add("a", 1), session, 3)).isEqualTo(Replies.sum(2));
    assertThat(client.send(add("a", 1), session, 4, 3)).isEqualTo(Replies.sum(3));
    assertRefused(client.send(add("a", 1), session, 1));
    assertRefused(client.send(add("a", 1), session, 2));
    assertThat(client.send(add("a", 1), session, 3)).isEqualTo(Replies.sum(2));
    assertThat(client.send(get("a"), session, 5)).isEqualTo(Replies.text("3"));
  }

  @Test
  void keepsTheResultOfAFailureToo() {
    long session = client.open();
    client.send(put("a", "[]"), session, 1);
    Reply failed = client.send(add("a", 1), session, 2);
    assertThat(failed.getStatus()).isEqualTo(Status.INVALID);
    client.send(put("a", "1"), session, 3);
    assertThat(client.send(add("a", 1), session, 2)).isEqualTo(failed);
    assertThat(client.send(get("a"), session, 4)).isEqualTo(Replies.text("1"));
  }

  @Test
  void sameSeqsOfDifferentSessionsAreDifferent() {
    long first = client.open();
    long second = client.open();
    assertThat(client.send(add("a", 1), first, 1)).isEqualTo(Replies.sum(1));
    assertThat(client.send(add("a", 1), second, 1)).isEqualTo(Replies.sum(2));
  }

  @Test
  void refusesMoreResultsThanItKeepsUntilSomeAreAcknowledged() {
    int most = Client.SMALL.maxResultsPerSession();
    long session = client.open();
    for (int seq = 1; seq <= most; seq++) {
      assertThat(client.send(add("a", 1), session, seq)).isEqualTo(Replies.sum(seq));
    }
    assertRefused(client.send(add("a", 1), session, most + 1));
    assertThat(client.send(add("a", 1), session, 1)).isEqualTo(Replies.sum(1));
    assertThat(client.send(add("a", 1), session, most + 1, 2)).isEqualTo(Replies.sum(most + 1));
    assertRefused(client.send(add("a", 1), session, most + 2, 2));
    assertThat(client.send(get("a"), session, most + 3, most + 3))
        .isEqualTo(Replies.text(Integer.toString(most + 1)));
  }

  @Test
  void evictsSessionsWhenAllResultsTogetherAreTooLarge() {
    Client tight =
        new Client(new Limits(Client.TIMEOUT, 10, 100, Client.RETENTION, 10, 16, 1_000, 3_000));
    long first = tight.open();
    long second = tight.open();
    tight.send(put("a", "1".repeat(900)), first, 1);
    tight.send(get("a"), first, 2);
    tight.send(get("a"), second, 1);
    tight.send(get("a"), second, 2);
    assertThat(tight.send(get("a"), second, 3).getStatus()).isEqualTo(Status.OK);
    assertRefused(tight.send(get("a"), first, 2));
    assertThat(tight.send(get("a"), second, 4).getStatus()).isEqualTo(Status.OK);
    assertRefused(tight.send(get("a"), second, 5));
    assertThat(tight.send(get("a"), second, 5, 3).getStatus()).isEqualTo(Status.OK);
    assertThat(tight.open()).isPositive();
    assertThat(tight.send(get("a"), second, 5, 5).getStatus()).isEqualTo(Status.OK);
  }

  @Test
  void whatExpiredSessionsKeptCountsNoMore() {
    Client tight =
        new Client(new Limits(Client.TIMEOUT, 10, 100, Client.RETENTION, 10, 16, 1_000, 3_000));
    long expired = tight.open();
    tight.send(put("a", "1".repeat(900)), expired, 1);
    tight.send(get("a"), expired, 2);
    tight.send(get("a"), expired, 3);
    tight.time += Client.TIMEOUT;
    long first = tight.open();
    long second = tight.open();
    tight.send(get("a"), first, 1);
    tight.send(get("a"), second, 1);
    assertThat(tight.send(get("a"), first, 1).getStatus()).isEqualTo(Status.OK);
  }

  @Test
  void checksSeqs() {
    long session = client.open();
    byte[] before = client.bytes();
    for (long[] seqs :
        new long[][] {{0, 0}, {-1, 0}, {1, 2}, {1, -1}, {Long.MIN_VALUE, Long.MIN_VALUE}}) {
      assertThat(client.send(put("a", "1"), session, seqs[0], seqs[1]).getStatus())
          .isEqualTo(Status.INVALID);
    }
    assertThat(client.bytes()).isEqualTo(before);
    assertThat(client.send(put("a", "1"), session, Long.MAX_VALUE, 0)).isEqualTo(Replies.OK);
    assertThat(client.send(add("a", 1), session, Long.MAX_VALUE, Long.MAX_VALUE))
        .isEqualTo(Replies.OK);
  }
}
