// Yours to write: lesson 3, exercises 3.7 and 3.8. (starter 25bf9d2a8104201f)
package io.raftlessons.membership;

import io.raftlessons.core.Electorate;
import io.raftlessons.core.Gate;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.Role;
import io.raftlessons.core.Step;
import io.raftlessons.course.Todo;
import io.raftlessons.membership.ReadLevel.BoundedStale;
import io.raftlessons.replication.ReadEffect.ReadFailed;
import io.raftlessons.replication.ReadEffect.ReadReady;
import io.raftlessons.replication.ReadEffect.Reason;
import io.raftlessons.replication.ReferenceReads;
import io.raftlessons.replication.Replication;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import io.raftlessons.wire.HardState;
import io.raftlessons.wire.ReadIndexReply;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads of all levels (thesis 6.4). What a quorum has to confirm is lesson 2's; this part adds who
 * may ask for it, and the two ways around it: a lease, and an answer that is old but not too old.
 */
public final class MyReadLevels implements ReadLevels {
  private final ReadOptions options;
  private final Replication replication;
  private final Electorate electorate;
  private final Transfer transfer;
  private final ReferenceReads leaderReads;
  private final FollowerReads followerReads;
  private final Lease lease;
  private long newestRound;

  /** A follower's question. */
  private record Question(String follower, long requestId) {}

  /** Those that wait, under ids that no caller's read has: below zero. */
  private final Map<Long, Question> questions = new TreeMap<>();

  private long lastQuestionId;
  private long byLease;
  private long stale;

  public MyReadLevels(
      RaftConfig config,
      ReadOptions options,
      HardState stored,
      Replication replication,
      Electorate electorate,
      Transfer transfer) {
    this.options = options;
    this.replication = replication;
    this.electorate = electorate;
    this.transfer = transfer;
    leaderReads = new ReferenceReads(replication, electorate, transfer, new Answers());
    followerReads = new FollowerReads(config, stored.getLife());
    lease = new Lease(options.leaseNanos(config));
    if (options.leaseReads()) {
      replication.startRoundsWithHeartbeats();
    }
  }

  @Override
  public Set<BodyCase> handles() {
    return EnumSet.of(BodyCase.READ_INDEX, BodyCase.READ_INDEX_REPLY);
  }

  @Override
  public void read(Step step, long requestId) {
    leaderReads.read(step, requestId);
  }

  @Override
  public void read(Step step, long requestId, ReadLevel level) {
    boolean leads = step.role() == Role.LEADER;
    Optional<Gate.Refusal> closed = transfer.readRefused(step);
    if (isStranger(step)) {
      String why = step.self() + " is not a member";
      step.emit(new ReadFailed(requestId, Reason.NOT_LEADER, why, step.leader()));
    } else if (closed.isPresent()) {
      String why = closed.get().text();
      step.emit(new ReadFailed(requestId, Reason.BUSY, why, step.leader()));
    } else if (level instanceof BoundedStale old
        && followerReads.readStale(step, requestId, old.atMost().toNanos())) {
      stale++;
    } else if (level instanceof ReadLevel.Lease && leaseHolds(step)) {
      byLease++;
      step.emit(new ReadReady(requestId, replication.commitIndex()));
    } else if (leads) {
      leaderReads.read(step, requestId);
    } else {
      followerReads.read(step, requestId);
    }
  }

  /** A leader that was removed leads until that is committed. */
  private boolean isStranger(Step step) {
    return step.role() != Role.LEADER && !electorate.members().contains(step.self());
  }

  /**
   * Whether nobody else can have been elected yet (thesis 6.4.1): of any quorum, somebody keeps
   * still. Whom a TimeoutNow has told to campaign is voted for all the same, so then there is no
   * lease for the rest of the term, whatever becomes of the hand-over.
   */
  private boolean leaseHolds(Step step) {
    // exercise 3.7: is it sure that nobody else leads, without asking anybody?
    // UN-6. README, step 7; about 20 minutes.
    return Todo.here("3.7");
    // end of exercise 3.7
  }

  private boolean keepsStill(Step step, String voter) {
    // exercise 3.7: does this voter keep still for now? This server does.
    // UN-6. README, step 7; about 20 minutes.
    return Todo.here("3.7");
    // end of exercise 3.7
  }

  @Override
  public void onMessage(Step step, Envelope message) {
    switch (message.getBodyCase()) {
      case READ_INDEX -> onQuestion(step, message);
      case READ_INDEX_REPLY ->
          followerReads.onReply(step, message.getFrom(), message.getReadIndexReply());
      default -> throw new IllegalArgumentException("not mine: " + message.getBodyCase());
    }
  }

  /** One that is waiting already was repeated. A stranger may have been removed. */
  private void onQuestion(Step step, Envelope message) {
    // exercise 3.8: let a member know what it may read, once a quorum has confirmed it.
    // UN-7. README, step 8; about 15 minutes.
    Todo.here("3.8");
    // end of exercise 3.8
  }

  private static void answer(Step step, Question question, boolean ready, long readIndex) {
    ReadIndexReply reply =
        ReadIndexReply.newBuilder()
            .setRequestId(question.requestId())
            .setReady(ready)
            .setReadIndex(readIndex)
            .build();
    step.sendNow(question.follower(), Envelope.newBuilder().setReadIndexReply(reply));
  }

  /** What has become of a read that a quorum was to confirm. */
  private final class Answers implements ReferenceReads.Answers {
    @Override
    public void ready(Step step, long requestId, long readIndex) {
      Question question = questions.remove(requestId);
      if (question == null) {
        step.emit(new ReadReady(requestId, readIndex));
      } else {
        answer(step, question, true, readIndex);
      }
    }

    @Override
    public void failed(Step step, long requestId, Reason reason, String why) {
      Question question = questions.remove(requestId);
      if (question == null) {
        step.emit(new ReadFailed(requestId, reason, why, step.leader()));
      } else {
        answer(step, question, false, 0);
      }
    }
  }

  @Override
  public void endOfStep(Step step) {
    leaderReads.endOfStep(step);
    if (isStranger(step)) {
      followerReads.removed(step);
    }
    followerReads.endOfStep(step);
    long newest = replication.newestReadRound();
    if (options.leaseReads() && step.role() == Role.LEADER && newest > newestRound) {
      lease.started(newest, step.now());
    }
    newestRound = newest;
  }

  @Override
  public void onTime(Step step) {
    followerReads.onTime(step);
  }

  @Override
  public long wakeAt(Step step) {
    return followerReads.wakeAt();
  }

  @Override
  public void becameFollower(Step step) {
    lease.drop();
    leaderReads.becameFollower(step);
    followerReads.lost(step);
  }

  @Override
  public void becameCandidate(Step step) {
    followerReads.lost(step);
  }

  @Override
  public Counts counts() {
    return leaderReads.counts();
  }

  @Override
  public Served served() {
    return new Served(byLease, followerReads.served(), stale);
  }

  @Override
  public void describe(StringBuilder text) {
    leaderReads.describe(text);
    followerReads.describe(text);
    lease.describe(text);
  }
}
