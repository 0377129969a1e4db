package io.raftlessons.replication.sim;

import io.raftlessons.replication.StateMachine;
import io.raftlessons.replication.keyvalue.KeyValueCommands;
import io.raftlessons.replication.keyvalue.KeyValueMachine;
import io.raftlessons.replication.keyvalue.wire.Reply;
import io.raftlessons.replication.keyvalue.wire.Request;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * A key-value machine that knows its whole past: how many commands it has applied, and a hash of
 * them in order. Two servers of which that is the same have applied the same. A command begins with
 * the eight bytes that number the proposal (see {@link LogChecks}); the rest is for the key-value
 * machine.
 */
public final class CountingMachine implements StateMachine {
  static final int NUMBER_BYTES = Long.BYTES;

  private final KeyValueMachine machine = new KeyValueMachine();
  private BiConsumer<Long, byte[]> onApplied = (number, result) -> {};
  private long count;
  private long hash;

  /** One with this state. */
  public static CountingMachine of(byte[] state) {
    try {
      CountingMachine machine = new CountingMachine();
      machine.restore(new ByteArrayInputStream(state));
      return machine;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same state, but with another count. */
  public static byte[] counting(byte[] state, long count) {
    byte[] other = state.clone();
    ByteBuffer.wrap(other).putLong(count);
    return other;
  }

  /** Is told the number and the result of each command, whenever one is applied. */
  void onApplied(BiConsumer<Long, byte[]> observer) {
    onApplied = observer;
  }

  @Override
  public List<byte[]> apply(List<Command> batch) {
    List<Command> commands = new ArrayList<>(batch.size());
    for (Command command : batch) {
      byte[] data = command.data();
      count++;
      hash = (hash * 31 + Arrays.hashCode(data)) * 31 + command.timeMillis();
      byte[] rest = Arrays.copyOfRange(data, NUMBER_BYTES, data.length);
      commands.add(new Command(command.index(), command.timeMillis(), rest));
    }
    List<byte[]> results = machine.apply(commands);
    for (int i = 0; i < batch.size(); i++) {
      onApplied.accept(ByteBuffer.wrap(batch.get(i).data()).getLong(), results.get(i));
    }
    return results;
  }

  /** 16 bytes: the count and the hash. */
  public byte[] past() {
    return ByteBuffer.allocate(16).putLong(count).putLong(hash).array();
  }

  /** What the key-value machine answers to a request that only reads. */
  Reply query(Request query) {
    return KeyValueCommands.reply(machine.query(query.toByteArray()));
  }

  /** How many commands were applied. */
  public long count() {
    return count;
  }

  /** All that it knows, as bytes. */
  public byte[] state() {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      snapshot().writeTo(out);
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Snapshot snapshot() {
    byte[] past = past();
    Snapshot rest = machine.snapshot();
    return out -> {
      new DataOutputStream(out).write(past);
      rest.writeTo(out);
    };
  }

  @Override
  public void restore(InputStream snapshot) throws IOException {
    DataInputStream in = new DataInputStream(snapshot);
    count = in.readLong();
    hash = in.readLong();
    machine.restore(in);
  }
}
