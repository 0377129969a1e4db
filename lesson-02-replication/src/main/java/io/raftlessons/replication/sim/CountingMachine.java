package io.raftlessons.replication.sim;

import io.raftlessons.replication.StateMachine;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A machine whose answers tell its whole past: how many commands it has applied, and a hash of them
 * in order. Two servers that answer the same have applied the same.
 */
public final class CountingMachine implements StateMachine {
  private long count;
  private long hash;

  @Override
  public List<byte[]> apply(List<Command> batch) {
    List<byte[]> results = new ArrayList<>(batch.size());
    for (Command command : batch) {
      count++;
      hash = (hash * 31 + Arrays.hashCode(command.data())) * 31 + command.timeMillis();
      results.add(state());
    }
    return results;
  }

  /** 16 bytes: the count and the hash. */
  public byte[] state() {
    return ByteBuffer.allocate(16).putLong(count).putLong(hash).array();
  }

  /** How many commands were applied. */
  public long count() {
    return count;
  }

  @Override
  public Snapshot snapshot() {
    byte[] state = state();
    return out -> new DataOutputStream(out).write(state);
  }

  @Override
  public void restore(InputStream snapshot) throws IOException {
    DataInputStream in = new DataInputStream(snapshot);
    count = in.readLong();
    hash = in.readLong();
  }
}
