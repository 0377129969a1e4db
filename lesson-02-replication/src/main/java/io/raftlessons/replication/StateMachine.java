package io.raftlessons.replication;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/**
 * What the log drives (HashiCorp: FSM, BatchingFSM). Every server applies the same commands in the
 * same order, so a machine must be a function of them alone: no clock but the command's time, no
 * random numbers, no order of hashes.
 *
 * <p>{@link #apply}, {@link #snapshot} and {@link #restore} are called by one loop, never two at
 * once; the queries of {@link ReplicationNode#read} run on it too.
 */
public interface StateMachine {
  /**
   * A committed command.
   *
   * @param index its place in the log, from 1
   * @param timeMillis log time: never less than that of the command before, on every server the
   *     same
   * @param data what was proposed; must not be changed
   * @param extensions what was proposed with it, see {@link Replica#applyLog}; mostly empty
   */
  record Command(long index, long timeMillis, byte[] data, byte[] extensions) {
    private static final byte[] NONE = new byte[0];

    public Command(long index, long timeMillis, byte[] data) {
      this(index, timeMillis, data, NONE);
    }
  }

  /**
   * Applies committed commands in order.
   *
   * @return one result for each, in order; never null. A command that makes no sense is answered
   *     with a result that says so: an exception stops the server
   */
  List<byte[]> apply(List<Command> batch);

  /** A consistent view of the state, made quickly; it stays valid while later commands apply. */
  Snapshot snapshot();

  /**
   * Replaces the whole state by that of a snapshot.
   *
   * @throws IOException if the stream is damaged; the state is then undefined
   */
  void restore(InputStream snapshot) throws IOException;

  /** A view of the state. */
  interface Snapshot {
    /** Writes the state; called on another thread than {@link StateMachine#apply}. */
    void writeTo(OutputStream out) throws IOException;
  }
}
