package io.raftlessons.core;

import static io.raftlessons.core.CoreFixture.T;
import static io.raftlessons.core.CoreFixture.hardState;
import static io.raftlessons.core.CoreFixture.heartbeat;
import static io.raftlessons.core.CoreFixture.heartbeatReply;
import static io.raftlessons.core.CoreFixture.kinds;
import static io.raftlessons.core.CoreFixture.message;
import static io.raftlessons.core.CoreFixture.preVote;
import static io.raftlessons.core.CoreFixture.requestVote;
import static io.raftlessons.core.CoreFixture.vote;
import static io.raftlessons.wire.Envelope.BodyCase.APPEND_ENTRIES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.core.Effect.RoleChanged;
import io.raftlessons.core.Effect.SaveHardState;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.TimeoutNow;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Dispatch, adoption of terms, and what the core remembers of others. */
class RaftCoreTest extends RaftCoreFixture {
  @Nested
  class Dispatch {
    @Test
    void aMessageGoesToThePartOfItsKind() {
      receive(heartbeat("s2", 5));
      receive(vote("s2", 5, true));
      assertThat(journal)
          .containsExactly(
              "p2 APPEND_ENTRIES in term 5", "p2 returns",
              "p1 REQUEST_VOTE_REPLY in term 5", "p1 returns");
    }

    @Test
    void aKindOfALaterLessonIsDropped() {
      Envelope.Builder body = Envelope.newBuilder().setTimeoutNow(TimeoutNow.getDefaultInstance());
      for (long term : new long[] {4, 5, 6}) {
        assertThat(receive(message("s2", term, body)).list()).isEmpty();
      }
      assertThat(receive(message("s2", 9, Envelope.newBuilder())).list()).isEmpty();
      assertThat(journal).isEmpty();
      assertThat(core.currentTerm()).isEqualTo(5);
    }

    @Test
    void whatOnePartDoesNotAdmitChangesNothing() {
      for (ScriptedPart part : List.of(p1, p2)) {
        part.admits = message -> !message.getFrom().equals("s2");
        assertThat(receive(heartbeat("s2", 6)).list()).isEmpty();
        assertThat(core.describe()).isEqualTo("role=FOLLOWER currentTerm=5 votedFor=- leader=-");
        part.admits = message -> true;
      }
      assertThat(journal).isEmpty();
      receive(heartbeat("s2", 6));
      assertThat(core.currentTerm()).isEqualTo(6);
    }

    @Test
    void aKindHandledTwiceIsRefused() {
      ScriptedPart other = new ScriptedPart("p3", journal, APPEND_ENTRIES);
      assertThatThrownBy(
              () ->
                  new RaftCore(
                      RaftConfig.defaults("s1"), hardState(0, ""), List.of(p1, p2, other), START))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("APPEND_ENTRIES");
    }

    @Test
    void answerRefusesAndIgnoreDoesNothing() {
      receive(heartbeat("s2", 4));
      receive(vote("s2", 4, true));
      assertThat(journal).containsExactly("p2 refuses APPEND_ENTRIES");
    }

    @Test
    void preVoteIsPassedOnWithoutItsTerm() {
      assertThat(receive(preVote("s2", 9, 0, 0)).list()).isEmpty();
      assertThat(journal).containsExactly("p1 PRE_VOTE in term 5", "p1 returns");
    }

    @Test
    void aPartWithoutARefusalSaysWhichItLacks() {
      Part part =
          new Part() {
            @Override
            public java.util.Set<Envelope.BodyCase> handles() {
              return java.util.EnumSet.of(APPEND_ENTRIES);
            }

            @Override
            public void onMessage(Step step, Envelope message) {}
          };
      RaftCore alone = new RaftCore(RaftConfig.defaults("s1"), hardState(5, ""), List.of(part), 0);
      assertThatThrownBy(() -> alone.onMessage(0, heartbeat("s2", 4)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("APPEND_ENTRIES");
    }
  }

  @Nested
  class Adoption {
    /** R3: parts let go of the old term before they see a message of the new one. */
    @Test
    void allPartsHearOfTheNewTermBeforeTheMessage() {
      receive(heartbeat("s2", 6));
      assertThat(journal)
          .containsExactly(
              "p1 follower in term 6", "p2 follower in term 6",
              "p2 APPEND_ENTRIES in term 6", "p2 returns");
    }

    @Test
    void aNewTermHasNoVoteAndNoLeader() {
      step(s -> s.voteFor("s3"));
      receive(heartbeat("s2", 5));
      Effects effects = receive(vote("s2", 6, false));
      assertThat(core.describe()).isEqualTo("role=FOLLOWER currentTerm=6 votedFor=- leader=-");
      assertThat(effects.of(SaveHardState.class))
          .containsExactly(new SaveHardState(hardState(6, "")));
    }

    @Test
    void aLeaderStepsDownAndThenHandlesTheMessage() {
      lead();
      Effects effects = receive(heartbeatReply("s2", 8));
      assertThat(core.role()).isEqualTo(Role.FOLLOWER);
      assertThat(journal)
          .containsExactly(
              "p1 follower in term 8", "p2 follower in term 8",
              "p2 APPEND_ENTRIES_REPLY in term 8", "p2 returns");
      assertThat(kinds(effects)).containsExactly("SaveHardState", "RoleChanged");
    }

    /** E14 in the core; R7. */
    @Test
    void stickinessSurvivesAdoption() {
      now += T;
      receive(heartbeat("s2", 5));
      receive(vote("s3", 6, false));
      now += T - 1;
      journal.clear();

      receive(requestVote("s3", 7));
      assertThat(journal).containsExactly("p1 refuses REQUEST_VOTE");
      assertThat(core.currentTerm()).isEqualTo(6);

      now += 1;
      receive(requestVote("s3", 7));
      assertThat(core.currentTerm()).isEqualTo(7);
    }

    @Test
    void aStartCountsAsAHeardLeader() {
      step(s -> assertThat(s.leaderHeardAt()).isEqualTo(START));
      now += T - 1;
      step(s -> assertThat(s.leaderHeardRecently()).isTrue());
      receive(requestVote("s3", 6));
      assertThat(core.currentTerm()).isEqualTo(5);
      now += 1;
      step(s -> assertThat(s.leaderHeardRecently()).isFalse());
      receive(requestVote("s3", 6));
      assertThat(core.currentTerm()).isEqualTo(6);
    }

    @Test
    void aLeaderHasAlwaysJustHeardOne() {
      lead();
      now += 10 * T;
      step(s -> assertThat(s.leaderHeardRecently()).isTrue());
      step(Step::becomeFollower);
      step(s -> assertThat(s.leaderHeardAt()).isEqualTo(now));
    }
  }

  @Nested
  class HearingOthers {
    @Test
    void theSenderOfAnAppendIsTheLeader() {
      now += 3;
      p2.onMessage =
          (step, message) -> {
            assertThat(step.leader()).isEqualTo("s2");
            assertThat(step.leaderHeardAt()).isEqualTo(now);
          };
      Effects effects = receive(heartbeat("s2", 5));
      assertThat(journal).contains("p2 returns");
      assertThat(effects.of(RoleChanged.class))
          .containsExactly(new RoleChanged(Role.FOLLOWER, 5, "s2"));
      assertThat(effects.of(SaveHardState.class)).isEmpty();
    }

    @Test
    void aRefusedAppendIsNoLeader() {
      now += 3;
      receive(heartbeat("s2", 4));
      assertThat(core.leader()).isEmpty();
      step(s -> assertThat(s.leaderHeardAt()).isEqualTo(START));
    }

    /** E11. */
    @Test
    void aCandidateBecomesFollowerBeforeTheMessage() {
      step(Step::becomeCandidate);
      journal.clear();
      receive(heartbeat("s2", 6));
      assertThat(journal)
          .containsExactly(
              "p1 follower in term 6", "p2 follower in term 6",
              "p2 APPEND_ENTRIES in term 6", "p2 returns");
      assertThat(core.describe()).isEqualTo("role=FOLLOWER currentTerm=6 votedFor=s1 leader=s2");
    }

    @Test
    void aSecondLeaderInATermIsAContradiction() {
      lead();
      assertThatThrownBy(() -> receive(heartbeat("s2", 6)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("two leaders in term 6: s1 and s2");
    }

    @Test
    void aLeaderRemembersWhenItHeardItsFollowers() {
      now += 5;
      lead();
      step(s -> s.sendNow("s2", anyBody()));
      now += 10;
      receive(heartbeatReply("s2", 6));
      now += 10;
      receive(vote("s3", 6, true));
      step(
          s -> {
            assertThat(s.heardAt("s2")).isEqualTo(START + 15);
            assertThat(s.heardAt("s3")).as("a vote is not a reply").isEqualTo(START + 5);
            assertThat(s.heardAt("s4")).as("not at all").isEqualTo(START + 5);
          });
    }

    @Test
    void aReplyOfAnOlderTermIsNotHeard() {
      lead();
      now += 10;
      receive(heartbeatReply("s2", 5));
      assertThat(journal).isEmpty();
      step(s -> assertThat(s.heardAt("s2")).isEqualTo(START));
    }

    /** A slow election must not be held against the followers of the leader that it made. */
    @Test
    void followersAreHeardFromTheStartOfTheLeadershipOn() {
      step(Step::becomeCandidate);
      now += 10;
      step(Step::becomeLeader);
      now += 10;
      step(s -> assertThat(s.heardAt("s2")).isEqualTo(START + 10));
    }

    @Test
    void aNewLeadershipForgetsWhomTheOldOneHeard() {
      lead();
      now += 10;
      receive(heartbeatReply("s2", 6));
      step(Step::becomeFollower);
      now += 10;
      lead();
      step(s -> assertThat(s.heardAt("s2")).isEqualTo(now));
    }
  }

  @Test
  void equalStatesHaveEqualDescriptions() {
    p1.description = " one=1";
    p2.description = " two=2";
    assertThat(core.describe())
        .isEqualTo("role=FOLLOWER currentTerm=5 votedFor=- leader=- one=1 two=2");
    RaftCore other = core(5, "");
    other.onMessage(START + 7, heartbeat("s2", 5));
    receive(heartbeat("s2", 5));
    receive(heartbeat("s2", 5));
    assertThat(core.describe()).isEqualTo(other.describe());
    assertThat(core(5, "s2").describe()).contains("votedFor=s2").doesNotContain("leader=s2");
  }
}
