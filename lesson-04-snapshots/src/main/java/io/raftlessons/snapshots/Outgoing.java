package io.raftlessons.snapshots;

import io.raftlessons.wire.SnapshotMeta;

/** A snapshot on its way to a follower: one chunk at a time. */
final class Outgoing {
  private enum State {
    /** Something was sent, and an answer should come. */
    ASKED,
    /** The follower waits for the next chunk. */
    DUE,
    /** The next chunk is being read. */
    LOADING
  }

  private final long patienceNanos;
  private SnapshotMeta meta;
  private long offset;
  private State state = State.ASKED;
  private long askedAt;

  /**
   * @param patienceNanos after which it is asked again
   */
  Outgoing(SnapshotMeta meta, long patienceNanos) {
    this.meta = meta;
    this.patienceNanos = patienceNanos;
  }

  SnapshotMeta meta() {
    return meta;
  }

  long offset() {
    return offset;
  }

  void asked(long now) {
    state = State.ASKED;
    askedAt = now;
  }

  /** From its beginning, after a while: it may not be there for long. */
  void beginAnew(long now) {
    offset = 0;
    asked(now);
  }

  /** Another snapshot takes its place, from its beginning, before that one is gone, too. */
  void replaceBy(SnapshotMeta newer) {
    meta = newer;
    offset = 0;
    state = State.DUE;
  }

  /** The follower has all before {@code next}; late and doubled answers move nothing. */
  void answered(long next, long now) {
    if (state != State.ASKED || next > meta.getSize()) {
      return;
    }
    offset = next;
    if (next < meta.getSize()) {
      state = State.DUE;
    } else {
      askedAt = now; // it has everything, and is about to use it
    }
  }

  boolean isDue() {
    return state == State.DUE;
  }

  void loading() {
    state = State.LOADING;
  }

  boolean isLoading(SnapshotMeta loaded, long at) {
    return state == State.LOADING && offset == at && meta.equals(loaded);
  }

  boolean isToBeAskedAgain(long now) {
    return state == State.ASKED && now - askedAt >= patienceNanos;
  }

  /**
   * @param mayLoadAt before which no chunk is read
   */
  long wakeAt(long mayLoadAt) {
    return switch (state) {
      case ASKED -> askedAt + patienceNanos;
      case DUE -> mayLoadAt;
      case LOADING -> Long.MAX_VALUE;
    };
  }
}
