package io.raftlessons.replication;

import io.raftlessons.core.Step;
import io.raftlessons.runtime.EventLoop;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Proposals that a leader had no place for, and whose callers wait for one: first come, first
 * served. Bounded in number and bytes. On the raft loop only.
 */
final class WaitingRoom {
  private static final int MAX_CALLS = 20_000;
  private static final long MAX_BYTES = 64L << 20;

  private final EventLoop raft;

  /** In the order in which they came; each with what ends its wait. */
  private final Map<ProposalCall, Runnable> waiting = new LinkedHashMap<>();

  private long bytes;

  WaitingRoom(EventLoop raft) {
    this.raft = raft;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /**
   * @param deadline of the raft loop's clock; Long.MAX_VALUE for none
   */
  void enter(ProposalCall call, long deadline) {
    if (waiting.size() >= MAX_CALLS || bytes + call.bytes() > MAX_BYTES) {
      call.fail(new RaftException.Busy("too many wait for a place"));
      return;
    }
    bytes += call.bytes();
    waiting.put(call, deadline == Long.MAX_VALUE ? () -> {} : expireAt(call, deadline));
  }

  private Runnable expireAt(ProposalCall call, long deadline) {
    EventLoop.Timer timer =
        raft.schedule(
            deadline - raft.now(),
            () -> {
              if (waiting.remove(call) != null) {
                bytes -= call.bytes();
                call.timeOut();
              }
            });
    return timer::cancel;
  }

  /** Those in front get their places, until there is none for the next one. */
  void serve(Step step) {
    Iterator<Map.Entry<ProposalCall, Runnable>> inFront = waiting.entrySet().iterator();
    while (inFront.hasNext()) {
      Map.Entry<ProposalCall, Runnable> next = inFront.next();
      if (!next.getKey().isDone(step)) {
        return;
      }
      inFront.remove();
      bytes -= next.getKey().bytes();
      next.getValue().run();
    }
  }

  void close(Supplier<RaftException> why) {
    waiting.forEach(
        (call, timer) -> {
          timer.run();
          call.fail(why.get());
        });
    waiting.clear();
    bytes = 0;
  }
}
