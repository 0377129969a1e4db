package io.raftlessons.membership;

import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.Role;
import io.raftlessons.core.Step;
import io.raftlessons.replication.ReadEffect.ReadFailed;
import io.raftlessons.replication.ReadEffect.ReadReady;
import io.raftlessons.replication.ReadEffect.Reason;
import io.raftlessons.replication.ReadIndexQueue;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.ReadIndex;
import io.raftlessons.wire.ReadIndexReply;

/**
 * A follower's reads: it asks the leader for a read index, and its machine when that is applied
 * (thesis 6.4). One question is under way at a time; reads that come meanwhile share the next one,
 * for what the leader says to this one may be older than they are. The question is repeated until
 * it is answered, or the leader is not its leader any more.
 */
final class FollowerReads {
  private static final int MOST_READS = 20_000;

  /**
   * Questions of one life of the server; more than it can ask. Above them is what fits of the life,
   * and no sign: what was drawn at this start and the count of the starts modulo 8.
   */
  private static final int BITS_OF_A_LIFE = 40;

  private final RaftConfig config;
  private final ReadIndexQueue queue = new ReadIndexQueue(MOST_READS);
  private long lastQuestion;
  private String asked = "";
  private long askedAt;
  private long askAgainAt = Long.MAX_VALUE;

  /** The newest answer: everything acknowledged before {@code confirmedAt} is within it. */
  private long confirmedIndex;

  private long confirmedAt;
  private boolean confirmed;
  private long served;

  /**
   * @param life of this server: an answer to a question of an earlier one is older than our reads
   */
  FollowerReads(RaftConfig config, long life) {
    this.config = config;
    lastQuestion = (life << BITS_OF_A_LIFE) & Long.MAX_VALUE;
  }

  void read(Step step, long requestId) {
    if (step.leader().isEmpty()) {
      fail(step, requestId, Reason.NOT_LEADER, "no leader is known");
    } else if (!queue.add(requestId)) {
      fail(step, requestId, Reason.BUSY, MOST_READS + " reads are not confirmed yet");
    }
  }

  /**
   * Answers a read from what is known, if that is not too old.
   *
   * @return whether it did
   */
  boolean readStale(Step step, long requestId, long atMostNanos) {
    boolean fresh = confirmed && step.now() - confirmedAt <= atMostNanos;
    if (fresh) {
      step.emit(new ReadReady(requestId, confirmedIndex));
    }
    return fresh;
  }

  void endOfStep(Step step) {
    if (queue.inRound() && !step.leader().equals(asked)) {
      lost(step);
    }
    if (queue.wantsRound()) {
      if (step.role() == Role.FOLLOWER && !step.leader().isEmpty()) {
        asked = step.leader();
        askedAt = step.now();
        queue.started(++lastQuestion, 0);
        ask(step);
      } else {
        lost(step);
      }
    }
  }

  void onTime(Step step) {
    if (queue.inRound() && step.now() >= askAgainAt) {
      ask(step);
    }
  }

  long wakeAt() {
    return queue.inRound() ? askAgainAt : Long.MAX_VALUE;
  }

  private void ask(Step step) {
    askAgainAt = step.now() + config.heartbeatNanos();
    ReadIndex question = ReadIndex.newBuilder().setRequestId(queue.round()).build();
    step.sendNow(asked, Envelope.newBuilder().setReadIndex(question));
  }

  /** It is of this term; whoever has led in it is the one that was asked. */
  void onReply(Step step, String from, ReadIndexReply reply) {
    boolean awaited = queue.inRound() && reply.getRequestId() == queue.round();
    if (!awaited || !from.equals(asked)) {
      return;
    }
    ReadIndexQueue.Round round = queue.confirmed();
    if (!reply.getReady()) {
      String why = from + " does not confirm the read";
      round.reads().forEach(id -> fail(step, id, Reason.NOT_LEADER, why));
      return;
    }
    confirmed = true;
    confirmedIndex = reply.getReadIndex();
    confirmedAt = askedAt; // not now: the answer may have been under way for long
    served += round.reads().size();
    round.reads().forEach(id -> step.emit(new ReadReady(id, confirmedIndex)));
  }

  /** Role, term or leader are not what they were: whoever was asked will perhaps never answer. */
  void lost(Step step) {
    String why = "the leader has changed before it confirmed the read";
    queue.takeAll().forEach(id -> fail(step, id, Reason.LEADERSHIP_LOST, why));
  }

  /** This server was removed: its leader does not answer it any more. */
  void removed(Step step) {
    String why = step.self() + " is not a member";
    queue.takeAll().forEach(id -> fail(step, id, Reason.NOT_LEADER, why));
  }

  private static void fail(Step step, long requestId, Reason reason, String why) {
    step.emit(new ReadFailed(requestId, reason, why, step.leader()));
  }

  long served() {
    return served;
  }

  void describe(StringBuilder text) {
    queue.describe(text);
    if (confirmed) {
      text.append(" confirmed=").append(confirmedIndex).append('@').append(confirmedAt);
    }
  }
}
