package io.raftlessons.cluster.raft;

import com.google.protobuf.ByteString;
import io.raftlessons.cluster.Group;
import io.raftlessons.cluster.GroupException;
import io.raftlessons.cluster.GroupException.Outcome;
import io.raftlessons.core.Standing;
import io.raftlessons.replication.Applied;
import io.raftlessons.replication.RaftException;
import io.raftlessons.replication.ReplicationNode;
import io.raftlessons.runtime.EventLoop;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Forward;
import io.raftlessons.wire.ForwardReply;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Appends at the leader: here if this node leads, else by a message to the node that does. A
 * message that is lost, or a leader that falls, leaves an outcome unknown; the caller tries again.
 *
 * <p>State belongs to one loop. {@link #append} may be called from any thread.
 */
public final class RaftGroup implements Group {
  private static final int MAX_FORWARDED = 4096;

  private record Sent(String leader, CompletableFuture<byte[]> answer, EventLoop.Timer timeout) {}

  private final EventLoop loop;
  private final SharedTransport transport;
  private final ReplicationNode node;
  private final long cluster;
  private final Map<Long, Sent> sent = new TreeMap<>();
  private long lastRequest;
  private int takenForOthers;

  /**
   * @param loop owns this object's state; not the raft loop
   * @param firstRequest request ids begin above it; different in each life of the node, so that an
   *     answer to an earlier life is not taken for one to this
   */
  public RaftGroup(
      EventLoop loop,
      SharedTransport transport,
      ReplicationNode node,
      long cluster,
      long firstRequest) {
    this.loop = loop;
    this.transport = transport;
    this.node = node;
    this.cluster = cluster;
    this.lastRequest = firstRequest;
    transport.handleForwards(envelope -> loop.execute(() -> receive(envelope)));
    node.observe(status -> loop.execute(() -> leaderIs(status)));
  }

  @Override
  public CompletableFuture<byte[]> append(byte[] command, long timeoutNanos) {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    loop.execute(() -> appendNow(command, timeoutNanos, answer));
    return answer;
  }

  private void appendNow(byte[] command, long timeoutNanos, CompletableFuture<byte[]> answer) {
    String leader = node.status().leader();
    if (leader.isEmpty()) {
      fail(answer, Outcome.NOT_APPENDED, "no leader is known");
    } else if (leader.equals(node.id())) {
      appendHere(command, timeoutNanos, answer);
    } else if (sent.size() >= MAX_FORWARDED) {
      fail(answer, Outcome.BUSY, MAX_FORWARDED + " commands are on their way to the leader");
    } else {
      forward(leader, command, timeoutNanos, answer);
    }
  }

  private void appendHere(byte[] command, long timeoutNanos, CompletableFuture<byte[]> answer) {
    EventLoop.Timer timeout =
        loop.schedule(timeoutNanos, () -> fail(answer, Outcome.UNKNOWN, "no quorum in time"));
    node.apply(command)
        .whenComplete(
            (applied, failure) ->
                loop.execute(
                    () -> {
                      timeout.cancel();
                      if (applied != null) {
                        answer.complete(applied.result());
                      } else {
                        fail(answer, outcome(failure), String.valueOf(failure.getMessage()));
                      }
                    }));
  }

  private static Outcome outcome(Throwable failure) {
    if (failure instanceof RaftException.NotLeader || failure instanceof RaftException.TooLarge) {
      return Outcome.NOT_APPENDED;
    }
    return failure instanceof RaftException.Busy ? Outcome.BUSY : Outcome.UNKNOWN;
  }

  private void forward(
      String leader, byte[] command, long timeoutNanos, CompletableFuture<byte[]> answer) {
    long request = ++lastRequest;
    EventLoop.Timer timeout =
        loop.schedule(
            timeoutNanos,
            () -> {
              sent.remove(request);
              fail(answer, Outcome.UNKNOWN, leader + " does not answer");
            });
    sent.put(request, new Sent(leader, answer, timeout));
    Forward forward =
        Forward.newBuilder().setRequestId(request).setCommand(ByteString.copyFrom(command)).build();
    send(leader, Envelope.newBuilder().setForward(forward));
  }

  private void send(String to, Envelope.Builder body) {
    transport.send(body.setFrom(node.id()).setTo(to).setCluster(cluster).build());
  }

  private void receive(Envelope envelope) {
    if (envelope.hasForward()) {
      take(envelope.getFrom(), envelope.getForward());
    } else {
      answered(envelope.getFrom(), envelope.getForwardReply());
    }
  }

  private void take(String from, Forward forward) {
    long request = forward.getRequestId();
    if (takenForOthers >= MAX_FORWARDED) {
      reply(from, request, ForwardReply.Outcome.BUSY, new byte[0]);
      return;
    }
    takenForOthers++;
    node.apply(forward.getCommand().toByteArray())
        .whenComplete(
            (applied, failure) -> loop.execute(() -> replyTo(from, request, applied, failure)));
  }

  private void replyTo(
      String from, long request, @Nullable Applied applied, @Nullable Throwable failure) {
    takenForOthers--;
    if (applied != null) {
      reply(from, request, ForwardReply.Outcome.APPLIED, applied.result());
    } else if (failure != null) {
      ForwardReply.Outcome outcome =
          switch (outcome(failure)) {
            case NOT_APPENDED -> ForwardReply.Outcome.NOT_LEADER;
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
      case NOT_LEADER ->
          fail(waiting.answer(), Outcome.NOT_APPENDED, waiting.leader() + " does not lead");
      case BUSY -> fail(waiting.answer(), Outcome.BUSY, waiting.leader() + " has too much to do");
      case UNKNOWN, UNRECOGNIZED ->
          fail(waiting.answer(), Outcome.UNKNOWN, waiting.leader() + " lost its leadership");
    }
  }

  /** What is on its way to somebody who does not lead any more need not wait for its timeout. */
  private void leaderIs(Standing.Status status) {
    if (!status.leader().isEmpty()) {
      Predicate<Sent> stale = waiting -> !waiting.leader().equals(status.leader());
      for (Map.Entry<Long, Sent> entry : new ArrayList<>(sent.entrySet())) {
        Sent waiting = entry.getValue();
        if (stale.test(waiting)) {
          sent.remove(entry.getKey());
          waiting.timeout().cancel();
          fail(waiting.answer(), Outcome.UNKNOWN, waiting.leader() + " was replaced");
        }
      }
    }
  }

  private static void fail(CompletableFuture<byte[]> answer, Outcome outcome, String message) {
    answer.completeExceptionally(new GroupException(outcome, message));
  }
}
