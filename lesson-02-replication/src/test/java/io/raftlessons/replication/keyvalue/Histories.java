package io.raftlessons.replication.keyvalue;

import io.raftlessons.replication.StateMachine.Command;
import io.raftlessons.replication.keyvalue.wire.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random logs that reach expiry, eviction, duplicates, failures and nonsense. */
final class Histories {
  private Histories() {}

  static List<Command> random(Random random, int length) {
    List<Command> log = new ArrayList<>();
    List<Long> sessions = new ArrayList<>();
    long time = 1;
    for (long index = 1; index <= length; index++) {
      time += random.nextInt(30) == 0 ? random.nextInt(2 * Client.TIMEOUT) : random.nextInt(20);
      byte[] data;
      int kind = random.nextInt(20);
      if (sessions.isEmpty() || kind < 2) {
        sessions.add(index);
        data = KeyValueCommands.openSession();
      } else if (kind == 2) {
        data = new byte[random.nextInt(20)];
        random.nextBytes(data);
      } else if (kind < 6) {
        data = log.get(random.nextInt(log.size())).data();
      } else {
        long session =
            sessions.get(sessions.size() - 1 - random.nextInt(Math.min(4, sessions.size())));
        long seq = 1 + random.nextInt(12) + index / 20;
        data =
            KeyValueCommands.inSession(
                operation(random), session, seq, Math.max(0, seq - random.nextInt(12)));
      }
      log.add(new Command(index, time, data));
    }
    return log;
  }

  private static Request operation(Random random) {
    String key = "k" + random.nextInt(6);
    String number = Integer.toString(random.nextInt(4));
    Request operation =
        switch (random.nextInt(8)) {
          case 0 -> KeyValueCommands.get(key);
          case 1 -> KeyValueCommands.put(key, number);
          case 2 -> KeyValueCommands.delete(key);
          case 3 -> KeyValueCommands.compareAndSet(key, random.nextBoolean() ? number : null, "1");
          case 4, 5 -> KeyValueCommands.append(key, number);
          case 6 -> KeyValueCommands.add(key, random.nextInt(5) - 2);
          default -> KeyValueCommands.greet(key);
        };
    return random.nextInt(3) == 0
        ? KeyValueCommands.withIdempotencyKey(operation, "i" + random.nextInt(8))
        : operation;
  }
}
