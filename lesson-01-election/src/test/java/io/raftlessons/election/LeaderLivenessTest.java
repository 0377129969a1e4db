package io.raftlessons.election;

import static io.raftlessons.core.CoreFixture.MS;
import static io.raftlessons.core.CoreFixture.T;
import static io.raftlessons.core.CoreFixture.heartbeat;
import static io.raftlessons.core.CoreFixture.heartbeatReply;
import static io.raftlessons.core.CoreFixture.requestVote;
import static io.raftlessons.core.CoreFixture.requestVoteByTransfer;
import static io.raftlessons.core.CoreFixture.vote;
import static io.raftlessons.election.ElectionFixture.group;
import static io.raftlessons.election.ElectionFixture.started;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.core.Effect.RoleChanged;
import io.raftlessons.core.Effect.SaveHardState;
import io.raftlessons.core.Role;
import io.raftlessons.course.Bugs;
import io.raftlessons.course.Exercise;
import io.raftlessons.course.Points;
import io.raftlessons.course.Rule;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A leader that leads nobody goes (thesis 6.2); one that leads is not disturbed (§6, 4.2.3). */
class LeaderLivenessTest {
  @Nested
  class CheckQuorum {
    /** B23: its heartbeats would keep others from electing. */
    @Points(2)
    @Exercise({"1.8", "1.4"})
    @Rule("UN-3")
    @Bugs("B23")
    @Test
    void leaderThatHearsNobodyStepsDownAndFallsSilent() {
      ElectionFixture server = started(3).becomeLeader();

      server.run(T);
      assertThat(server.core.role()).isEqualTo(Role.LEADER);
      server.run(2 * T);

      assertThat(server.core.describe())
          .startsWith("role=FOLLOWER currentTerm=1 votedFor=s1 leader=-");
      long end = server.now + 10 * T;
      while (server.effects.wakeAt() <= end) {
        server.wakeUp();
        assertThat(server.sent(BodyCase.APPEND_ENTRIES)).isEmpty();
      }
      assertThat(server.core.currentTerm()).isEqualTo(1);
    }

    @Points(1)
    @Exercise({"1.8", "1.4"})
    @Rule("UN-3")
    @Bugs("E20")
    @Test
    void leaderThatHearsAQuorumStays() {
      ElectionFixture server = started(5).becomeLeader();
      for (int i = 0; i < 30; i++) {
        server.run(T / 2);
        server.receive(heartbeatReply("s2", 1));
        server.receive(heartbeatReply("s4", 1));
      }
      assertThat(server.core.role()).as("of five: itself, s2 and s4 answer").isEqualTo(Role.LEADER);
    }

    /** B15: neither a minority nor a stranger keeps it. */
    @Points(2)
    @Exercise({"1.8", "1.4"})
    @Rule("UN-3")
    @Bugs("B23")
    @Test
    void aMinorityAndStrangersDoNotKeepALeader() {
      ElectionFixture server = started(5).becomeLeader();
      for (int i = 0; i < 6; i++) {
        server.run(T / 2);
        server.receive(heartbeatReply("s2", 1));
        server.receive(heartbeatReply("stranger", 1));
      }
      assertThat(server.core.role()).isEqualTo(Role.FOLLOWER);
    }

    @Test
    void repliesOfAnOlderTermDoNotKeepALeader() {
      ElectionFixture server = group(3).stored(4, "").start().becomeLeader();
      for (int i = 0; i < 6; i++) {
        server.run(T / 2);
        server.receive(heartbeatReply("s2", 4));
        server.receive(vote("s3", 5, true));
      }
      assertThat(server.core.role()).isEqualTo(Role.FOLLOWER);
    }

    /** What was heard in the first leadership says nothing about the second. */
    @Test
    void everyLeadershipIsCheckedFromItsOwnStart() {
      ElectionFixture server = started(3).becomeLeader();
      server.receive(heartbeatReply("s2", 1));
      server.run(4 * T);
      assertThat(server.core.role()).isEqualTo(Role.FOLLOWER);
      server.becomeLeader();
      server.run(T);
      assertThat(server.core.role()).isEqualTo(Role.LEADER);
      server.run(2 * T);
      assertThat(server.core.role()).isEqualTo(Role.FOLLOWER);
    }

    @Test
    void withoutItALeaderStaysAlone() {
      ElectionFixture server = group(3).checkQuorum(false).start().becomeLeader();
      server.run(20 * T);
      assertThat(server.core.role()).isEqualTo(Role.LEADER);
    }

    @Test
    void leaderStepsDownForAHigherTermInAReply() {
      ElectionFixture server = started(3).becomeLeader();
      server.receive(heartbeatReply("s2", 8));
      assertThat(server.core.describe())
          .isEqualTo("role=FOLLOWER currentTerm=8 votedFor=- leader=-");
      long deadline = server.effects.wakeAt();
      assertThat(deadline - server.now).isBetween(T, 2 * T - 1);
    }

    @Test
    void leaderFollowsALeaderOfAHigherTerm() {
      ElectionFixture server = started(3).becomeLeader();
      server.receive(heartbeat("s2", 2));
      assertThat(server.effects.of(RoleChanged.class))
          .containsExactly(new RoleChanged(Role.FOLLOWER, 2, "s2"));
      server.run(T / 2);
      assertThat(server.sent(BodyCase.APPEND_ENTRIES)).isEmpty();
    }
  }

  @Nested
  class Stickiness {
    /** B21, E14: whoever cannot hear the leader must not depose it. */
    @Test
    void followerOfALivingLeaderRefusesAndKeepsItsTerm() {
      ElectionFixture server = started(3);
      server.receive(heartbeat("s2", 4));

      server.pass(T - 1).receive(requestVote("s3", 99));

      assertThat(server.granted()).isFalse();
      assertThat(server.sent(BodyCase.REQUEST_VOTE_REPLY).get(0).getTerm()).isEqualTo(4);
      assertThat(server.core.describe())
          .isEqualTo("role=FOLLOWER currentTerm=4 votedFor=- leader=s2");
      assertThat(server.effects.of(SaveHardState.class)).isEmpty();
    }

    @Test
    void afterTheMinimumElectionTimeoutItVotes() {
      ElectionFixture server = started(3);
      server.receive(heartbeat("s2", 4));
      server.pass(T).receive(requestVote("s3", 99));
      assertThat(server.granted()).isTrue();
      assertThat(server.core.currentTerm()).isEqualTo(99);
    }

    @Test
    void leaderRefusesToo() {
      ElectionFixture server = started(3).becomeLeader();
      server.pass(T).receive(requestVote("s3", 99));
      assertThat(server.granted()).isFalse();
      assertThat(server.core.role()).isEqualTo(Role.LEADER);
      assertThat(server.core.currentTerm()).isEqualTo(1);
    }

    /** B33: a transfer is the leader's own wish (thesis 3.10). */
    @Test
    void transferBreaksIn() {
      ElectionFixture follower = started(3);
      follower.receive(heartbeat("s2", 4));
      follower.receive(requestVoteByTransfer("s3", 5));
      assertThat(follower.granted()).isTrue();
      assertThat(follower.core.votedFor()).isEqualTo("s3");

      ElectionFixture leader = started(3).becomeLeader();
      leader.receive(requestVoteByTransfer("s3", 2));
      assertThat(leader.granted()).isTrue();
      assertThat(leader.core.role()).isEqualTo(Role.FOLLOWER);
    }

    /** The leader's lease rests on this: b may not vote, whichever message brought the term. */
    @Points(1)
    @Exercise({"1.3", "1.1"})
    @Rule("UN-1")
    @Bugs("E14-equal")
    @Test
    void followerOfALivingLeaderDoesNotVoteThoughTheTermCameBefore() {
      ElectionFixture server = started(3);
      server.receive(heartbeat("s2", 4));
      server.receive(vote("s3", 5, false));
      assertThat(server.core.currentTerm()).isEqualTo(5);
      server.receive(requestVote("s3", 5));
      assertThat(server.granted()).isFalse();
      assertThat(server.core.votedFor()).isEmpty();

      server.receive(requestVoteByTransfer("s3", 5));
      assertThat(server.granted()).as("the leader wants it").isTrue();
      server.receive(requestVote("s3", 5));
      assertThat(server.granted()).as("s3 has this vote already, and asks again").isTrue();
    }

    /** It breaks in on a living leader, not on a vote that is given. */
    @Test
    void transferGivesNoSecondVoteInATerm() {
      ElectionFixture server = group(3).stored(4, "").start();
      server.receive(requestVoteByTransfer("s2", 4));
      assertThat(server.granted()).isTrue();
      server.receive(requestVoteByTransfer("s3", 4));
      assertThat(server.granted()).isFalse();
      assertThat(server.core.votedFor()).isEqualTo("s2");
    }

    @Test
    void transferOfAnOlderTermIsRefusedWithOurs() {
      ElectionFixture server = group(3).stored(4, "").start().passMinimumTimeout();
      server.receive(requestVoteByTransfer("s2", 3));
      assertThat(server.granted()).isFalse();
      assertThat(server.sent(BodyCase.REQUEST_VOTE_REPLY).get(0).getTerm()).isEqualTo(4);
      assertThat(server.core.votedFor()).isEmpty();
    }

    @Test
    void campaignByTransferSkipsThePreVoteAndSaysSo() {
      ElectionFixture server = started(3);
      server.receive(heartbeat("s2", 4));

      server.campaign(true);

      assertThat(server.core.describe())
          .isEqualTo("role=CANDIDATE currentTerm=5 votedFor=s1 leader=-");
      assertThat(server.sent(BodyCase.REQUEST_VOTE))
          .hasSize(2)
          .allMatch(m -> m.getRequestVote().getLeadershipTransfer());
    }

    /** The next campaign, of the server's own accord, does not break in. */
    @Test
    void transferIsForOneCampaign() {
      ElectionFixture server = started(3);
      server.campaign(true);
      server.becomeCandidate();
      assertThat(server.sent(BodyCase.REQUEST_VOTE))
          .hasSize(2)
          .noneMatch(m -> m.getRequestVote().getLeadershipTransfer());
    }

    /** It may have heard a leader just before it went down. */
    @Test
    void restartedServerIsQuietForOneMinimumTimeout() {
      ElectionFixture server = group(3).stored(4, "").start();
      server.pass(T - 1).receive(requestVote("s3", 5));
      assertThat(server.granted()).isFalse();
      assertThat(server.core.currentTerm()).isEqualTo(4);
      server.pass(1).receive(requestVote("s3", 5));
      assertThat(server.granted()).isTrue();
    }

    /** R7: a late reply of a higher term must not open the door within the leader's lease. */
    @Test
    void adoptingATermDoesNotEndIt() {
      ElectionFixture server = started(3);
      server.receive(heartbeat("s2", 5));
      server.receive(vote("s3", 6, false));
      assertThat(server.core.currentTerm()).isEqualTo(6);

      server.pass(10 * MS).receive(requestVote("s3", 7));

      assertThat(server.granted()).isFalse();
      assertThat(server.core.currentTerm()).isEqualTo(6);
    }
  }

  @Test
  void twoLeadersInATermAreAContradiction() {
    ElectionFixture server = started(3).becomeLeader();
    assertThatThrownBy(() -> server.receive(heartbeat("s2", 1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("two leaders in term 1: s1 and s2");
  }

  @Test
  void followersAnswerHeartbeats() {
    ElectionFixture server = started(3);
    server.receive(heartbeat("s2", 4));
    Envelope reply = server.sent(BodyCase.APPEND_ENTRIES_REPLY).get(0);
    assertThat(reply.getTo()).isEqualTo("s2");
    assertThat(reply.getTerm()).isEqualTo(4);
    assertThat(reply.getAppendEntriesReply().getSuccess()).isTrue();
  }
}
