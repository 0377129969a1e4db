// Yours to write: lesson 1, exercises 1.1 to 1.8. (starter 6cf8cc789b1de60d)
package io.raftlessons.election;

import io.raftlessons.core.Electorate;
import io.raftlessons.core.Gate;
import io.raftlessons.core.LogView;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.Role;
import io.raftlessons.core.Step;
import io.raftlessons.course.Todo;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import io.raftlessons.wire.HardState;
import io.raftlessons.wire.PreVote;
import io.raftlessons.wire.PreVoteReply;
import io.raftlessons.wire.RequestVote;
import io.raftlessons.wire.RequestVoteReply;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * Leader election: randomised timeouts (§5.2), the up-to-date check (§5.4.1), pre-vote (thesis 9.6)
 * and check-quorum (thesis 6.2).
 *
 * <p>The core has done the rest: it adopts terms, notes when a leader or a follower was heard, and
 * refuses vote requests while a leader is alive.
 */
public final class MyElection implements Election {
  private final RaftConfig config;
  private final LogView log;
  private final Electorate electorate;
  private final Gate gate;
  private final RandomGenerator random;

  /** When the timer was last reset for a reason of its own: start, campaign, a granted vote. */
  private long timerStartedAt;

  private long timeout;
  private boolean started;

  private long preVoteRound;

  /** The term asked about; 0 while no pre-vote is under way. */
  private long preVoteTerm;

  private final Set<String> preVotes = new TreeSet<>();

  private final Set<String> votes = new TreeSet<>();

  public MyElection(
      RaftConfig config, LogView log, Electorate electorate, Gate gate, RandomGenerator random) {
    this.config = config;
    this.log = log;
    this.electorate = electorate;
    this.gate = gate;
    this.random = random;
    this.timeout = config.electionTimeoutNanos();
  }

  @Override
  public Set<BodyCase> handles() {
    return EnumSet.of(
        BodyCase.PRE_VOTE,
        BodyCase.PRE_VOTE_REPLY,
        BodyCase.REQUEST_VOTE,
        BodyCase.REQUEST_VOTE_REPLY);
  }

  @Override
  public void onTime(Step step) {
    if (!started) {
      started = true;
      resetTimer(step);
    } else if (step.now() < deadline(step)) {
      return;
    } else if (step.role() == Role.LEADER) {
      checkQuorum(step);
    } else {
      electionTimedOut(step);
    }
  }

  @Override
  public long wakeAt(Step step) {
    return started ? deadline(step) : step.now();
  }

  /** §5.2: the time by which this server must have heard a leader, or acts itself. */
  private long deadline(Step step) {
    // exercise 1.1: when the timer rings; a leader's rings a minimum timeout after it was set.
    // FOL-2, CAN-4. README, step 1; about 15 minutes.
    return Todo.here("1.1");
    // end of exercise 1.1
  }

  private void resetTimer(Step step) {
    // exercise 1.1: start the timer anew, with a timeout that is drawn anew.
    // FOL-2, CAN-4. README, step 1; about 15 minutes.
    Todo.here("1.1");
    // end of exercise 1.1
  }

  /** Thesis 6.2: a leader that no quorum answers must not keep clients or voters waiting. */
  private void checkQuorum(Step step) {
    resetTimer(step);
    // exercise 1.8: step down if no quorum was heard for two minimum timeouts (config.checkQuorum).
    // UN-3. README, step 8; about 15 minutes.
    Todo.here("1.8");
    // end of exercise 1.8
  }

  private void electionTimedOut(Step step) {
    resetTimer(step);
    step.forgetLeader();
    if (step.role() == Role.CANDIDATE && config.preVote()) {
      step.becomeFollower(); // ask again first: a candidate nobody hears must not run up its term
    }
    if (!electorate.mayCampaign(step.self()) || gate.campaignRefused(step).isPresent()) {
      return;
    }
    if (config.preVote()) {
      preVote(step);
    } else {
      campaign(step, false);
    }
  }

  private void preVote(Step step) {
    // exercise 1.6: ask all other voters whether they would vote for this server in the next term.
    // UN-2. README, step 6; about 25 minutes.
    Todo.here("1.6");
    // end of exercise 1.6
    countPreVotes(step);
  }

  private void countPreVotes(Step step) {
    // exercise 1.7: campaign when a quorum would vote for this server.
    // UN-2. README, step 7; about 15 minutes.
    Todo.here("1.7");
    // end of exercise 1.7
  }

  @Override
  public void campaign(Step step, boolean transfer) {
    preVoteTerm = 0;
    votes.clear();
    // exercise 1.2: a new term, the own vote, and a request to every other voter.
    // CAN-1, PS-1. README, step 2; about 20 minutes.
    Todo.here("1.2");
    // end of exercise 1.2
  }

  @Override
  public void persisted(Step step, HardState state) {
    // exercise 1.4: the own vote counts from now on, if it is of this term and still wanted.
    // CAN-2, PS-1. README, step 4; about 20 minutes.
    Todo.here("1.4");
    // end of exercise 1.4
  }

  private void countVotes(Step step) {
    // exercise 1.4: lead when a quorum has voted for this server, itself included.
    // CAN-2, PS-1. README, step 4; about 20 minutes.
    Todo.here("1.4");
    // end of exercise 1.4
  }

  @Override
  public void onMessage(Step step, Envelope message) {
    switch (message.getBodyCase()) {
      case PRE_VOTE -> onPreVote(step, message);
      case PRE_VOTE_REPLY -> onPreVoteReply(step, message);
      case REQUEST_VOTE -> onRequestVote(step, message);
      case REQUEST_VOTE_REPLY -> onRequestVoteReply(step, message);
      default -> throw new IllegalArgumentException("not mine: " + message.getBodyCase());
    }
  }

  private void onPreVote(Step step, Envelope message) {
    // exercise 1.6: would this server vote so? A yes has the term asked about; nothing changes.
    // UN-2. README, step 6; about 25 minutes.
    Todo.here("1.6");
    // end of exercise 1.6
  }

  private void onPreVoteReply(Step step, Envelope message) {
    // exercise 1.7: note who would vote for this server, if that is what it still asks.
    // UN-2. README, step 7; about 15 minutes.
    Todo.here("1.7");
    // end of exercise 1.7
  }

  private void onRequestVote(Step step, Envelope message) {
    RequestVote request = message.getRequestVote();
    String candidate = message.getFrom();
    // Thesis 4.2.3, as for a higher term: the term may have come before, by another message.
    boolean leaderLives = step.leaderHeardRecently() && !request.getLeadershipTransfer();
    // exercise 1.3: vote for the candidate, or refuse: one vote in a term.
    // RV-2, PS-1. README, step 3; about 20 minutes.
    Todo.here("1.3");
    // end of exercise 1.3
  }

  private void onRequestVoteReply(Step step, Envelope message) {
    // exercise 1.4: note who voted for this server.
    // CAN-2, PS-1. README, step 4; about 20 minutes.
    Todo.here("1.4");
    // end of exercise 1.4
  }

  /** §5.4.1: the candidate's log is at least as up to date as ours. */
  private boolean upToDate(long lastLogTerm, long lastLogIndex) {
    // exercise 1.5: is a log that ends so at least as up to date as the own one?
    // RV-2. README, step 5; about 10 minutes.
    return Todo.here("1.5");
    // end of exercise 1.5
  }

  @Override
  public void refuse(Step step, Envelope request) {
    if (request.getBodyCase() == BodyCase.PRE_VOTE) {
      replyPreVote(step, request, step.currentTerm(), false);
    } else if (request.getBodyCase() == BodyCase.REQUEST_VOTE) {
      step.sendAfterSync(request.getFrom(), voteReply(false));
    } else {
      throw new IllegalArgumentException("nothing to refuse: " + request.getBodyCase());
    }
  }

  private static void replyPreVote(Step step, Envelope request, long term, boolean granted) {
    PreVoteReply reply =
        PreVoteReply.newBuilder()
            .setGranted(granted)
            .setRound(request.getPreVote().getRound())
            .build();
    step.sendNow(request.getFrom(), term, Envelope.newBuilder().setPreVoteReply(reply));
  }

  private static Envelope.Builder voteReply(boolean granted) {
    return Envelope.newBuilder()
        .setRequestVoteReply(RequestVoteReply.newBuilder().setGranted(granted));
  }

  @Override
  public void becameFollower(Step step) {
    votes.clear();
    if (step.currentTerm() >= preVoteTerm) {
      preVoteTerm = 0; // a candidate that stepped down to ask still waits for the answer
    }
  }

  @Override
  public void describe(StringBuilder text) {
    if (preVoteTerm != 0) {
      text.append(" preVotes=").append(preVotes);
    }
    if (!votes.isEmpty()) {
      text.append(" votes=").append(votes);
    }
  }
}
