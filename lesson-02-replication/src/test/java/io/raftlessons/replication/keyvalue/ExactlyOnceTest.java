package io.raftlessons.replication.keyvalue;

import static io.raftlessons.replication.keyvalue.KeyValueCommands.append;
import static io.raftlessons.replication.keyvalue.KeyValueCommands.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.replication.keyvalue.wire.Reply;
import io.raftlessons.replication.keyvalue.wire.Reply.Status;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Duplicated and shuffled requests, against a model that is nothing but a list and two numbers. */
class ExactlyOnceTest {
  private static final int ROUNDS = 3_000;

  private record Sent(long seq, long firstUnacknowledged) {}

  @Test
  void everyRequestIsCarriedOutOnceInWhateverOrderCopiesArrive() {
    int duplicates = 0;
    int outOfOrder = 0;
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Random random = new Random(round);
      Client client = new Client(KeyValueMachine.Limits.defaults());
      long session = client.open();
      TreeMap<Long, Reply> results = new TreeMap<>();
      List<Long> carriedOut = new ArrayList<>();
      long acknowledged = 1;
      for (Sent sent : copies(random)) {
        acknowledged = Math.max(acknowledged, sent.firstUnacknowledged);
        results.headMap(acknowledged).clear();
        Reply reply =
            client.send(
                append("a", Long.toString(sent.seq)), session, sent.seq, sent.firstUnacknowledged);
        if (sent.seq < acknowledged) {
          assertThat(reply.getStatus()).as("round %d", round).isEqualTo(Status.SESSION_REFUSED);
          refused++;
        } else if (results.containsKey(sent.seq)) {
          assertThat(reply).as("round %d", round).isEqualTo(results.get(sent.seq));
          duplicates++;
        } else {
          outOfOrder += !carriedOut.isEmpty() && Collections.max(carriedOut) > sent.seq ? 1 : 0;
          carriedOut.add(sent.seq);
          assertThat(reply).as("round %d", round).isEqualTo(Replies.number(carriedOut.size()));
          results.put(sent.seq, reply);
        }
      }
      assertThat(client.send(get("a"), session, 1_000).getText())
          .as("round %d", round)
          .isEqualTo(carriedOut.toString().replace(" ", ""));
    }
    assertThat(duplicates).isGreaterThan(ROUNDS);
    assertThat(outOfOrder).isGreaterThan(ROUNDS);
    assertThat(refused).isGreaterThan(ROUNDS);
  }

  private static List<Sent> copies(Random random) {
    List<Sent> copies = new ArrayList<>();
    boolean acknowledges = random.nextInt(3) > 0;
    int requests = 2 + random.nextInt(12);
    for (int seq = 1; seq <= requests; seq++) {
      for (int copy = random.nextInt(4); copy >= 0; copy--) {
        copies.add(new Sent(seq, acknowledges ? Math.max(0, seq - random.nextInt(6)) : 1));
      }
    }
    Collections.shuffle(copies, random);
    return copies;
  }
}
