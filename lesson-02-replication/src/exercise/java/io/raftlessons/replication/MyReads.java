// Yours to write: lesson 2, exercises 2.7 and 2.8. (starter ad4b2083af5549f5)
package io.raftlessons.replication;

import io.raftlessons.core.Electorate;
import io.raftlessons.core.Gate;
import io.raftlessons.core.Role;
import io.raftlessons.core.Step;
import io.raftlessons.course.Todo;
import io.raftlessons.replication.ReadEffect.ReadFailed;
import io.raftlessons.replication.ReadEffect.ReadReady;
import io.raftlessons.replication.ReadEffect.Reason;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * ReadIndex (thesis 6.4): a leader answers a read with its commitIndex once a quorum has told it,
 * by an answer to a message sent after the read came, that it still leads. No clock is asked.
 *
 * <p>Rounds are started and counted at the end of a step, so all reads of a step share one.
 */
public final class MyReads implements Reads {
  private static final int MOST_READS = 20_000;

  private final Replication replication;
  private final Electorate electorate;
  private final Gate gate;
  private final ReadIndexQueue queue = new ReadIndexQueue(MOST_READS);
  private final Answers answers;
  private Counts counts = new Counts(0, 0);

  /** Who is told how a read ended. */
  public interface Answers {
    void ready(Step step, long requestId, long readIndex);

    void failed(Step step, long requestId, Reason reason, String why);
  }

  /** To the callers, by effects. */
  private static final class Effects implements Answers {
    @Override
    public void ready(Step step, long requestId, long readIndex) {
      step.emit(new ReadReady(requestId, readIndex));
    }

    @Override
    public void failed(Step step, long requestId, Reason reason, String why) {
      step.emit(new ReadFailed(requestId, reason, why, step.leader()));
    }
  }

  public MyReads(Replication replication, Electorate electorate, Gate gate) {
    this(replication, electorate, gate, new Effects());
  }

  /**
   * For a part of a later lesson, not all of whose readers are callers of this server.
   *
   * @param answers instead of effects
   */
  public MyReads(
      Replication replication, Electorate electorate, Gate gate, Answers answers) {
    this.replication = replication;
    this.electorate = electorate;
    this.gate = gate;
    this.answers = answers;
  }

  @Override
  public Set<BodyCase> handles() {
    return EnumSet.noneOf(BodyCase.class); // rounds travel with AppendEntries
  }

  @Override
  public void onMessage(Step step, Envelope message) {
    throw new IllegalArgumentException("not mine: " + message.getBodyCase());
  }

  @Override
  public void read(Step step, long requestId) {
    // exercise 2.7: put the read into the queue, or say why it cannot be answered here or now.
    // UN-5. README, step 7; about 20 minutes.
    Todo.here("2.7");
    // end of exercise 2.7
  }

  @Override
  public void endOfStep(Step step) {
    if (step.role() != Role.LEADER) {
      return;
    }
    confirm(step);
    // exercise 2.7: ask all followers for those who wait, once the commitIndex is up to date.
    // UN-5. README, step 7; about 20 minutes.
    Todo.here("2.7");
    // end of exercise 2.7
  }

  private void confirm(Step step) {
    // exercise 2.8: answer the reads of the round when a quorum has answered it.
    // UN-5. README, step 8; about 15 minutes.
    Todo.here("2.8");
    // end of exercise 2.8
  }

  private boolean hasAnswered(Step step, String voter) {
    // exercise 2.8: has this voter answered the round? This server needs not be asked.
    // UN-5. README, step 8; about 15 minutes.
    return Todo.here("2.8");
    // end of exercise 2.8
  }

  @Override
  public void becameFollower(Step step) {
    // exercise 2.8: no read may wait for a leader that is none any more.
    // UN-5. README, step 8; about 15 minutes.
    Todo.here("2.8");
    // end of exercise 2.8
  }

  @Override
  public Counts counts() {
    return counts;
  }

  @Override
  public void describe(StringBuilder text) {
    queue.describe(text);
  }
}
