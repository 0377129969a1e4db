package io.raftlessons.replication;

import java.util.ArrayDeque;

/**
 * What a leader knows of one follower: nextIndex, matchIndex (Figure 2), and how it sends.
 *
 * <p>It begins by probing: one message at a time until the place where the logs agree is found.
 * Then it replicates: messages follow each other without waiting, up to the bounds of the window.
 */
public final class Progress {
  /** How a leader sends to a follower. */
  public enum State {
    PROBE,
    REPLICATE,
    /** What it lacks is not in the log any more: it gets a snapshot (§7). */
    SNAPSHOT
  }

  private record Sent(long lastIndex, int bytes) {}

  private State state = State.PROBE;
  private long nextIndex;
  private long matchIndex;
  private boolean probeSent;
  private boolean loading;
  private final ArrayDeque<Sent> inflight = new ArrayDeque<>();
  private long inflightBytes;
  private long readRound;

  Progress(long nextIndex) {
    this.nextIndex = nextIndex;
  }

  public State state() {
    return state;
  }

  /** The index of the next entry to send. */
  public long nextIndex() {
    return nextIndex;
  }

  /** The highest index known to be on the follower's disk and equal to ours. */
  public long matchIndex() {
    return matchIndex;
  }

  /** Whether another message with entries may leave now. */
  boolean mayPipeline(ReplicationConfig bounds) {
    return inflight.size() < bounds.maxInflightMessages()
        && inflightBytes < bounds.maxInflightBytes();
  }

  boolean probeSent() {
    return probeSent;
  }

  /** A probe with entries left; until an answer comes, heartbeats are the next ones. */
  void sentProbe() {
    probeSent = true;
  }

  /** Whether entries for this follower are being read back from the store. */
  boolean loading() {
    return loading;
  }

  void loading(boolean on) {
    loading = on;
  }

  /** Entries up to {@code lastIndex} left while replicating. */
  void sent(long lastIndex, int bytes) {
    nextIndex = lastIndex + 1;
    inflight.addLast(new Sent(lastIndex, bytes));
    inflightBytes += bytes;
  }

  /**
   * The follower has everything up to {@code index}. A late or doubled answer never moves anything
   * back.
   */
  void acknowledged(long index) {
    while (!inflight.isEmpty() && inflight.peekFirst().lastIndex() <= index) {
      inflightBytes -= inflight.removeFirst().bytes();
    }
    matchIndex = Math.max(matchIndex, index);
    if (state == State.PROBE && index >= nextIndex - 1) {
      state = State.REPLICATE;
      probeSent = false;
    }
    nextIndex = Math.max(nextIndex, matchIndex + 1);
  }

  /** It needs a snapshot. */
  void snapshot() {
    state = State.SNAPSHOT;
    forgetWhatIsUnderWay();
  }

  /**
   * The sending of a snapshot has ended.
   *
   * @param installed what the follower has on disk now; 0 if that is not known
   */
  void snapshotEnded(long installed) {
    if (state == State.SNAPSHOT) {
      state = State.PROBE;
    }
    matchIndex = Math.max(matchIndex, installed);
    nextIndex = Math.max(nextIndex, matchIndex + 1);
  }

  private void forgetWhatIsUnderWay() {
    probeSent = false;
    inflight.clear();
    inflightBytes = 0;
  }

  /**
   * The follower does not have {@code prevIndex} as we do; the logs may agree up to {@code hint}.
   * Counts only if it can be the answer to something still open.
   *
   * @return whether it counted
   */
  boolean rejected(long prevIndex, long hint) {
    if (state == State.SNAPSHOT) {
      return false;
    }
    if (prevIndex <= matchIndex || prevIndex >= nextIndex) {
      return false;
    }
    if (state == State.PROBE && prevIndex != nextIndex - 1) {
      return false;
    }
    state = State.PROBE;
    forgetWhatIsUnderWay();
    nextIndex = Math.max(matchIndex, Math.min(hint, prevIndex - 1)) + 1;
    return true;
  }

  /** The newest read round that the follower has answered. */
  public long readRound() {
    return readRound;
  }

  /** The follower has accepted, or refused for its log only, a message that carried this round. */
  void answeredRound(long round) {
    readRound = Math.max(readRound, round);
  }

  void describe(StringBuilder text) {
    text.append(state).append(" next ").append(nextIndex).append(" match ").append(matchIndex);
    if (readRound > 0) {
      text.append(" round ").append(readRound);
    }
  }
}
