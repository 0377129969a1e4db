package io.raftlessons.core;

import static io.raftlessons.core.CoreFixture.hardState;
import static io.raftlessons.core.CoreFixture.heartbeat;
import static io.raftlessons.core.CoreFixture.kinds;
import static io.raftlessons.core.CoreFixture.sent;
import static io.raftlessons.core.CoreFixture.vote;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.core.Effect.RoleChanged;
import io.raftlessons.core.Effect.SaveHardState;
import io.raftlessons.wire.HardState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What a part may ask of a step, and in which order the world and the other parts hear of it. */
class StepTest extends RaftCoreFixture {
  /** Lesson 3's bootstrap: its record carries a term. */
  @Test
  void aTermMayBeEnteredWithoutAMessage() {
    Effects effects = step(s -> s.enterTerm(9));
    assertThat(core.describe()).isEqualTo("role=FOLLOWER currentTerm=9 votedFor=- leader=-");
    assertThat(effects.of(SaveHardState.class))
        .containsExactly(new SaveHardState(hardState(9, "")));
    for (long notLater : new long[] {9, 8}) {
      assertThatThrownBy(() -> step(s -> s.enterTerm(notLater)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  /** Lesson 3: which disk, and how often started, is in all a server says and in all it keeps. */
  @Test
  void theDiskAndTheLifeAreToldAndKept() {
    HardState stored = hardState(5, "").toBuilder().setStorage(-7).setLife(3).build();
    RaftCore third = new RaftCore(RaftConfig.defaults("s1"), stored, List.of(p1, p2), START);
    Effects effects =
        third.step(
            START,
            s -> {
              s.becomeCandidate();
              s.sendNow("s2", anyBody());
              s.sendAfterSync("s3", anyBody());
            });
    assertThat(effects.of(SaveHardState.class))
        .containsExactly(
            new SaveHardState(hardState(6, "s1").toBuilder().setStorage(-7).setLife(3).build()));
    assertThat(sent(effects))
        .hasSize(2)
        .allMatch(message -> message.getStorage() == -7 && message.getLife() == 3);
  }

  /** Lesson 3: and it stays so, whatever else is kept. */
  @Test
  void aRefusedDiskIsMarked() {
    HardState marked = hardState(5, "").toBuilder().setRefused("why").build();
    RaftCore third =
        new RaftCore(RaftConfig.defaults("s1"), hardState(5, ""), List.of(p1, p2), START);
    assertThat(third.step(START, s -> s.refuseDisk("why")).of(SaveHardState.class))
        .containsExactly(new SaveHardState(marked));
    assertThat(third.step(START, s -> s.refuseDisk("why")).of(SaveHardState.class)).isEmpty();
    RaftCore again = new RaftCore(RaftConfig.defaults("s1"), marked, List.of(p1, p2), START);
    for (RaftCore core : List.of(third, again)) {
      assertThat(core.step(START, s -> s.enterTerm(6)).of(SaveHardState.class))
          .containsExactly(new SaveHardState(marked.toBuilder().setCurrentTerm(6).build()));
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

      step(Step::becomeCandidate);
      assertThat(step(Step::becomeFollower).list())
          .as("the role alone")
          .containsExactly(new RoleChanged(Role.FOLLOWER, 8, ""));
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
}
