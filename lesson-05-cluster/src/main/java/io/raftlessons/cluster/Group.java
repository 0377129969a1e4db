package io.raftlessons.cluster;

import java.util.concurrent.CompletableFuture;

/**
 * The replicated log as the services see it: append a command, get the machine's answer, or ask the
 * machine without a word in the log. What is behind it (one Raft group now) is nobody's business
 * here. Thread-safe.
 */
public interface Group {
  /**
   * Appends the command at the leader, wherever that is, and completes with the machine's answer.
   * One attempt: the caller decides whether to try again. Completes on any thread, exceptionally
   * with a {@link GroupException} only.
   *
   * @param command at most 1 MiB and a little; larger ones are refused
   * @param timeoutNanos after which the attempt fails with an unknown outcome
   */
  CompletableFuture<byte[]> append(byte[] command, long timeoutNanos);

  /**
   * Asks the machine a query that changes nothing, and appends nothing. One attempt, as above. The
   * read is linearizable, unless the node is set to stale reads: it sees everything that was
   * answered, to whomever, before the call.
   *
   * @param query at most 1 MiB and a little
   * @param timeoutNanos after which the attempt fails
   */
  CompletableFuture<byte[]> read(byte[] query, long timeoutNanos);
}
