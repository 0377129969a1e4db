package io.raftlessons.replication.keyvalue;

import io.raftlessons.replication.StateMachine.Command;
import io.raftlessons.replication.StateMachine.Snapshot;
import io.raftlessons.replication.keyvalue.KeyValueMachine.Limits;
import io.raftlessons.replication.keyvalue.wire.Reply;
import io.raftlessons.replication.keyvalue.wire.Request;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** A log of one writer over a machine: it counts indexes and is told when log time passes. */
final class Client {
  static final int TIMEOUT = 1_000;
  static final int RETENTION = 5_000;

  /** Small numbers, so that a test reaches every one of them. */
  static final Limits SMALL = new Limits(TIMEOUT, 3, 8, RETENTION, 4, 16, 64, 1 << 20);

  final KeyValueMachine machine;
  long time = 1;
  private long index;

  Client() {
    this(SMALL);
  }

  Client(Limits limits) {
    machine = new KeyValueMachine(limits);
  }

  long open() {
    Reply reply = apply(KeyValueCommands.openSession());
    return reply.getNumber();
  }

  Reply send(Request operation, long session, long seq) {
    return send(operation, session, seq, 1);
  }

  Reply send(Request operation, long session, long seq, long firstUnacknowledged) {
    return apply(KeyValueCommands.inSession(operation, session, seq, firstUnacknowledged));
  }

  Reply apply(byte[] data) {
    Command command = new Command(++index, time, data);
    return KeyValueCommands.reply(machine.apply(List.of(command)).get(0));
  }

  byte[] bytes() {
    return bytes(machine.snapshot());
  }

  static byte[] bytes(Snapshot snapshot) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      snapshot.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  static KeyValueMachine restored(Limits limits, byte[] snapshot) throws IOException {
    KeyValueMachine machine = new KeyValueMachine(limits);
    machine.restore(new ByteArrayInputStream(snapshot));
    return machine;
  }
}
