package io.raftlessons.election;

import static io.raftlessons.core.CoreFixture.MS;
import static io.raftlessons.core.CoreFixture.T;
import static io.raftlessons.core.CoreFixture.hardState;
import static io.raftlessons.core.CoreFixture.heartbeat;
import static io.raftlessons.core.CoreFixture.kinds;
import static io.raftlessons.core.CoreFixture.preVote;
import static io.raftlessons.core.CoreFixture.requestVote;
import static io.raftlessons.core.CoreFixture.vote;
import static io.raftlessons.election.ElectionFixture.group;
import static io.raftlessons.election.ElectionFixture.started;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.Effect.SaveHardState;
import io.raftlessons.core.Effect.SendAfterSync;
import io.raftlessons.core.LogView;
import io.raftlessons.course.Bugs;
import io.raftlessons.course.Exercise;
import io.raftlessons.course.Points;
import io.raftlessons.course.Rule;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who gets a vote, and what resets the timer; B and E are the known bugs that a test catches. */
class VotingTest {
  @Nested
  class Section52Voting {
    /** B25, E03: the vote is durable before it is sent. */
    @Points(2)
    @Exercise({"1.3", "1.1"})
    @Rule("PS-1")
    @Bugs("E03")
    @Test
    void voteIsPersistedBeforeItIsSent() {
      ElectionFixture server = started(3).passMinimumTimeout();

      server.receive(requestVote("s2", 1));

      assertThat(server.granted()).isTrue();
      assertThat(kinds(server.effects))
          .containsExactly("SaveHardState", "SendAfterSync", "RoleChanged");
      assertThat(server.effects.of(SaveHardState.class))
          .containsExactly(new SaveHardState(hardState(1, "s2")));
      SendAfterSync reply = server.effects.of(SendAfterSync.class).get(0);
      assertThat(reply.envelope().getTo()).isEqualTo("s2");
      assertThat(reply.envelope().getTerm()).isEqualTo(1);
    }

    /** B25: the term is on disk already, the vote is not. */
    @Test
    void aVoteInTheCurrentTermIsPersistedToo() {
      ElectionFixture server = group(3).stored(4, "").start().passMinimumTimeout();
      server.receive(requestVote("s2", 4));
      assertThat(kinds(server.effects)).containsExactly("SaveHardState", "SendAfterSync");
      assertThat(server.effects.of(SaveHardState.class))
          .containsExactly(new SaveHardState(hardState(4, "s2")));
    }

    @Points(1)
    @Exercise({"1.3", "1.1"})
    @Rule("RV-2")
    @Bugs("E16")
    @Test
    void oneVoteInATerm() {
      ElectionFixture server = started(3).passMinimumTimeout();
      server.receive(requestVote("s2", 1));

      server.receive(requestVote("s3", 1));

      assertThat(server.granted()).isFalse();
      assertThat(server.core.votedFor()).isEqualTo("s2");
      assertThat(server.effects.of(SaveHardState.class)).isEmpty();
    }

    @Test
    void sameCandidateIsGrantedAgain() {
      ElectionFixture server = started(3).passMinimumTimeout();
      server.receive(requestVote("s2", 1));

      server.receive(requestVote("s2", 1));

      assertThat(server.granted()).isTrue();
      assertThat(server.effects.of(SaveHardState.class)).isEmpty();
      assertThat(server.effects.of(SendAfterSync.class)).hasSize(1);
    }

    @Test
    void aVoteOutlivesARestart() {
      ElectionFixture server = group(3).stored(4, "s2").start().passMinimumTimeout();
      server.receive(requestVote("s3", 4));
      assertThat(server.granted()).isFalse();
      server.receive(requestVote("s2", 4));
      assertThat(server.granted()).isTrue();
    }

    @Test
    void aNewTermIsANewVote() {
      ElectionFixture server = group(3).stored(4, "s2").start().passMinimumTimeout();
      server.receive(requestVote("s3", 5));
      assertThat(server.granted()).isTrue();
      assertThat(server.core.votedFor()).isEqualTo("s3");
    }

    @Test
    void anOlderTermIsRefusedWithOurs() {
      ElectionFixture server = group(3).stored(4, "").start().passMinimumTimeout();
      server.receive(requestVote("s3", 3));
      assertThat(server.granted()).isFalse();
      assertThat(server.sent(BodyCase.REQUEST_VOTE_REPLY).get(0).getTerm()).isEqualTo(4);
      assertThat(server.core.votedFor()).isEmpty();
    }

    /** E01: stepping down within a term does not give the vote back. */
    @Points(1)
    @Exercise({"1.3", "1.2"})
    @Rule("RV-2")
    @Bugs("E01")
    @Test
    void candidateThatSteppedDownKeepsItsVote() {
      ElectionFixture server = started(3);
      server.becomeCandidate();
      server.receive(heartbeat("s2", 1));

      server.receive(requestVote("s3", 1));

      assertThat(server.granted()).isFalse();
      assertThat(server.core.votedFor()).isEqualTo("s1");
    }

    /** E05: the term is adopted, and the old vote with it gone, before the request is weighed. */
    @Test
    void candidateVotesForACandidateOfAHigherTerm() {
      ElectionFixture server = started(3);
      server.becomeCandidate();

      server.receive(requestVote("s2", 2));

      assertThat(server.granted()).isTrue();
      assertThat(server.core.describe())
          .isEqualTo("role=FOLLOWER currentTerm=2 votedFor=s2 leader=-");
    }
  }

  /** E07: what keeps split votes rare. */
  @Nested
  class Section52Randomisation {
    @Points(1)
    @Exercise("1.1")
    @Rule("FOL-2")
    @Bugs("E07")
    @Test
    void timeoutsAreSpreadOverTheWholeRange() {
      int[] tenths = new int[10];
      for (long seed = 0; seed < 1000; seed++) {
        ElectionFixture server = group(3).seed(seed).start();
        long timeout = server.effects.wakeAt() - server.now;
        assertThat(timeout).isBetween(T, 2 * T - 1);
        tenths[(int) ((timeout - T) * 10 / T)]++;
      }
      assertThat(IntStream.of(tenths).boxed()).allSatisfy(n -> assertThat(n).isBetween(60, 140));
    }

    @Points(1)
    @Exercise("1.1")
    @Rule("CAN-1")
    @Bugs("E07")
    @Test
    void timeoutIsDrawnAgainAtEveryElection() {
      ElectionFixture server = started(3);
      TreeSet<Long> timeouts = new TreeSet<>();
      for (int i = 0; i < 50; i++) {
        timeouts.add(server.effects.wakeAt() - server.now);
        server.wakeUp();
      }
      assertThat(timeouts).hasSize(50);
      assertThat(timeouts.last()).isLessThan(2 * T);
      assertThat(timeouts.first()).isGreaterThanOrEqualTo(T);
    }
  }

  /** §5.2 and Students' Guide: only a grant and a living leader reset the timer (E06). */
  @Nested
  class Section52Timer {
    @Test
    void grantedVoteResetsTheTimer() {
      ElectionFixture server = started(3).passMinimumTimeout();
      server.receive(requestVote("s2", 1));
      assertThat(server.effects.wakeAt() - server.now).isBetween(T, 2 * T - 1);
    }

    @Points(1)
    @Exercise("1.1")
    @Rule("FOL-2")
    @Bugs("E17")
    @Test
    void currentLeaderResetsTheTimer() {
      ElectionFixture server = started(3).pass(100 * MS);
      server.receive(heartbeat("s2", 1));
      assertThat(server.effects.wakeAt() - server.now)
          .as("time to wait after a heartbeat")
          .isBetween(T, 2 * T - 1);
      server.pass(100 * MS).receive(heartbeat("s2", 1));
      assertThat(server.effects.wakeAt() - server.now)
          .as("time to wait after the next heartbeat")
          .isBetween(T, 2 * T - 1);
    }

    @Points(1)
    @Exercise("1.1")
    @Rule("FOL-2")
    @Bugs("E06")
    @Test
    void refusedVoteDoesNot() {
      ElectionFixture server = group(3).stored(3, "").log(3, 3).start().passMinimumTimeout();
      long deadline = server.effects.wakeAt();
      server.receive(requestVote("s2", 4, 2, 9));
      assertThat(server.granted()).isFalse();
      assertThat(server.core.currentTerm()).isEqualTo(4);
      assertThat(server.effects.wakeAt()).isEqualTo(deadline);
    }

    @Points(1)
    @Exercise("1.1")
    @Rule("FOL-2")
    @Bugs("E06-leader")
    @Test
    void staleLeaderDoesNot() {
      ElectionFixture server = group(3).stored(4, "").start().pass(100 * MS);
      long deadline = server.effects.wakeAt();
      server.receive(heartbeat("s2", 3));
      assertThat(server.effects.wakeAt()).isEqualTo(deadline);
      assertThat(server.core.leader()).isEmpty();
    }

    /** B19. */
    @Test
    void grantedPreVoteDoesNot() {
      ElectionFixture server = started(3).passMinimumTimeout();
      long deadline = server.effects.wakeAt();
      server.receive(preVote("s2", 1, 0, 0));
      assertThat(server.grantedPreVote()).isTrue();
      assertThat(server.effects.wakeAt()).isEqualTo(deadline);
    }

    @Test
    void adoptedTermDoesNot() {
      ElectionFixture server = started(3).pass(100 * MS);
      long deadline = server.effects.wakeAt();
      server.receive(vote("s2", 7, false));
      assertThat(server.core.currentTerm()).isEqualTo(7);
      assertThat(server.effects.wakeAt()).isEqualTo(deadline);
    }
  }

  /** §5.4.1: the later last term wins; of equal terms the longer log. E: R07. */
  @Nested
  class Section541UpToDate {
    @Points(4)
    @Exercise({"1.5", "1.3"})
    @Rule("RV-2")
    @Bugs({"R07", "R07-both"})
    @ParameterizedTest(
        name = "a voter whose log ends with 5 in term 2: one that ends with {1} in {0}")
    @CsvSource({
      "0, 0, false",
      "1, 4, false",
      "1, 5, false",
      "1, 6, false",
      "2, 4, false",
      "2, 5, true",
      "2, 6, true",
      "3, 1, true",
      "3, 5, true",
      "3, 6, true",
    })
    void onlyAnUpToDateLogIsVotedFor(long lastTerm, long lastIndex, boolean granted) {
      ElectionFixture voter = group(3).log(2, 5).stored(3, "").start().passMinimumTimeout();
      voter.receive(preVote("s2", 4, lastTerm, lastIndex));
      assertThat(voter.grantedPreVote()).isEqualTo(granted);
      voter.receive(requestVote("s2", 4, lastTerm, lastIndex));
      assertThat(voter.granted()).isEqualTo(granted);
      assertThat(voter.core.votedFor()).isEqualTo(granted ? "s2" : "");
      assertThat(voter.core.currentTerm()).isEqualTo(4);
    }

    /** B37: the log is asked when the vote is given; what it held before does not count. */
    @Points(1)
    @Exercise({"1.5", "1.3"})
    @Rule("RV-2")
    @Bugs("B37")
    @Test
    void theLogIsAskedAtTheMomentOfTheVote() {
      GrowingLog log = new GrowingLog();
      ElectionFixture voter = group(3).log(log).stored(3, "").start().passMinimumTimeout();
      log.append(2, 5);
      voter.receive(preVote("s2", 4, 2, 5));
      assertThat(voter.grantedPreVote()).isTrue();

      log.append(3, 6);
      voter.receive(preVote("s2", 4, 2, 5));
      assertThat(voter.grantedPreVote()).isFalse();
      voter.receive(requestVote("s2", 4, 2, 5));
      assertThat(voter.granted()).isFalse();

      log.append(3, 7);
      voter.receive(requestVote("s3", 4, 3, 6));
      assertThat(voter.granted()).isFalse();
    }

    @Test
    void aCandidateTellsOfItsLogAsItIs() {
      GrowingLog log = new GrowingLog();
      ElectionFixture candidate = group(3).log(log).stored(3, "").start();
      log.append(3, 6);
      candidate.becomeCandidate();
      for (Envelope request : candidate.sent(BodyCase.REQUEST_VOTE)) {
        assertThat(request.getRequestVote().getLastLogTerm()).isEqualTo(3);
        assertThat(request.getRequestVote().getLastLogIndex()).isEqualTo(6);
      }
      assertThat(candidate.sent(BodyCase.REQUEST_VOTE)).hasSize(2);
    }

    private static final class GrowingLog implements LogView {
      private long lastTerm;
      private long lastIndex;

      void append(long term, long index) {
        lastTerm = term;
        lastIndex = index;
      }

      @Override
      public long lastTerm() {
        return lastTerm;
      }

      @Override
      public long lastIndex() {
        return lastIndex;
      }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1"})
    void anEmptyLogVotesForEverybody(long lastTerm, long lastIndex) {
      ElectionFixture voter = started(3).passMinimumTimeout();
      voter.receive(requestVote("s2", 4, lastTerm, lastIndex));
      assertThat(voter.granted()).isTrue();
    }
  }
}
