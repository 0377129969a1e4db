package io.raftlessons.election;

import static io.raftlessons.core.CoreFixture.T;
import static io.raftlessons.core.CoreFixture.heartbeat;
import static io.raftlessons.core.CoreFixture.kinds;
import static io.raftlessons.core.CoreFixture.preVote;
import static io.raftlessons.core.CoreFixture.preVoteGranted;
import static io.raftlessons.core.CoreFixture.preVoteReply;
import static io.raftlessons.core.CoreFixture.requestVote;
import static io.raftlessons.election.ElectionFixture.group;
import static io.raftlessons.election.ElectionFixture.started;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.Effect.SaveHardState;
import io.raftlessons.core.Effect.SendNow;
import io.raftlessons.core.Role;
import io.raftlessons.course.Bugs;
import io.raftlessons.course.Exercise;
import io.raftlessons.course.Points;
import io.raftlessons.course.Rule;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Thesis 9.6: who asks first disrupts nobody. */
class PreVoteTest {
  @Nested
  class Asking {
    @Test
    void theQuestionIsAboutTheNextTermAndChangesNothingHere() {
      ElectionFixture server = group(3).stored(4, "s2").log(3, 17).start();

      server.wakeUp();

      assertThat(kinds(server.effects)).containsExactly("SendNow", "SendNow");
      for (SendNow send : server.effects.of(SendNow.class)) {
        assertThat(send.envelope().getTerm()).isEqualTo(5);
        assertThat(send.envelope().getPreVote().getLastLogTerm()).isEqualTo(3);
        assertThat(send.envelope().getPreVote().getLastLogIndex()).isEqualTo(17);
      }
      assertThat(server.core.describe())
          .startsWith("role=FOLLOWER currentTerm=4 votedFor=s2 leader=-");
    }

    @Points(2)
    @Exercise({"1.7", "1.6"})
    @Rule("UN-2")
    @Bugs("E15")
    @ParameterizedTest(name = "a group of {0} needs {1} grants")
    @CsvSource({"2, 1", "3, 1", "4, 2", "5, 2"})
    void majorityOfGrantsMakesACandidate(int servers, int needed) {
      ElectionFixture server = started(servers);
      server.wakeUp();
      Envelope request = server.sent(BodyCase.PRE_VOTE).get(0);
      for (int i = 2; i < 1 + needed; i++) {
        server.receive(preVoteGranted("s" + i, request));
      }
      assertThat(server.core.role()).isEqualTo(Role.FOLLOWER);
      server.receive(preVoteGranted("s" + (1 + needed), request));
      assertThat(server.core.role()).isEqualTo(Role.CANDIDATE);
      assertThat(server.core.currentTerm()).isEqualTo(1);
    }

    @Test
    void oneGrantCountsOnceAndStrangersNever() {
      ElectionFixture server = started(5);
      server.wakeUp();
      Envelope request = server.sent(BodyCase.PRE_VOTE).get(0);
      server.receive(preVoteGranted("s2", request));
      server.receive(preVoteGranted("s2", request));
      server.receive(preVoteGranted("stranger", request));
      server.receive(preVoteReply("s3", 0, false, request.getPreVote().getRound()));
      assertThat(server.core.role()).isEqualTo(Role.FOLLOWER);
    }

    @Points(2)
    @Exercise({"1.7", "1.6"})
    @Rule("UN-2")
    @Bugs("E18")
    @Test
    void grantsOfAnOlderRoundDoNotCount() {
      ElectionFixture server = started(5);
      server.wakeUp();
      Envelope first = server.sent(BodyCase.PRE_VOTE).get(0);
      server.receive(preVoteGranted("s2", first));
      server.wakeUp();
      Envelope second = server.sent(BodyCase.PRE_VOTE).get(0);
      assertThat(second.getPreVote().getRound()).isGreaterThan(first.getPreVote().getRound());

      server.receive(preVoteGranted("s3", first));
      server.receive(preVoteGranted("s4", second));
      assertThat(server.core.role())
          .as("of five: itself and s4, and two grants of an older round")
          .isEqualTo(Role.FOLLOWER);
      server.receive(preVoteGranted("s5", second));
      assertThat(server.core.role()).isEqualTo(Role.CANDIDATE);
    }

    @Test
    void grantsAfterTheCampaignBeganDoNotStartAnother() {
      ElectionFixture server = started(3);
      server.wakeUp();
      Envelope request = server.sent(BodyCase.PRE_VOTE).get(0);
      server.receive(preVoteGranted("s2", request));
      server.receive(preVoteGranted("s3", request));
      assertThat(server.core.currentTerm()).isEqualTo(1);
      assertThat(server.effects.list()).isEmpty();
    }

    @Points(1)
    @Exercise({"1.7", "1.6"})
    @Rule("UN-2")
    @Bugs("E19")
    @Test
    void aLeaderThatIsHeardEndsTheQuestion() {
      for (long later : new long[] {0, 1, T / 10}) {
        ElectionFixture server = started(3);
        server.receive(heartbeat("s3", 1));
        server.wakeUp();
        Envelope request = server.sent(BodyCase.PRE_VOTE).get(0);

        server.pass(later).receive(heartbeat("s3", 1));
        server.receive(preVoteGranted("s2", request));

        assertThat(server.core.role())
            .as("a grant after a heartbeat of %d ns later", later)
            .isEqualTo(Role.FOLLOWER);
        assertThat(server.core.leader()).isEqualTo("s3");
      }
    }

    @Test
    void aNewTermEndsTheQuestion() {
      ElectionFixture server = started(3);
      server.wakeUp();
      Envelope request = server.sent(BodyCase.PRE_VOTE).get(0);
      server.receive(requestVote("s3", 1));
      server.receive(preVoteGranted("s2", request));
      assertThat(server.core.describe())
          .isEqualTo("role=FOLLOWER currentTerm=1 votedFor=s3 leader=-");
    }

    /** E15: the term of a grant is the term asked for, not one that anybody is in. */
    @Test
    void aGrantIsNoTermToAdopt() {
      ElectionFixture server = started(5);
      server.wakeUp();
      server.receive(preVoteGranted("s2", server.sent(BodyCase.PRE_VOTE).get(0)));
      assertThat(server.core.currentTerm()).isZero();
      assertThat(server.effects.of(SaveHardState.class)).isEmpty();
    }

    /** B18: else a server that is behind asks for an old term for ever. */
    @Test
    void aRefusalOfAHigherTermIsAdopted() {
      ElectionFixture server = started(3);
      server.wakeUp();
      server.receive(preVoteReply("s2", 6, false, 1));
      assertThat(server.core.currentTerm()).isEqualTo(6);
      server.wakeUp();
      assertThat(server.sent(BodyCase.PRE_VOTE)).extracting(Envelope::getTerm).containsOnly(7L);
    }

    /** The term in it is one that somebody is in: it counts whatever leader was heard. */
    @Test
    void aRefusalOfAHigherTermIsAdoptedThoughALeaderLives() {
      ElectionFixture server = started(3);
      server.receive(heartbeat("s3", 4));
      server.receive(preVoteReply("s2", 6, false, 1));
      assertThat(server.core.describe())
          .isEqualTo("role=FOLLOWER currentTerm=6 votedFor=- leader=-");
    }

    @ParameterizedTest(name = "granted: {0}, term {1} in term 4")
    @CsvSource({"true, 4", "true, 3", "false, 4", "false, 3"})
    void anAnswerThatIsTooLateChangesNothing(boolean granted, long term) {
      ElectionFixture server = group(3).stored(4, "s3").start().passMinimumTimeout();
      String before = server.core.describe();
      server.receive(preVoteReply("s2", term, granted, 1));
      assertThat(server.core.describe()).isEqualTo(before);
      assertThat(server.effects.list()).isEmpty();
    }

    @Test
    void aGroupOfOneNeedsNoAnswer() {
      ElectionFixture server = started(1);
      server.wakeUp();
      assertThat(server.core.role()).isEqualTo(Role.CANDIDATE);
    }
  }

  @Nested
  class Answering {
    @Points(1)
    @Exercise({"1.6", "1.5"})
    @Rule("UN-2")
    @Bugs("B19")
    @Test
    void grantEchoesTermAndRoundAndChangesNothing() {
      ElectionFixture server = group(3).stored(4, "s3").start().passMinimumTimeout();
      String before = server.core.describe();
      long deadline = server.effects.wakeAt();

      server.receive(preVote("s2", 5, 0, 0));

      assertThat(kinds(server.effects)).containsExactly("SendNow");
      Envelope reply = server.sent(BodyCase.PRE_VOTE_REPLY).get(0);
      assertThat(reply.getTo()).isEqualTo("s2");
      assertThat(reply.getPreVoteReply().getGranted()).as("granted, without a leader").isTrue();
      assertThat(reply.getTerm()).as("term of the grant: the one asked about").isEqualTo(5);
      assertThat(reply.getPreVoteReply().getRound()).as("round of the question").isEqualTo(7);
      assertThat(server.core.describe()).isEqualTo(before);
      assertThat(server.effects.wakeAt()).as("the timer").isEqualTo(deadline);
    }

    /** A pre-vote is no vote: everybody may have one. */
    @Test
    void manyAreGranted() {
      ElectionFixture server = started(5).passMinimumTimeout();
      for (String asking : new String[] {"s2", "s3", "s4"}) {
        server.receive(preVote(asking, 1, 0, 0));
        assertThat(server.grantedPreVote()).isTrue();
      }
    }

    /** B18: the refusal says which term it is. */
    @Points(2)
    @Exercise({"1.6", "1.1"})
    @Rule("UN-2")
    @Bugs("B18")
    @ParameterizedTest(name = "asked for term {0} in term 4")
    @CsvSource({"4", "3", "1"})
    void whoAsksForATermThatIsOverIsToldOurs(long term) {
      ElectionFixture server = group(3).stored(4, "").start().passMinimumTimeout();
      server.receive(preVote("s2", term, term - 1, term - 1));
      assertThat(server.grantedPreVote()).isFalse();
      Envelope reply = server.sent(BodyCase.PRE_VOTE_REPLY).get(0);
      assertThat(reply.getTerm()).as("term of the refusal: its own").isEqualTo(4);
      assertThat(reply.getPreVoteReply().getRound()).as("round of the question").isEqualTo(7);
    }

    @Test
    void whoHasALeaderRefusesAndKeepsItsTerm() {
      ElectionFixture server = started(3);
      server.receive(heartbeat("s3", 4));
      server.pass(T - 1).receive(preVote("s2", 9, 8, 9));
      assertThat(server.grantedPreVote()).isFalse();
      assertThat(server.sent(BodyCase.PRE_VOTE_REPLY).get(0).getTerm()).isEqualTo(4);
      server.pass(1).receive(preVote("s2", 9, 8, 9));
      assertThat(server.grantedPreVote()).isTrue();
      assertThat(server.core.currentTerm()).isEqualTo(4);
    }

    @Test
    void aLeaderRefuses() {
      ElectionFixture server = started(3).becomeLeader();
      server.pass(T + T / 2).receive(preVote("s2", 2, 1, 9));
      assertThat(server.grantedPreVote()).isFalse();
      assertThat(server.core.role()).isEqualTo(Role.LEADER);
    }

    @Test
    void aCandidateGrants() {
      ElectionFixture server = started(3);
      server.becomeCandidate();
      server.receive(preVote("s2", 2, 0, 0));
      assertThat(server.grantedPreVote()).isTrue();
      assertThat(server.core.role()).isEqualTo(Role.CANDIDATE);
    }
  }
}
