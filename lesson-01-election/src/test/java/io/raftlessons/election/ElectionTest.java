package io.raftlessons.election;

import static io.raftlessons.core.CoreFixture.MS;
import static io.raftlessons.core.CoreFixture.T;
import static io.raftlessons.core.CoreFixture.hardState;
import static io.raftlessons.core.CoreFixture.heartbeat;
import static io.raftlessons.core.CoreFixture.kinds;
import static io.raftlessons.core.CoreFixture.preVote;
import static io.raftlessons.core.CoreFixture.sent;
import static io.raftlessons.core.CoreFixture.vote;
import static io.raftlessons.election.ElectionFixture.group;
import static io.raftlessons.election.ElectionFixture.started;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.Effect.RoleChanged;
import io.raftlessons.core.Effect.SaveHardState;
import io.raftlessons.core.Effects;
import io.raftlessons.core.Gate;
import io.raftlessons.core.Role;
import io.raftlessons.core.Step;
import io.raftlessons.course.Bugs;
import io.raftlessons.course.Exercise;
import io.raftlessons.course.Points;
import io.raftlessons.course.Rule;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Leader election by the sections of the paper; B and E are the known bugs that a test catches. */
class ElectionTest {
  @Nested
  class Section52Candidates {
    @Test
    void startsAsFollowerWithoutALeader() {
      ElectionFixture server = group(3).stored(4, "s2").start();

      assertThat(server.core.role()).isEqualTo(Role.FOLLOWER);
      assertThat(server.core.currentTerm()).isEqualTo(4);
      assertThat(server.core.votedFor()).isEqualTo("s2");
      assertThat(server.core.leader()).isEmpty();
      assertThat(server.effects.list()).isEmpty();
    }

    @Test
    void electionTimeoutLeadsByPreVoteToTheNextTermWithTheOwnVote() {
      ElectionFixture server = group(3).stored(4, "s2").start();

      server.becomeCandidate();

      assertThat(server.core.currentTerm()).isEqualTo(5);
      assertThat(server.core.votedFor()).isEqualTo("s1");
    }

    /** B25, E02: a candidate that forgets its own vote votes twice in its term. */
    @Points(3)
    @Exercise({"1.2", "1.1"})
    @Rule("PS-1")
    @Bugs("E02")
    @Test
    void candidatePersistsTermAndVoteBeforeItsRequestsLeave() {
      ElectionFixture server = group(3).stored(4, "s2").log(3, 17).start();

      Effects effects = server.becomeCandidate();

      assertThat(kinds(effects))
          .containsExactly("SaveHardState", "SendAfterSync", "SendAfterSync", "RoleChanged");
      assertThat(effects.of(SaveHardState.class))
          .containsExactly(new SaveHardState(hardState(5, "s1")));
      assertThat(effects.of(RoleChanged.class))
          .containsExactly(new RoleChanged(Role.CANDIDATE, 5, ""));
      assertThat(sent(effects)).extracting(Envelope::getTo).containsExactly("s2", "s3");
      for (Envelope request : sent(effects)) {
        assertThat(request.getTerm()).isEqualTo(5);
        assertThat(request.getFrom()).isEqualTo("s1");
        assertThat(request.getRequestVote().getLastLogTerm()).isEqualTo(3);
        assertThat(request.getRequestVote().getLastLogIndex()).isEqualTo(17);
        assertThat(request.getRequestVote().getLeadershipTransfer()).isFalse();
      }
    }

    @Test
    void bareElectionSkipsThePreVote() {
      ElectionFixture server = group(3).preVote(false).stored(4, "s2").start();

      server.wakeUp();

      assertThat(server.core.role()).isEqualTo(Role.CANDIDATE);
      assertThat(server.core.currentTerm()).isEqualTo(5);
      assertThat(server.sent(BodyCase.REQUEST_VOTE)).hasSize(2);
    }

    /** E08; with pre-vote off a candidate starts a new term each time, as in the paper. */
    @Points(2)
    @Exercise({"1.2", "1.1"})
    @Rule("CAN-4")
    @Bugs("E08")
    @Test
    void bareCandidateTriesAgainInANewTerm() {
      ElectionFixture server = group(3).preVote(false).start();
      server.wakeUp();

      server.wakeUp();

      assertThat(server.core.role()).isEqualTo(Role.CANDIDATE);
      assertThat(server.core.currentTerm()).isEqualTo(2);
      assertThat(server.effects.of(SaveHardState.class))
          .containsExactly(new SaveHardState(hardState(2, "s1")));
      assertThat(server.sent(BodyCase.REQUEST_VOTE)).hasSize(2);
    }

    /** B20, E08: it asks first, and that question is answered in the same election timeout. */
    @Points(2)
    @Exercise({"1.6", "1.2"})
    @Rule("UN-2")
    @Bugs({"B20", "E08"})
    @Test
    void candidateThatTimesOutAsksByPreVoteAndKeepsItsTerm() {
      ElectionFixture server = started(3);
      server.becomeCandidate();
      assertThat(server.core.currentTerm()).isEqualTo(1);

      for (int i = 0; i < 5; i++) {
        server.wakeUp();
        assertThat(server.core.role()).isEqualTo(Role.FOLLOWER);
        assertThat(server.core.currentTerm()).isEqualTo(1);
        assertThat(server.sent(BodyCase.PRE_VOTE)).extracting(Envelope::getTerm).containsOnly(2L);
      }

      server.becomeCandidate();
      assertThat(server.core.currentTerm()).isEqualTo(2);
    }

    @Test
    void grantsToACandidateThatAskedAgainCountAtOnce() {
      ElectionFixture server = started(3);
      server.becomeCandidate();

      server.becomeCandidate();

      assertThat(server.core.currentTerm()).isEqualTo(2);
    }

    @Test
    void closedGateKeepsAServerFromCampaigning() {
      Gate closed =
          new Gate() {
            @Override
            public Optional<Gate.Refusal> campaignRefused(Step step) {
              return Optional.of(new Gate.Refusal(Gate.Why.BUSY, "a test says so"));
            }
          };
      for (boolean preVote : new boolean[] {true, false}) {
        ElectionFixture server = group(3).gate(closed).preVote(preVote).start();
        server.run(20 * T);
        assertThat(server.core.describe()).startsWith("role=FOLLOWER currentTerm=0 votedFor=-");
      }
    }

    @Test
    void silentLeaderIsForgotten() {
      ElectionFixture server = started(3);
      server.receive(heartbeat("s2", 1));
      assertThat(server.core.leader()).isEqualTo("s2");

      server.wakeUp();

      assertThat(server.core.leader()).isEmpty();
      assertThat(server.effects.of(RoleChanged.class))
          .containsExactly(new RoleChanged(Role.FOLLOWER, 1, ""));
    }

    /** E11. */
    @Test
    void candidateStepsDownForALeaderOfItsOwnTerm() {
      ElectionFixture server = started(3);
      server.becomeCandidate();

      Effects effects = server.receive(heartbeat("s2", 1));

      assertThat(server.core.describe())
          .isEqualTo("role=FOLLOWER currentTerm=1 votedFor=s1 leader=s2");
      assertThat(effects.of(SaveHardState.class)).isEmpty();
      assertThat(server.sent(BodyCase.APPEND_ENTRIES_REPLY))
          .extracting(m -> m.getAppendEntriesReply().getSuccess())
          .containsExactly(true);
    }

    @Test
    void candidateIgnoresALeaderOfAnOlderTermAndTellsItSo() {
      ElectionFixture server = group(3).stored(4, "").start();
      server.becomeCandidate();

      server.receive(heartbeat("s2", 4));

      assertThat(server.core.role()).isEqualTo(Role.CANDIDATE);
      Envelope reply = server.sent(BodyCase.APPEND_ENTRIES_REPLY).get(0);
      assertThat(reply.getTerm()).isEqualTo(5);
      assertThat(reply.getAppendEntriesReply().getSuccess()).isFalse();
    }

    @Test
    void candidateLearnsAHigherTermFromARefusal() {
      ElectionFixture server = started(3);
      server.becomeCandidate();

      server.receive(vote("s2", 9, false));

      assertThat(server.core.describe())
          .isEqualTo("role=FOLLOWER currentTerm=9 votedFor=- leader=-");
      assertThat(server.effects.of(SaveHardState.class))
          .containsExactly(new SaveHardState(hardState(9, "")));
    }
  }

  @Nested
  class Section52Counting {
    /** R8: a vote that is not on disk is not given. */
    @Points(1)
    @Exercise({"1.4", "1.2"})
    @Rule("PS-1")
    @Bugs("B25-own-vote")
    @Test
    void ownVoteCountsOnlyWhenItIsDurable() {
      ElectionFixture server = started(3);
      server.becomeCandidate();
      server.receive(vote("s2", 1, true));
      server.receive(vote("s3", 1, true));
      assertThat(server.core.role())
          .as("votes of s2 and s3, its own not on disk yet")
          .isEqualTo(Role.CANDIDATE);

      server.persist();

      assertThat(server.core.role()).as("with its own vote on disk").isEqualTo(Role.LEADER);
      assertThat(server.core.leader()).isEqualTo("s1");
    }

    @Test
    void aLateCompletionOfAnOlderTermIsNotThisTermsVote() {
      ElectionFixture server = group(3).preVote(false).start();
      server.wakeUp();
      server.wakeUp();
      assertThat(server.core.currentTerm()).isEqualTo(2);

      server.persisted(hardState(1, "s1"));
      server.receive(vote("s2", 2, true));

      assertThat(server.core.role()).isEqualTo(Role.CANDIDATE);
    }

    /** Two of one, two of two, two of three, three of four, three of five: E10, E12. */
    @Points(1)
    @Exercise({"1.4", "1.2"})
    @Rule("CAN-2")
    @Bugs({"E10", "E12"})
    @ParameterizedTest(name = "a group of {0} needs {1} more votes")
    @CsvSource({"1, 0", "2, 1", "3, 1", "4, 2", "5, 2", "6, 3", "7, 3"})
    void majorityOfTheGroupElects(int servers, int needed) {
      ElectionFixture server = started(servers);
      server.becomeCandidate();
      if (needed == 0) {
        server.persist();
      } else {
        server.persist();
        for (int i = 2; i < 1 + needed; i++) {
          server.receive(vote("s" + i, 1, true));
        }
        assertThat(server.core.role())
            .as("%d votes of %d, its own included", needed, servers)
            .isEqualTo(Role.CANDIDATE);
        server.receive(vote("s" + (1 + needed), 1, true));
      }
      assertThat(server.core.role())
          .as("%d votes of %d, its own included", needed + 1, servers)
          .isEqualTo(Role.LEADER);
    }

    @Test
    void aGroupOfOneDoesNotLeadBeforeItsVoteIsDurable() {
      ElectionFixture server = started(1);
      server.wakeUp();
      assertThat(server.core.role()).isEqualTo(Role.CANDIDATE);
      server.persist();
      assertThat(server.core.role()).isEqualTo(Role.LEADER);
      server.run(20 * T);
      assertThat(server.core.role()).isEqualTo(Role.LEADER);
    }

    /** E09: the network doubles messages. */
    @Points(1)
    @Exercise({"1.4", "1.2"})
    @Rule("CAN-2")
    @Bugs("E09")
    @Test
    void oneVoterCountsOnce() {
      ElectionFixture server = started(5);
      server.becomeCandidate();
      server.persist();
      for (int i = 0; i < 4; i++) {
        server.receive(vote("s2", 1, true));
      }
      assertThat(server.core.role())
          .as("its own vote, and that of s2 four times, of five")
          .isEqualTo(Role.CANDIDATE);
    }

    @Test
    void refusalsAndStrangersDoNotCount() {
      ElectionFixture server = started(3);
      server.becomeCandidate();
      server.persist();
      server.receive(vote("s2", 1, false));
      server.receive(vote("stranger", 1, true));
      assertThat(server.core.role()).isEqualTo(Role.CANDIDATE);
    }

    /** E04. */
    @Points(1)
    @Exercise({"1.4", "1.2"})
    @Rule("CAN-2")
    @Bugs("E04")
    @Test
    void votesOfAnOlderTermDoNotCount() {
      ElectionFixture server = started(3);
      server.becomeCandidate();
      server.persist();
      server.becomeCandidate();
      server.persist();
      assertThat(server.core.currentTerm()).isEqualTo(2);

      server.receive(vote("s2", 1, true));

      assertThat(server.core.role())
          .as("its own vote of term 2, and one of term 1")
          .isEqualTo(Role.CANDIDATE);
    }

    /** A vote of the first candidacy must not be left over for the second. */
    @ParameterizedTest(name = "pre-vote {0}")
    @ValueSource(booleans = {true, false})
    void everyCandidacyCountsFromZero(boolean preVote) {
      ElectionFixture server = group(5).preVote(preVote).start();
      server.becomeCandidate();
      server.persist();
      server.receive(vote("s2", 1, true));
      server.becomeCandidate();
      server.receive(vote("s3", 2, true));
      server.persist();
      assertThat(server.core.role()).isEqualTo(Role.CANDIDATE);
      server.receive(vote("s4", 2, true));
      assertThat(server.core.role()).isEqualTo(Role.LEADER);
    }

    /** E13: nobody hears of a leader before there is one. */
    @Points(1)
    @Exercise({"1.4", "1.2"})
    @Rule("LD-1")
    @Bugs("E13")
    @Test
    void winnerTellsEverybodyAtOnceAndNobodyBefore() {
      ElectionFixture server = started(3);
      server.becomeCandidate();
      assertThat(server.sent(BodyCase.APPEND_ENTRIES)).isEmpty();
      server.persist();
      assertThat(server.sent(BodyCase.APPEND_ENTRIES)).isEmpty();

      server.receive(vote("s3", 1, true));

      assertThat(server.sent(BodyCase.APPEND_ENTRIES))
          .extracting(Envelope::getTo)
          .containsExactly("s2", "s3");
      assertThat(server.effects.of(RoleChanged.class))
          .containsExactly(new RoleChanged(Role.LEADER, 1, "s1"));
    }

    @Test
    void votesAfterTheElectionChangeNothing() {
      ElectionFixture server = started(3).becomeLeader();
      String before = server.core.describe();
      server.receive(vote("s3", 1, true));
      server.receive(vote("s3", 1, false));
      assertThat(server.core.describe()).isEqualTo(before);
      assertThat(server.effects.list()).isEmpty();
    }

    @Test
    void leaderSendsHeartbeatsAtTheInterval() {
      ElectionFixture server = started(3).becomeLeader();
      for (int i = 0; i < 2; i++) {
        server.after(49 * MS);
        assertThat(server.sent(BodyCase.APPEND_ENTRIES)).isEmpty();
        server.after(MS);
        assertThat(server.sent(BodyCase.APPEND_ENTRIES)).hasSize(2);
      }
    }
  }
}
