package io.raftlessons.cluster.router;

import java.util.TreeMap;

/** One session of the machine, as its client knows it. Belongs to the router's loop. */
final class Session {
  final long id;

  /** When the last attempt was sent that got an answer: the machine knew the session then. */
  long answeredAt;

  private final TreeMap<Long, Call> unanswered = new TreeMap<>();
  private long nextSeq = 1;

  Session(long id, long answeredAt) {
    this.id = id;
    this.answeredAt = answeredAt;
  }

  /** Whether one more seq keeps all results that the machine must hold within the window. */
  boolean hasRoom(int window) {
    return unanswered.isEmpty() || nextSeq - unanswered.firstKey() < window;
  }

  /** Gives the call its place in the session. */
  void add(Call call) {
    long seq = nextSeq++;
    unanswered.put(seq, call);
    call.place(this, seq, unanswered.firstKey());
  }

  /** The answer to this seq is not wanted any more. */
  void remove(long seq) {
    unanswered.remove(seq);
  }
}
