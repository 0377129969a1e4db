package io.raftlessons.replication;

import io.raftlessons.wire.Entry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * The callers that wait for an index of the log. An entry of another term at that index means that
 * theirs was lost. On the raft loop only; the futures themselves complete elsewhere.
 */
final class PendingFutures {
  private record Pending(long index, long term, CompletableFuture<Applied> future) {}

  private final Executor callbacks;
  private final ArrayDeque<Pending> byIndex = new ArrayDeque<>();

  PendingFutures(Executor callbacks) {
    this.callbacks = callbacks;
  }

  /** Indexes grow from call to call; those a new leader's entries took were failed before. */
  void add(long index, long term, CompletableFuture<Applied> future) {
    byIndex.addLast(new Pending(index, term, future));
  }

  void applied(List<Entry> entries, List<byte[]> results) {
    if (byIndex.isEmpty()) {
      return;
    }
    List<Runnable> completions = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      byte[] result = results.get(i);
      while (!byIndex.isEmpty() && byIndex.peekFirst().index() <= entry.getIndex()) {
        Pending waiting = byIndex.removeFirst();
        if (waiting.index() == entry.getIndex() && waiting.term() == entry.getTerm()) {
          completions.add(() -> waiting.future().complete(new Applied(entry.getIndex(), result)));
        } else {
          completions.add(
              () ->
                  waiting
                      .future()
                      .completeExceptionally(
                          new RaftException.LeadershipLost(
                              "another leader's entry took the place of this one")));
        }
      }
    }
    callbacks.execute(() -> completions.forEach(Runnable::run));
  }

  /** Fails the callers above {@code index}; the others hear when their entry is applied. */
  void failAbove(long index, Supplier<RaftException> why) {
    while (!byIndex.isEmpty() && byIndex.peekLast().index() > index) {
      fail(byIndex.removeLast().future(), why.get());
    }
  }

  void fail(CompletableFuture<Applied> future, RaftException why) {
    callbacks.execute(() -> future.completeExceptionally(why));
  }
}
