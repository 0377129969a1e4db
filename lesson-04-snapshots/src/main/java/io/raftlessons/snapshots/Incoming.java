package io.raftlessons.snapshots;

import io.raftlessons.wire.SnapshotMeta;

/** A snapshot that comes from the leader. */
final class Incoming {
  private enum State {
    /** For the next chunk. */
    WAITING,
    /** A chunk is being written. */
    STORING,
    /** It is whole, and the machine takes it. */
    RESTORING
  }

  private final SnapshotMeta meta;
  private long offset;
  private State state = State.WAITING;

  Incoming(SnapshotMeta meta) {
    this.meta = meta;
  }

  SnapshotMeta meta() {
    return meta;
  }

  /** What was written so far, in bytes. */
  long offset() {
    return offset;
  }

  /** Another leader may have the same one: then what has come counts. */
  boolean isSame(SnapshotMeta other) {
    return meta.equals(other);
  }

  boolean takes(long at, int bytes) {
    boolean empty = bytes == 0 && meta.getSize() > 0;
    return state == State.WAITING && at == offset && !empty;
  }

  boolean isWaiting() {
    return state == State.WAITING;
  }

  void storing() {
    state = State.STORING;
  }

  boolean isStoring(SnapshotEffect.StoreChunk chunk) {
    return state == State.STORING && offset == chunk.offset() && meta.equals(chunk.meta());
  }

  void stored(int bytes) {
    offset += bytes;
    state = State.WAITING;
  }

  boolean isWhole() {
    return offset == meta.getSize();
  }

  void restoring() {
    state = State.RESTORING;
  }

  boolean isRestoring() {
    return state == State.RESTORING;
  }
}
