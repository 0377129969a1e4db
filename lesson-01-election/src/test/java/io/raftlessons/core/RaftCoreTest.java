package io.raftlessons.core;

import static io.raftlessons.core.CoreFixture.MS;
import static io.raftlessons.core.CoreFixture.T;
import static io.raftlessons.core.CoreFixture.hardState;
import static io.raftlessons.core.CoreFixture.heartbeat;
import static io.raftlessons.core.CoreFixture.heartbeatReply;
import static io.raftlessons.core.CoreFixture.kinds;
import static io.raftlessons.core.CoreFixture.message;
import static io.raftlessons.core.CoreFixture.preVote;
import static io.raftlessons.core.CoreFixture.requestVote;
import static io.raftlessons.core.CoreFixture.sent;
import static io.raftlessons.core.CoreFixture.vote;
import static io.raftlessons.wire.Envelope.BodyCase.APPEND_ENTRIES;
import static io.raftlessons.wire.Envelope.BodyCase.APPEND_ENTRIES_REPLY;
import static io.raftlessons.wire.Envelope.BodyCase.PRE_VOTE;
import static io.raftlessons.wire.Envelope.BodyCase.REQUEST_VOTE;
import static io.raftlessons.wire.Envelope.BodyCase.REQUEST_VOTE_REPLY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.core.Effect.RoleChanged;
import io.raftlessons.core.Effect.SaveHardState;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.TimeoutNow;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The core with two scripted parts: p1 handles votes, p2 handles appends. */
class RaftCoreTest {
  private static final long START = 1_000 * MS;

  private record Note(String text) implements Effect {}

  private final List<String> journal = new ArrayList<>();
  private final ScriptedPart p1 =
      new ScriptedPart("p1", journal, PRE_VOTE, REQUEST_VOTE, REQUEST_VOTE_REPLY);
  private final ScriptedPart p2 =
      new ScriptedPart("p2", journal, APPEND_ENTRIES, APPEND_ENTRIES_REPLY);
  private long now = START;
  private final RaftCore core = core(5, "");

  private RaftCore core(long term, String votedFor) {
    RaftConfig config = RaftConfig.builder("s1").cluster(77).build();
    return new RaftCore(config, hardState(term, votedFor), List.of(p1, p2), START);
  }

  private Effects receive(Envelope message) {
    return core.onMessage(now, message);
  }

  private Effects step(Consumer<Step> call) {
    return core.step(now, call);
  }

  private void lead() {
    step(Step::becomeCandidate);
    step(Step::becomeLeader);
    journal.clear();
  }

  private static Envelope.Builder anyBody() {
    return heartbeat("", 0).toBuilder();
  }

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

  @Nested
  class Events {
    /** R3; the mutant that tells at once changes a part under its own feet. */
    @Test
    void areToldToAllPartsInOrderAfterTheMethodHasReturned() {
      p2.onMessage =
          (step, message) -> {
            step.tell(Listener.class, l -> l.happened(step, "first"));
            step.tell(Listener.class, l -> l.happened(step, "second"));
          };
      receive(heartbeat("s2", 5));
      assertThat(journal)
          .containsExactly(
              "p2 APPEND_ENTRIES in term 5",
              "p2 returns",
              "p1 hears first",
              "p2 hears first",
              "p1 hears second",
              "p2 hears second");
    }

    @Test
    void roleChangesAreEventsToo() {
      p1.onMessage = (step, message) -> step.becomeCandidate();
      receive(vote("s2", 5, true));
      assertThat(journal)
          .containsExactly(
              "p1 REQUEST_VOTE_REPLY in term 5", "p1 returns",
              "p1 candidate in term 6", "p2 candidate in term 6");
    }

    @Test
    void nestedEventsComeAfterThoseBeforeThem() {
      p1.onEvent =
          (step, event) -> {
            if (event.equals("outer")) {
              step.tell(Listener.class, l -> l.happened(step, "inner"));
            }
          };
      step(s -> s.tell(Listener.class, l -> l.happened(s, "outer")));
      assertThat(journal)
          .containsExactly("p1 hears outer", "p2 hears outer", "p1 hears inner", "p2 hears inner");
    }

    @Test
    void timeIsToldInOrderAndEachPartsEventsBeforeTheNextPart() {
      p1.onTime = step -> step.tell(Listener.class, l -> l.happened(step, "p1's"));
      core.onTime(now);
      assertThat(journal).containsExactly("p1 time", "p1 hears p1's", "p2 hears p1's", "p2 time");
    }

    @Test
    void whoDoesNotListenIsNotTold() {
      step(s -> s.tell(Runnable.class, Runnable::run));
      assertThat(journal).isEmpty();
    }

    /** R4: what an event changes is seen by every part's end of step. */
    @Test
    void endOfStepIsRepeatedUntilNobodyQueuesAnEvent() {
      List<String> ends = new ArrayList<>();
      p2.endOfStep =
          step -> {
            ends.add("p2");
            if (ends.size() == 2) {
              step.tell(Listener.class, l -> l.happened(step, "late"));
            }
          };
      p1.endOfStep = step -> ends.add("p1");
      step(s -> s.tell(Listener.class, l -> l.happened(s, "early")));
      assertThat(ends).containsExactly("p1", "p2", "p1", "p2");
      assertThat(journal)
          .containsExactly("p1 hears early", "p2 hears early", "p1 hears late", "p2 hears late");
    }

    @Test
    void endOfStepComesOnceWhenAllIsQuiet() {
      List<String> ends = new ArrayList<>();
      p1.endOfStep = step -> ends.add("p1");
      receive(heartbeat("s2", 5));
      core.onTime(now);
      step(s -> {});
      assertThat(ends).hasSize(3);
    }
  }

  @Nested
  class WhatAStepAsksFor {
    @Test
    void hardStateComesFirstAndOnce() {
      Effects effects =
          step(
              s -> {
                s.emit(new Note("before"));
                s.sendAfterSync("s2", anyBody());
                s.becomeCandidate();
                s.becomeFollower();
                s.becomeCandidate();
                s.emit(new Note("after"));
              });
      assertThat(kinds(effects))
          .containsExactly("SaveHardState", "Note", "SendAfterSync", "Note", "RoleChanged");
      assertThat(effects.of(SaveHardState.class))
          .containsExactly(new SaveHardState(hardState(7, "s1")));
    }

    @Test
    void aVoteAloneIsHardState() {
      Effects effects = step(s -> s.voteFor("s3"));
      assertThat(effects.list()).containsExactly(new SaveHardState(hardState(5, "s3")));
      assertThat(step(s -> s.voteFor("s3")).list()).isEmpty();
    }

    @Test
    void aRoleThatIsBackIsNoChange() {
      assertThat(step(Step::becomeFollower).list()).isEmpty();
      receive(heartbeat("s2", 5));
      assertThat(receive(heartbeat("s2", 5)).list()).isEmpty();
    }

    @Test
    void roleTermAndLeaderAreChangesEach() {
      assertThat(receive(heartbeat("s2", 5)).list())
          .containsExactly(new RoleChanged(Role.FOLLOWER, 5, "s2"));
      assertThat(step(Step::forgetLeader).list())
          .containsExactly(new RoleChanged(Role.FOLLOWER, 5, ""));
      assertThat(receive(vote("s2", 6, false)).of(RoleChanged.class))
          .containsExactly(new RoleChanged(Role.FOLLOWER, 6, ""));
      assertThat(step(Step::becomeCandidate).of(RoleChanged.class))
          .containsExactly(new RoleChanged(Role.CANDIDATE, 7, ""));
      assertThat(step(Step::becomeLeader).list())
          .containsExactly(new RoleChanged(Role.LEADER, 7, "s1"));
      assertThat(step(Step::becomeFollower).list())
          .containsExactly(new RoleChanged(Role.FOLLOWER, 7, ""));
    }

    @Test
    void messagesAreAddressedAndStamped() {
      Effects effects =
          step(
              s -> {
                s.sendNow("s2", anyBody());
                s.sendNow("s3", 99, anyBody());
                s.sendAfterSync("s4", anyBody());
              });
      assertThat(sent(effects))
          .extracting(m -> m.getFrom() + ">" + m.getTo() + " " + m.getTerm() + " " + m.getCluster())
          .containsExactly("s1>s2 5 77", "s1>s3 99 77", "s1>s4 5 77");
    }

    @Test
    void wakesUpForTheMostUrgentPart() {
      assertThat(core.onTime(now).wakeAt()).isEqualTo(Long.MAX_VALUE);
      p1.wakeAt = START + 20;
      p2.wakeAt = START + 10;
      assertThat(core.onTime(now).wakeAt()).isEqualTo(START + 10);
    }
  }

  @Nested
  class Refusals {
    @Test
    void aSecondVoteForSomebodyElse() {
      step(s -> s.voteFor("s2"));
      assertThatThrownBy(() -> step(s -> s.voteFor("s3")))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("s2")
          .hasMessageContaining("s3");
      assertThat(core.votedFor()).isEqualTo("s2");
    }

    @Test
    void aLeaderThatCampaigns() {
      lead();
      assertThatThrownBy(() -> step(Step::becomeCandidate))
          .isInstanceOf(IllegalStateException.class);
      assertThat(core.currentTerm()).isEqualTo(6);
    }

    @Test
    void aFollowerOrLeaderThatBecomesLeader() {
      assertThatThrownBy(() -> step(Step::becomeLeader)).isInstanceOf(IllegalStateException.class);
      lead();
      assertThatThrownBy(() -> step(Step::becomeLeader)).isInstanceOf(IllegalStateException.class);
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
