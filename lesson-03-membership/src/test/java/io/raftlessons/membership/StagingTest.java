package io.raftlessons.membership;

import static io.raftlessons.core.CoreFixture.MS;
import static io.raftlessons.core.CoreFixture.T;
import static io.raftlessons.membership.MembershipFixture.configuration;
import static io.raftlessons.membership.MembershipFixture.group;
import static io.raftlessons.membership.MembershipFixture.nonvoter;
import static io.raftlessons.membership.MembershipFixture.voter;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.Role;
import io.raftlessons.course.Bugs;
import io.raftlessons.course.Exercise;
import io.raftlessons.course.Points;
import io.raftlessons.course.Rule;
import io.raftlessons.replication.ReplicationConfig;
import org.junit.jupiter.api.Test;

/** A server gets the log first, and its vote when it has caught up (thesis 4.2.1). */
class StagingTest {
  private final MembershipFixture f = group(3).start().leadSettled();

  /** s2 and s3 have all, so everything is committed; s4 has nothing new. */
  private void commit() {
    long last = f.log.lastIndex();
    f.persist();
    f.has("s2", last);
    f.has("s3", last);
  }

  /** s4 belongs to the group, is catching up, and lacks much. */
  private long staged() {
    f.propose("a");
    commit();
    long add = f.addVoter("s4");
    commit();
    assertThat(f.history.committedIndex()).isEqualTo(f.history.latestIndex());
    assertThat(f.latest()).isEqualTo("s1 s2 s3 s4(nonvoter)");
    return add;
  }

  /** M05: with its vote at once, s4 would hold up the group until it has the log. */
  @Points(2)
  @Exercise({"3.5", "3.1", "3.2", "3.4"})
  @Rule("MC-5")
  @Bugs("M05-early")
  @Test
  void aNewVoterJoinsAsNonvoterAndIsPromotedWhenItHasCaughtUp() {
    long add = f.addVoter("s4");
    assertThat(f.latest()).isEqualTo("s1 s2 s3 s4(nonvoter)");
    f.persist();
    f.hasAll("s2");
    assertThat(f.latest()).as("it has nothing yet").isEqualTo("s1 s2 s3 s4(nonvoter)");
    assertThat(f.answer(add)).isEmpty();
    f.hasAll("s4");
    assertThat(f.latest()).isEqualTo("s1 s2 s3 s4");
    assertThat(f.member("s4").getStorage()).as("it joins with its disk").isEqualTo(4);
    assertThat(f.answer(add)).isEmpty();
    f.replicate();
    assertThat(f.answer(add)).isEqualTo("4: s1 s2 s3 s4");
  }

  /** Not before: the entry that adds it might be lost, and the promotion with it. */
  @Test
  void aServerThatHasAllIsPromotedOnlyWhenItsJoiningIsCommitted() {
    f.addVoter("s4");
    f.hasAll("s4");
    assertThat(f.log.lastIndex()).isEqualTo(3);
    commit();
    assertThat(f.latest()).isEqualTo("s1 s2 s3 s4");
  }

  @Test
  void aNonvoterThatIsThereIsPromotedByOneEntry() {
    f.addNonvoter("s4");
    f.replicate();
    long add = f.addVoter("s4");
    assertThat(f.latest()).isEqualTo("s1 s2 s3 s4");
    f.replicate();
    assertThat(f.answer(add)).isEqualTo("4: s1 s2 s3 s4");
  }

  @Test
  void aNonvoterThatMovesIsPromotedAtItsNewAddress() {
    f.addNonvoter("s4");
    f.replicate();
    long add = f.change(new Change.AddVoter("s4", "elsewhere:1"));
    assertThat(f.latest()).isEqualTo("s1 s2 s3 s4(nonvoter)");
    assertThat(f.member("s4").getAddress()).isEqualTo("elsewhere:1");
    f.replicate();
    f.replicate();
    assertThat(f.answer(add)).isEqualTo("5: s1 s2 s3 s4");
    assertThat(f.member("s4").getAddress()).isEqualTo("elsewhere:1");
  }

  @Test
  void otherChangesGoOnWhileItCatchesUp() {
    long add = staged();
    long remove = f.remove("s3");
    f.persist();
    f.hasAll("s2");
    assertThat(f.answer(remove)).isEqualTo("5: s1 s2 s4(nonvoter)");
    f.hasAll("s4");
    assertThat(f.latest()).isEqualTo("s1 s2 s4");
    f.replicate();
    assertThat(f.answer(add)).isEqualTo("6: s1 s2 s4");
  }

  /** It caught up while another change was in flight: the round is not held against it. */
  @Points(1)
  @Exercise({"3.5", "3.1", "3.2", "3.4"})
  @Rule("MC-1")
  @Bugs("M02")
  @Test
  void itsPromotionWaitsForItsTurn() {
    long add = staged();
    f.remove("s3");
    f.hasAll("s4");
    f.pass(10 * T);
    assertThat(f.latest()).isEqualTo("s1 s2 s4(nonvoter)");
    f.replicate();
    assertThat(f.latest()).isEqualTo("s1 s2 s4");
    f.replicate();
    assertThat(f.answer(add)).isEqualTo("6: s1 s2 s4");
  }

  /** Else the group would need a majority with a dead server in it. */
  @Points(1)
  @Exercise({"3.5", "3.1", "3.2", "3.4"})
  @Rule("MC-5")
  @Bugs("M05-silent")
  @Test
  void whoFallsSilentWhileItsPromotionWaitsCatchesUpAnew() {
    long add = staged();
    f.remove("s3");
    f.hasAll("s4");
    f.pass(T);
    f.persist();
    f.hasAll("s2");
    assertThat(f.latest()).as("not heard for an election timeout").isEqualTo("s1 s2 s4(nonvoter)");
    f.propose("a");
    f.persist();
    f.hasAll("s2");
    f.pass(5 * T);
    f.has("s4", f.log.lastIndex() - 1);
    assertThat(f.latest()).as("heard, and not caught up").isEqualTo("s1 s2 s4(nonvoter)");
    f.hasAll("s4");
    assertThat(f.latest()).isEqualTo("s1 s2 s4");
    f.replicate();
    assertThat(f.answer(add)).isEqualTo("7: s1 s2 s4");
  }

  /** However long it is away: silence is no slow round. */
  @Test
  void whoIsSilentIsNotTooSlow() {
    long add = staged();
    f.remove("s3");
    f.hasAll("s4");
    f.pass(T);
    f.persist();
    f.hasAll("s2");
    for (int i = 0; i < 20; i++) {
      f.pass(T);
      f.hasAll("s2");
    }
    assertThat(f.answer(add)).isEmpty();
    assertThat(f.latest()).isEqualTo("s1 s2 s4(nonvoter)");
    f.hasAll("s4");
    assertThat(f.latest()).isEqualTo("s1 s2 s4");
  }

  @Points(1)
  @Exercise({"3.5", "3.1", "3.2", "3.4"})
  @Rule("MC-1")
  @Bugs("M05-room")
  @Test
  void aPromotionWithoutRoomInTheLogIsMadeLater() {
    ReplicationConfig tight =
        new ReplicationConfig(1 << 20, 100, 1 << 20, 200, 150, 1 << 20, 1 << 20);
    MembershipFixture full = group(3).bounds(tight).start().leadSettled();
    long add = full.addVoter("s4");
    full.persist();
    full.hasAll("s2");
    full.propose("x".repeat(150));
    full.hasAll("s4");
    assertThat(full.latest()).isEqualTo("s1 s2 s3 s4(nonvoter)");
    full.replicate();
    assertThat(full.latest()).isEqualTo("s1 s2 s3 s4");
    full.replicate();
    assertThat(full.answer(add)).isEqualTo("5: s1 s2 s3 s4");
  }

  @Test
  void onlyTheFirstEntryIsGuardedByPrevIndex() {
    long add = f.change(new Change.AddVoter("s4", "s4"), 1, MembershipFixture.NEVER);
    f.replicate();
    f.replicate();
    assertThat(f.answer(add)).isEqualTo("4: s1 s2 s3 s4");
  }

  @Test
  void whoIsRemovedMeanwhileIsNotPromoted() {
    long add = staged();
    long remove = f.remove("s4");
    assertThat(f.answer(add)).isEqualTo("CONFLICT (NONVOTER 4): s4 was removed meanwhile");
    f.replicate();
    assertThat(f.answer(remove)).isEqualTo("5: s1 s2 s3");
    f.hasAll("s4");
    assertThat(f.latest()).isEqualTo("s1 s2 s3");
  }

  @Test
  void whoIsBeingAddedIsNotChangedOtherwise() {
    long add = staged();
    assertThat(f.answer(f.addVoter("s4"))).isEqualTo("INVALID: s4 is being added already");
    assertThat(f.answer(f.addNonvoter("s4"))).isEqualTo("INVALID: s4 is being added already");
    assertThat(f.answer(f.change(new Change.AddVoter("s4", "elsewhere:1"))))
        .isEqualTo("INVALID: s4 is being added already");
    assertThat(f.answer(f.demote("s4"))).isEqualTo("INVALID: s4 is being added already");
    assertThat(f.answer(add)).isEmpty();
  }

  @Test
  void severalCatchUpAtOnce() {
    long s4 = f.addVoter("s4");
    long s5 = f.addVoter("s5");
    commit();
    commit();
    assertThat(f.latest()).isEqualTo("s1 s2 s3 s4(nonvoter) s5(nonvoter)");
    f.hasAll("s5");
    f.hasAll("s4");
    f.replicate();
    f.replicate();
    assertThat(f.answer(s5)).isEqualTo("5: s1 s2 s3 s4(nonvoter) s5");
    assertThat(f.answer(s4)).isEqualTo("6: s1 s2 s3 s4 s5");
  }

  @Points(3)
  @Exercise({"3.4", "3.1", "3.2"})
  @Rule("MC-5")
  @Bugs("M05-rounds")
  @Test
  void whoIsTooSlowStaysANonvoter() {
    long add = staged();
    for (int round = 1; round <= 10; round++) {
      assertThat(f.answer(add)).as("round " + round).isEmpty();
      long end = f.log.lastIndex();
      f.propose("more");
      f.pass(T);
      f.has("s4", end);
    }
    assertThat(f.answer(add))
        .isEqualTo("TOO_SLOW (NONVOTER 4): s4 did not catch up in 10 rounds and stays a nonvoter");
    f.replicate();
    assertThat(f.latest()).isEqualTo("s1 s2 s3 s4(nonvoter)");
    long again = f.addVoter("s4");
    f.replicate();
    assertThat(f.answer(again)).endsWith(": s1 s2 s3 s4");
  }

  @Test
  void aCallerIsToldThatItHasNotJoinedInTime() {
    long add = f.change(new Change.AddVoter("s4", "s4"), 0, f.now + 20 * MS);
    f.pass(20 * MS);
    assertThat(f.answer(add)).isEqualTo("TIMEOUT (LOGGED 3): s4 is no voter yet");
    f.replicate();
    f.replicate();
    assertThat(f.latest()).as("nobody promotes it any more").isEqualTo("s1 s2 s3 s4(nonvoter)");
  }

  @Test
  void aCallerIsToldThatItHasNotCaughtUpInTime() {
    long add = f.change(new Change.AddVoter("s4", "s4"), 0, f.now + 20 * MS);
    commit();
    assertThat(f.effects.wakeAt()).isLessThanOrEqualTo(f.now + 20 * MS);
    f.pass(20 * MS);
    assertThat(f.answer(add)).isEqualTo("TIMEOUT (NONVOTER 3): s4 is no voter yet");
    f.hasAll("s4");
    assertThat(f.latest()).isEqualTo("s1 s2 s3 s4(nonvoter)");
  }

  /** Its first round never ends: it is neither ready nor too slow. The others go on without it. */
  @Points(2)
  @Exercise({"3.4", "3.1", "3.2"})
  @Rule("MC-5")
  @Bugs("M05-deadline")
  @Test
  void theAdditionOfAServerThatNeverAnswersEndsAtItsDeadline() {
    long deadline = f.now + 20 * T;
    long add = f.change(new Change.AddVoter("s4", "s4"), 0, deadline);
    commit();
    while (f.now < deadline) {
      assertThat(f.answer(add)).isEmpty();
      f.propose("more");
      commit();
      f.pass(T);
    }
    assertThat(f.answer(add)).isEqualTo("TIMEOUT (NONVOTER 3): s4 is no voter yet");
    assertThat(f.replication.commitIndex()).isEqualTo(f.log.lastIndex());
    long remove = f.remove("s4");
    commit();
    assertThat(f.answer(remove)).endsWith(": s1 s2 s3");
  }

  @Test
  void aCallerIsToldThatThePromotionIsNotCommittedInTime() {
    long add = f.change(new Change.AddVoter("s4", "s4"), 0, f.now + 20 * MS);
    f.replicate();
    assertThat(f.latest()).isEqualTo("s1 s2 s3 s4");
    f.pass(20 * MS);
    assertThat(f.answer(add)).isEqualTo("TIMEOUT (PROMOTION_LOGGED 4): s4 is no voter yet");
    f.replicate();
    assertThat(f.history.committedIndex()).as("it becomes one all the same").isEqualTo(4);
  }

  @Test
  void leadershipIsLostWhileItJoins() {
    long add = f.addVoter("s4");
    f.deposed();
    assertThat(f.answer(add)).isEqualTo("LEADERSHIP_LOST (LOGGED 3): leadership was lost");
  }

  @Test
  void leadershipIsLostWhileItCatchesUp() {
    long add = staged();
    f.deposed();
    assertThat(f.answer(add)).isEqualTo("LEADERSHIP_LOST (NONVOTER 4): leadership was lost");
    f.leadSettled();
    assertThat(f.latest()).as("the next leader knows nothing of it").endsWith("s4(nonvoter)");
  }

  @Test
  void leadershipIsLostWhileItIsPromoted() {
    long add = f.addVoter("s4");
    f.replicate();
    f.deposed();
    assertThat(f.answer(add))
        .isEqualTo("LEADERSHIP_LOST (PROMOTION_LOGGED 4): leadership was lost");
  }

  /** A group of one grows: until s2 has the log, s1 commits alone. */
  @Test
  void theSecondServerOfAGroup() {
    MembershipFixture one = group(1).start().leadSettled();
    long add = one.addVoter("s2");
    one.persist();
    one.propose("a");
    one.persist();
    assertThat(one.replication.commitIndex()).isEqualTo(4);
    one.hasAll("s2");
    assertThat(one.latest()).isEqualTo("s1 s2");
    one.persist();
    assertThat(one.replication.commitIndex()).isEqualTo(4);
    one.hasAll("s2");
    assertThat(one.answer(add)).isEqualTo("5: s1 s2");
  }

  /** M05: neither for a commit nor for a vote. */
  @Test
  void aNonvoterDoesNotCount() {
    MembershipFixture group =
        group(3)
            .log(
                configuration(
                    1,
                    1,
                    configuration(
                        voter("s1"), voter("s2"), voter("s3"), nonvoter("s4"), nonvoter("s5"))))
            .start();
    group.campaign();
    group.receive(MembershipFixture.vote("s4", 2));
    group.receive(MembershipFixture.vote("s5", 2));
    assertThat(group.core.role()).isEqualTo(Role.CANDIDATE);
    group.receive(MembershipFixture.vote("s3", 2));
    assertThat(group.core.role()).isEqualTo(Role.LEADER);
    group.persist();
    group.hasAll("s4");
    group.hasAll("s5");
    assertThat(group.replication.commitIndex()).isZero();
    group.hasAll("s3");
    assertThat(group.replication.commitIndex()).isEqualTo(2);
  }
}
