// Yours to write: lesson 3, exercise 3.4. (starter 8559471aeacdb6dd)
package io.raftlessons.membership;

import io.raftlessons.course.Todo;
import io.raftlessons.membership.MembershipEffect.Reached;

/**
 * A server on its way to a vote (thesis 4.2.1). It gets the log as a nonvoter first, in rounds: a
 * round ends when the server has all that the leader had when the round began. A round shorter than
 * an election timeout means that a vote for this server will not hold up the group for longer.
 */
final class MyStaging {
  /** Then the server is too slow, or the log grows too fast. */
  static final int MOST_ROUNDS = 10;

  /** What a look at the server's progress says. */
  enum Pace {
    CATCHING_UP,
    CAUGHT_UP,
    TOO_SLOW
  }

  private final long requestId;
  private final Change.AddVoter change;
  private final long deadline;
  private final long longestRound;

  private long index;
  private Reached reached;
  private int round;
  private long roundStarted;
  private long roundEnds;
  private boolean caughtUp;

  /**
   * @param longestRound a round shorter than this is good enough; in nanoseconds
   * @param index of the configuration with the server as nonvoter
   * @param reached whether that is committed
   */
  MyStaging(
      long requestId,
      Change.AddVoter change,
      long deadline,
      long longestRound,
      long index,
      Reached reached) {
    this.requestId = requestId;
    this.change = change;
    this.deadline = deadline;
    this.longestRound = longestRound;
    this.index = index;
    this.reached = reached;
  }

  long requestId() {
    return requestId;
  }

  String id() {
    return change.id();
  }

  String address() {
    return change.address();
  }

  /** When the caller gives up. */
  long deadline() {
    return deadline;
  }

  Reached reached() {
    return reached;
  }

  /** Of the configuration that {@link #reached} speaks of. */
  long index() {
    return index;
  }

  /** The configuration with the server as nonvoter is committed. */
  void joined() {
    reached = Reached.NONVOTER;
  }

  /** The configuration with the server as voter is in the log. */
  void promotionLogged(long at) {
    reached = Reached.PROMOTION_LOGGED;
    index = at;
  }

  /** It was not heard lately: that it had caught up says nothing any more. */
  void fellSilent() {
    round = 0;
    caughtUp = false;
  }

  /**
   * Looks at how far the server is. Once it has caught up it has, unless it falls silent: it may
   * have to wait for its turn.
   *
   * @param match what it has of the log
   * @param last what the leader has
   */
  Pace look(long now, long match, long last) {
    // exercise 3.4: has the server caught up, in a round that was short enough?
    // MC-5. README, step 4; about 20 minutes.
    return Todo.here("3.4");
    // end of exercise 3.4
  }

  private void startRound(long now, long last) {
    round++;
    roundStarted = now;
    roundEnds = last;
  }

  void describe(StringBuilder text) {
    text.append(" staging=").append(id()).append(':').append(reached);
    text.append(" round ").append(round).append(" to ").append(roundEnds);
  }
}
