package io.raftlessons.cluster.raft;

import com.google.protobuf.ByteString;
import io.raftlessons.cluster.Group;
import io.raftlessons.cluster.GroupException;
import io.raftlessons.cluster.GroupException.Outcome;
import io.raftlessons.core.Standing;
import io.raftlessons.replication.Applied;
import io.raftlessons.replication.RaftException;
import io.raftlessons.runtime.EventLoop;
import io.raftlessons.snapshots.Raft;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Forward;
import io.raftlessons.wire.ForwardReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Appends and reads at the leader: here if this node leads, else by a message to the node that
 * does. Who comes while no leader is known waits a moment for one: when leadership is handed over,
 * that is all it takes. A message that is lost, or a leader that falls, leaves an outcome unknown;
 * the caller tries again. A node that answers its own reads does that without a leader to go to:
 * see {@link ReadPolicy}.
 *
 * <p>State belongs to one loop. {@link #append} and {@link #read} may be called from any thread.
 */
public final class RaftGroup implements Group {
  private static final int MAX_FORWARDED = 4096;

  /** Longer than a hand-over, and no longer than an election. */
  private static final long LEADER_PATIENCE_NANOS = 200_000_000;

  /** Whoever sent a query has given it up by then. */
  private static final long LONGEST_FOR_OTHERS_NANOS = 10_000_000_000L;

  /** A command for the log, or a query. */
  private record Wish(byte[] bytes, boolean isQuery) {
    /** What is known of it when nobody answers. */
    Outcome unanswered() {
      return isQuery ? Outcome.NOT_APPENDED : Outcome.UNKNOWN;
    }

    Outcome outcome(Throwable failure) {
      Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
      if (cause instanceof RaftException.NotLeader
          || cause instanceof RaftException.TransferInProgress
          || cause instanceof RaftException.TooLarge) {
        return Outcome.NOT_APPENDED;
      }
      return cause instanceof RaftException.Busy ? Outcome.BUSY : unanswered();
    }

    /**
     * What is known when the one to whom it was sent says it did nothing. A message may come twice,
     * and only one of the two answers is heard.
     */
    Outcome refusedElsewhere(ForwardReply.Outcome refusal) {
      boolean busy = refusal == ForwardReply.Outcome.BUSY;
      if (isQuery) {
        return busy ? Outcome.BUSY : Outcome.NOT_APPENDED;
      }
      return busy ? Outcome.UNKNOWN : Outcome.REFUSED;
    }
  }

  private record Sent(
      String leader, Wish wish, CompletableFuture<byte[]> answer, EventLoop.Timer timeout) {}

  private record Leaderless(
      Wish wish, long deadline, CompletableFuture<byte[]> answer, EventLoop.Timer patience) {}

  private final EventLoop loop;
  private final SharedTransport transport;
  private final Raft node;
  private final UnaryOperator<byte[]> machine;
  private final ReadPolicy reads;
  private final long cluster;
  private final Map<Long, Sent> sent = new TreeMap<>();
  private final Map<Long, Leaderless> leaderless = new TreeMap<>();
  private long lastRequest;
  private int takenForOthers;

  /**
   * @param loop owns this object's state; not the raft loop
   * @param machine answers queries; called on the apply loop
   * @param firstRequest request ids begin above it; different in each life of the node, so that an
   *     answer to an earlier life is not taken for one to this
   */
  public RaftGroup(
      EventLoop loop,
      SharedTransport transport,
      Raft node,
      UnaryOperator<byte[]> machine,
      ReadPolicy reads,
      long cluster,
      long firstRequest) {
    this.loop = loop;
    this.transport = transport;
    this.node = node;
    this.machine = machine;
    this.reads = reads;
    this.cluster = cluster;
    this.lastRequest = firstRequest;
    transport.handleForwards(envelope -> loop.execute(() -> receive(envelope)));
    node.observe(status -> loop.execute(() -> leaderIs(status)));
  }

  @Override
  public CompletableFuture<byte[]> append(byte[] command, long timeoutNanos) {
    return take(new Wish(command, false), timeoutNanos);
  }

  @Override
  public CompletableFuture<byte[]> read(byte[] query, long timeoutNanos) {
    return take(new Wish(query, true), timeoutNanos);
  }

  private CompletableFuture<byte[]> take(Wish wish, long timeoutNanos) {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    loop.execute(() -> takeNow(wish, timeoutNanos, answer));
    return answer;
  }

  private void takeNow(Wish wish, long timeoutNanos, CompletableFuture<byte[]> answer) {
    String leader = node.status().leader();
    if (wish.isQuery() && !reads.atLeader()) {
      here(reads.ours(node, () -> machine.apply(wish.bytes())), wish, timeoutNanos, answer);
    } else if (leader.isEmpty()) {
      awaitLeader(wish, timeoutNanos, answer);
    } else if (leader.equals(node.id())) {
      here(carryOut(wish), wish, timeoutNanos, answer);
    } else if (sent.size() >= MAX_FORWARDED) {
      fail(answer, Outcome.BUSY, MAX_FORWARDED + " calls are on their way to the leader");
    } else {
      forward(leader, wish, timeoutNanos, answer);
    }
  }

  /** At most half of the time: the caller must hear before its end that nothing was appended. */
  private void awaitLeader(Wish wish, long timeoutNanos, CompletableFuture<byte[]> answer) {
    if (leaderless.size() >= MAX_FORWARDED) {
      fail(answer, Outcome.BUSY, MAX_FORWARDED + " calls wait for a leader");
      return;
    }
    long request = ++lastRequest;
    EventLoop.Timer patience =
        loop.schedule(
            Math.min(LEADER_PATIENCE_NANOS, timeoutNanos / 2),
            () -> {
              leaderless.remove(request);
              fail(answer, Outcome.NOT_APPENDED, "no leader is known");
            });
    leaderless.put(request, new Leaderless(wish, loop.now() + timeoutNanos, answer, patience));
  }

  private void here(
      CompletableFuture<byte[]> carriedOut,
      Wish wish,
      long timeoutNanos,
      CompletableFuture<byte[]> answer) {
    EventLoop.Timer timeout =
        loop.schedule(timeoutNanos, () -> fail(answer, wish.unanswered(), "no quorum in time"));
    carriedOut.whenComplete(
        (result, failure) ->
            loop.execute(
                () -> {
                  timeout.cancel();
                  if (result != null) {
                    answer.complete(result);
                  } else {
                    fail(answer, wish.outcome(failure), String.valueOf(failure.getMessage()));
                  }
                }));
  }

  /** As the leader, for whomever. */
  private CompletableFuture<byte[]> carryOut(Wish wish) {
    return wish.isQuery()
        ? reads.asLeader(node, () -> machine.apply(wish.bytes()))
        : node.apply(wish.bytes()).thenApply(Applied::result);
  }

  private void forward(
      String leader, Wish wish, long timeoutNanos, CompletableFuture<byte[]> answer) {
    long request = ++lastRequest;
    EventLoop.Timer timeout =
        loop.schedule(
            timeoutNanos,
            () -> {
              sent.remove(request);
              fail(answer, wish.unanswered(), leader + " does not answer");
            });
    sent.put(request, new Sent(leader, wish, answer, timeout));
    Forward.Builder forward = Forward.newBuilder().setRequestId(request);
    ByteString bytes = ByteString.copyFrom(wish.bytes());
    if (wish.isQuery()) {
      forward.setQuery(bytes);
    } else {
      forward.setCommand(bytes);
    }
    send(leader, Envelope.newBuilder().setForward(forward));
  }

  private void send(String to, Envelope.Builder body) {
    transport.send(body.setFrom(node.id()).setTo(to).setCluster(cluster).build());
  }

  private void receive(Envelope envelope) {
    if (envelope.hasForward()) {
      takeFor(envelope.getFrom(), envelope.getForward());
    } else {
      answered(envelope.getFrom(), envelope.getForwardReply());
    }
  }

  private void takeFor(String from, Forward forward) {
    long request = forward.getRequestId();
    if (takenForOthers >= MAX_FORWARDED) {
      reply(from, request, ForwardReply.Outcome.BUSY, new byte[0]);
      return;
    }
    takenForOthers++;
    Wish wish =
        forward.hasQuery()
            ? new Wish(forward.getQuery().toByteArray(), true)
            : new Wish(forward.getCommand().toByteArray(), false);
    CompletableFuture<byte[]> carriedOut = carryOut(wish);
    EventLoop.Timer timeout = wish.isQuery() ? endInTime(carriedOut) : () -> {};
    carriedOut.whenComplete(
        (result, failure) ->
            loop.execute(
                () -> {
                  timeout.cancel();
                  replyTo(from, request, wish, result, failure);
                }));
  }

  /** A read of a node that was removed meanwhile may wait for ever, and must not count so long. */
  private EventLoop.Timer endInTime(CompletableFuture<byte[]> read) {
    GroupException late = new GroupException(Outcome.NOT_APPENDED, "not read in time");
    return loop.schedule(LONGEST_FOR_OTHERS_NANOS, () -> read.completeExceptionally(late));
  }

  private void replyTo(
      String from, long request, Wish wish, byte @Nullable [] result, @Nullable Throwable failure) {
    takenForOthers--;
    if (result != null) {
      reply(from, request, ForwardReply.Outcome.APPLIED, result);
    } else if (failure != null) {
      ForwardReply.Outcome outcome =
          switch (wish.outcome(failure)) {
            case NOT_APPENDED, REFUSED -> ForwardReply.Outcome.NOT_LEADER;
            case BUSY -> ForwardReply.Outcome.BUSY;
            case UNKNOWN -> ForwardReply.Outcome.UNKNOWN;
          };
      reply(from, request, outcome, new byte[0]);
    }
  }

  private void reply(String to, long request, ForwardReply.Outcome outcome, byte[] result) {
    ForwardReply reply =
        ForwardReply.newBuilder()
            .setRequestId(request)
            .setOutcome(outcome)
            .setResult(ByteString.copyFrom(result))
            .build();
    send(to, Envelope.newBuilder().setForwardReply(reply));
  }

  private void answered(String from, ForwardReply reply) {
    Sent waiting = sent.get(reply.getRequestId());
    if (waiting == null || !waiting.leader().equals(from)) {
      return; // too late, doubled, or not from whom it was sent to
    }
    sent.remove(reply.getRequestId());
    waiting.timeout().cancel();
    switch (reply.getOutcome()) {
      case APPLIED -> waiting.answer().complete(reply.getResult().toByteArray());
      case NOT_LEADER, BUSY ->
          fail(
              waiting.answer(),
              waiting.wish().refusedElsewhere(reply.getOutcome()),
              waiting.leader() + " refused it: " + reply.getOutcome());
      case UNKNOWN, UNRECOGNIZED ->
          fail(
              waiting.answer(),
              waiting.wish().unanswered(),
              waiting.leader() + " lost its leadership");
    }
  }

  /** What is on its way to somebody who does not lead any more need not wait for its timeout. */
  private void leaderIs(Standing.Status status) {
    if (!status.leader().isEmpty()) {
      for (Map.Entry<Long, Sent> entry : new ArrayList<>(sent.entrySet())) {
        Sent waiting = entry.getValue();
        if (!waiting.leader().equals(status.leader())) {
          sent.remove(entry.getKey());
          waiting.timeout().cancel();
          fail(waiting.answer(), waiting.wish().unanswered(), waiting.leader() + " was replaced");
        }
      }
      List<Leaderless> ready = List.copyOf(leaderless.values());
      leaderless.clear();
      for (Leaderless waiting : ready) {
        waiting.patience().cancel();
        takeNow(waiting.wish(), Math.max(1, waiting.deadline() - loop.now()), waiting.answer());
      }
    }
  }

  private static void fail(CompletableFuture<byte[]> answer, Outcome outcome, String message) {
    answer.completeExceptionally(new GroupException(outcome, message));
  }
}
