package io.raftlessons.replication.keyvalue;

import static io.raftlessons.replication.keyvalue.KeyValueCommands.add;
import static io.raftlessons.replication.keyvalue.KeyValueCommands.append;
import static io.raftlessons.replication.keyvalue.KeyValueCommands.get;
import static io.raftlessons.replication.keyvalue.KeyValueCommands.put;
import static io.raftlessons.replication.keyvalue.KeyValueCommands.withIdempotencyKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.replication.StateMachine.Command;
import io.raftlessons.replication.StateMachine.Snapshot;
import io.raftlessons.replication.keyvalue.KeyValueMachine.Limits;
import io.raftlessons.replication.keyvalue.wire.Reply.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MachineSnapshotTest {
  @Test
  void anEmptyMachineRoundTrips() throws IOException {
    byte[] empty = new Client().bytes();
    assertThat(Client.bytes(Client.restored(Client.SMALL, empty).snapshot())).isEqualTo(empty);
  }

  @Test
  void aRestoredMachineGoesOnAsIfItHadNeverStopped() throws IOException {
    EnumMap<Status, Integer> seen = new EnumMap<>(Status.class);
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      List<Command> log = Histories.random(random, 300);
      int cut = random.nextInt(log.size());
      KeyValueMachine whole = new KeyValueMachine(Client.SMALL);
      for (byte[] reply : whole.apply(log.subList(0, cut))) {
        seen.merge(KeyValueCommands.reply(reply).getStatus(), 1, Integer::sum);
      }
      byte[] snapshot = Client.bytes(whole.snapshot());
      KeyValueMachine resumed = Client.restored(Client.SMALL, snapshot);
      assertThat(Client.bytes(resumed.snapshot())).as("seed %d", seed).isEqualTo(snapshot);

      List<byte[]> expected = whole.apply(log.subList(cut, log.size()));
      List<byte[]> replies = resumed.apply(log.subList(cut, log.size()));
      assertThat(replies.toArray(byte[][]::new))
          .as("seed %d", seed)
          .isDeepEqualTo(expected.toArray(byte[][]::new));
      assertThat(Client.bytes(resumed.snapshot()))
          .as("seed %d", seed)
          .isEqualTo(Client.bytes(whole.snapshot()));
    }
    for (Status status : Status.values()) {
      if (status != Status.UNRECOGNIZED) {
        assertThat(seen.getOrDefault(status, 0)).as("%s", status).isGreaterThan(300);
      }
    }
  }

  @Test
  void sizesAreCountedAgainAfterRestore() throws IOException {
    Limits tight = new Limits(10_000, 10, 100, 10_000, 10, 16, 1_000, 3_000);
    for (int seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      Client client = new Client(tight);
      long[] sessions = {client.open(), client.open(), client.open()};
      client.send(put("a", "1".repeat(700)), sessions[0], 1);
      for (int seq = 2; seq < 8; seq++) {
        client.send(
            withIdempotencyKey(get("a"), "k" + random.nextInt(6)),
            sessions[random.nextInt(3)],
            seq,
            random.nextInt(seq));
      }
      KeyValueMachine resumed = Client.restored(tight, client.bytes());
      for (int seq = 8; seq < 20; seq++) {
        byte[] data =
            KeyValueCommands.inSession(
                withIdempotencyKey(get("a"), "k" + random.nextInt(6)),
                sessions[random.nextInt(3)],
                seq,
                seq - random.nextInt(4));
        client.apply(data);
        resumed.apply(List.of(new Command(100 + seq, client.time, data)));
        assertThat(Client.bytes(resumed.snapshot())).as("seed %d", seed).isEqualTo(client.bytes());
      }
    }
  }

  @Test
  void theTieBetweenSessionsOfOneMomentSurvives() throws IOException {
    Client client = new Client();
    long first = client.open();
    long second = client.open();
    client.open();
    client.send(add("a", 1), first, 1);
    KeyValueMachine resumed = Client.restored(Client.SMALL, client.bytes());
    resumed.apply(List.of(new Command(50, client.time, KeyValueCommands.openSession())));
    byte[] data = KeyValueCommands.inSession(add("a", 1), second, 1, 1);
    byte[] reply = resumed.apply(List.of(new Command(51, client.time, data))).get(0);
    assertThat(KeyValueCommands.reply(reply).getStatus()).isEqualTo(Status.SESSION_REFUSED);
  }

  @Test
  void restoreReplacesAndDoesNotMerge() throws IOException {
    Client source = new Client();
    source.send(put("a", "1"), source.open(), 1);
    byte[] snapshot = source.bytes();
    Client target = new Client();
    target.time = 900;
    for (int i = 0; i < 3; i++) {
      target.send(withIdempotencyKey(put("b" + i, "2"), "i" + i), target.open(), 1);
    }
    target.machine.restore(new ByteArrayInputStream(snapshot));
    assertThat(target.bytes()).isEqualTo(snapshot);
  }

  @Test
  void aSnapshotIsNotTouchedByLaterCommandsAndCanBeWrittenAgain() {
    for (int seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      List<Command> log = Histories.random(random, 200);
      KeyValueMachine machine = new KeyValueMachine(Client.SMALL);
      machine.apply(log.subList(0, 100));
      Snapshot snapshot = machine.snapshot();
      byte[] before = Client.bytes(snapshot);
      machine.apply(log.subList(100, 200));
      assertThat(Client.bytes(machine.snapshot())).isNotEqualTo(before);
      assertThat(Client.bytes(snapshot)).as("seed %d", seed).isEqualTo(before);
    }
  }

  @Test
  void everyTruncationIsRejectedAndTheStateKept() {
    byte[] snapshot = small();
    for (int length = 0; length < snapshot.length; length++) {
      byte[] cut = Arrays.copyOf(snapshot, length);
      assertRejected(cut, "length " + length);
    }
  }

  @Test
  void everyFlippedBitIsRejectedAndTheStateKept() {
    byte[] snapshot = small();
    for (int bit = 0; bit < snapshot.length * 8; bit++) {
      byte[] damaged = snapshot.clone();
      damaged[bit / 8] ^= (byte) (1 << (bit % 8));
      assertRejected(damaged, "bit " + bit);
    }
  }

  @Test
  void trailingBytesAreRejected() {
    byte[] snapshot = small();
    assertRejected(Arrays.copyOf(snapshot, snapshot.length + 1), "one more");
  }

  @Test
  void randomBytesAreRejected() {
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      byte[] nonsense = new byte[random.nextInt(200)];
      random.nextBytes(nonsense);
      assertRejected(nonsense, "attempt " + i);
    }
  }

  private static void assertRejected(byte[] damaged, String what) {
    Client client = new Client();
    client.send(put("b", "2"), client.open(), 1);
    byte[] before = client.bytes();
    assertThatThrownBy(() -> client.machine.restore(new ByteArrayInputStream(damaged)))
        .as(what)
        .isInstanceOf(IOException.class);
    assertThat(client.bytes()).as(what).isEqualTo(before);
  }

  private static byte[] small() {
    Client client = new Client();
    long session = client.open();
    client.send(put("a", "1"), session, 1);
    client.send(withIdempotencyKey(append("é", "\"x\""), "i"), session, 2);
    client.send(add("a", 1), client.open(), 1);
    return client.bytes();
  }
}
