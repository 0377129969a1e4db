package io.raftlessons.replication.sim;

import io.raftlessons.replication.history.Operation;
import io.raftlessons.replication.history.Operation.Kind;
import io.raftlessons.replication.history.Operation.Status;
import java.util.function.UnaryOperator;

/**
 * The state of the whole machine is replaced by another one. In a history, of which every key is
 * checked alone, that is a put or a delete of every key. Unless it is said how it ended, its
 * outcome is unknown.
 */
public final class Replacement {
  private final UnaryOperator<String> valueOf;
  private final long called;
  private long returned;
  private Status status = Status.UNKNOWN;

  Replacement(UnaryOperator<String> valueOf, long called) {
    this.valueOf = valueOf;
    this.called = called;
    returned = called;
  }

  /** It has happened by now, in nanoseconds of the world. */
  public void done(long now) {
    returned = now;
    status = Status.OK;
  }

  /** It surely had no effect and will have none. */
  public void failed(long now) {
    returned = now;
    status = Status.FAIL;
  }

  /** What it was for a key. Of a delete nobody knows whether it found anything. */
  Operation of(String key) {
    String value = valueOf.apply(key);
    return new Operation("operator", Kind.PUT, key, "", value, "", called, returned, status);
  }
}
