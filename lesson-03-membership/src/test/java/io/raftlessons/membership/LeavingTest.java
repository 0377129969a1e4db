package io.raftlessons.membership;

import static io.raftlessons.core.CoreFixture.T;
import static io.raftlessons.core.CoreFixture.preVote;
import static io.raftlessons.core.CoreFixture.requestVote;
import static io.raftlessons.membership.MembershipFixture.configuration;
import static io.raftlessons.membership.MembershipFixture.group;
import static io.raftlessons.membership.MembershipFixture.nonvoter;
import static io.raftlessons.membership.MembershipFixture.voter;
import static io.raftlessons.membership.MembershipFixture.voters;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.CoreFixture;
import io.raftlessons.core.Role;
import io.raftlessons.course.Bugs;
import io.raftlessons.course.Exercise;
import io.raftlessons.course.Points;
import io.raftlessons.course.Rule;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import org.junit.jupiter.api.Test;

/** Leaders and others that are removed or lose their vote (thesis 4.2.2, 4.2.3). */
class LeavingTest {
  /** M04: it leads on, but what it has does not count. */
  @Points(2)
  @Exercise({"3.3", "3.1", "3.2"})
  @Rule("MC-4")
  @Bugs("M04")
  @Test
  void aLeaderThatRemovesItselfDoesNotCountItself() {
    MembershipFixture f = group(3).start().leadSettled();
    long remove = f.remove("s1");
    assertThat(f.latest()).isEqualTo("s2 s3");
    f.persist();
    f.hasAll("s2");
    assertThat(f.core.role()).isEqualTo(Role.LEADER);
    assertThat(f.answer(remove)).as("one of two").isEmpty();
    f.hasAll("s3");
    assertThat(f.answer(remove)).isEqualTo("3: s2 s3");
    assertThat(f.core.role()).isEqualTo(Role.FOLLOWER);
  }

  /** Thesis 4.2.2: until then it must lead, or nobody might know of the change. */
  @Test
  void untilItsRemovalIsCommittedItLeads() {
    MembershipFixture f = group(3).start().leadSettled();
    f.remove("s1");
    f.propose("a");
    assertThat(f.sent(BodyCase.APPEND_ENTRIES)).extracting(Envelope::getTo).contains("s2", "s3");
    f.pass(T / 3);
    assertThat(f.sent(BodyCase.APPEND_ENTRIES)).isNotEmpty();
    f.has("s2", 4);
    assertThat(f.replication.commitIndex()).isEqualTo(2);
    f.has("s3", 4);
    assertThat(f.replication.commitIndex()).isEqualTo(4);
    assertThat(f.core.role()).isEqualTo(Role.FOLLOWER);
  }

  /** Its removal is in the log, and something before it is committed. */
  @Points(2)
  @Exercise({"3.3", "3.1", "3.2"})
  @Rule("MC-4")
  @Bugs("M04-early")
  @Test
  void anEarlierCommitDoesNotEndItsLeadership() {
    MembershipFixture f = group(3).start().leadSettled();
    f.propose("a");
    f.remove("s1");
    f.has("s2", 3);
    f.has("s3", 3);
    assertThat(f.replication.commitIndex()).isEqualTo(3);
    assertThat(f.core.role()).isEqualTo(Role.LEADER);
  }

  /** Else nobody leads until a timeout. */
  @Points(1)
  @Exercise({"3.3", "3.1", "3.2"})
  @Rule("MC-4")
  @Bugs("B22-best")
  @Test
  void aLeaderThatLeavesTellsTheMostAdvancedVoterToCampaign() {
    MembershipFixture f =
        group(4)
            .log(
                configuration(
                    1,
                    1,
                    configuration(
                        voter("s1"), voter("s2"), voter("s3"), voter("s4"), nonvoter("s5"))))
            .start()
            .leadSettled();
    f.remove("s1");
    f.propose("a");
    f.propose("b");
    f.has("s5", 5);
    f.has("s2", 3);
    assertThat(f.core.role()).isEqualTo(Role.LEADER);
    f.has("s3", 4);
    assertThat(f.core.role()).isEqualTo(Role.FOLLOWER);
    assertThat(f.toldToCampaign()).containsExactly("s3");
    assertThat(f.transfer.saidIn(2)).isTrue();
  }

  /** Two that campaign at once may get half of the votes each. */
  @Test
  void aLeaderThatLeavesWhileItHandsOverTellsNobodyElse() {
    MembershipFixture f = group(3).start().leadSettled();
    f.remove("s1");
    long transfer = f.transferTo("s3");
    f.hasAll("s2");
    f.hasAll("s3");
    assertThat(f.core.role()).isEqualTo(Role.FOLLOWER);
    assertThat(f.toldToCampaign()).containsOnly("s3");
    assertThat(f.answer(transfer)).isEqualTo("done");
  }

  @Test
  void aLeaderThatDemotesItselfDoesTheSame() {
    MembershipFixture f = group(3).start().leadSettled();
    long demote = f.demote("s1");
    f.persist();
    f.hasAll("s2");
    assertThat(f.answer(demote)).isEmpty();
    f.hasAll("s3");
    assertThat(f.answer(demote)).isEqualTo("3: s1(nonvoter) s2 s3");
    assertThat(f.core.role()).isEqualTo(Role.FOLLOWER);
    assertThat(f.toldToCampaign()).containsExactly("s2");
  }

  @Test
  void changesThatWaitedForALeaderThatLeavesFail() {
    MembershipFixture f = group(3).start().leadSettled();
    f.remove("s1");
    long next = f.addNonvoter("s4");
    f.replicate();
    assertThat(f.answer(next)).isEqualTo("LEADERSHIP_LOST: leadership was lost");
  }

  /** A leader in the middle of its removal may be deposed; then the next one decides. */
  @Test
  void aLeaderThatIsDeposedBeforeItsRemovalIsCommittedStaysIfThatIsLost() {
    MembershipFixture f = group(3).start().leadSettled();
    f.remove("s1");
    f.append(3, 2, 2, 2, MembershipFixture.command(3, 3));
    assertThat(f.latest()).isEqualTo("s1 s2 s3");
    f.lead();
  }

  /** B22. */
  @Test
  void whoHasNoVoteNeverCampaigns() {
    MembershipFixture f =
        group(3)
            .log(configuration(1, 1, configuration(nonvoter("s1"), voter("s2"), voter("s3"))))
            .start();
    silent(f);
  }

  /** B21: nor does who was removed, once it knows that this is committed. */
  @Test
  void whoWasRemovedNeverCampaigns() {
    MembershipFixture f = group(3).start();
    f.append(2, 1, 1, 2, configuration(2, 2, configuration(voter("s2"), voter("s3"))));
    silent(f);
  }

  @Test
  void whoWaitsForItsFirstConfigurationNeverCampaigns() {
    silent(MembershipFixture.empty().start());
  }

  private static void silent(MembershipFixture f) {
    long term = f.core.currentTerm();
    for (int i = 0; i < 20; i++) {
      f.pass(T);
      assertThat(f.core.role()).isEqualTo(Role.FOLLOWER);
      assertThat(CoreFixture.sent(f.effects)).isEmpty();
    }
    assertThat(f.core.currentTerm()).isEqualTo(term);
  }

  /** B21, M06: a server that does not know that it was removed has a higher term by now. */
  @Test
  void whoWasRemovedDoesNotDeposeTheLeader() {
    MembershipFixture f = group(3).start().leadSettled();
    f.remove("s3");
    f.replicate();
    f.receive(requestVote("s3", 9, 2, 3));
    f.receive(preVote("s3", 9, 2, 3));
    assertThat(f.core.role()).isEqualTo(Role.LEADER);
    assertThat(f.core.currentTerm()).isEqualTo(2);
  }

  /** B21, M06: nor does it make a follower of a living leader forget it. */
  @Test
  void whoWasRemovedGetsNoVoteWhileTheLeaderLives() {
    MembershipFixture f = group(3).start();
    f.append(2, 1, 1, 0, configuration(2, 2, voters(2)));
    f.receive(requestVote("s3", 9, 1, 1));
    assertThat(f.core.currentTerm()).isEqualTo(2);
    assertThat(f.core.leader()).isEqualTo("s2");
  }

  /** B21: it is told, so that it knows. */
  @Test
  void whoIsRemovedGetsTheEntryAndItsCommitment() {
    MembershipFixture f = group(3).start().leadSettled();
    f.remove("s3");
    assertThat(f.sent(BodyCase.APPEND_ENTRIES)).extracting(Envelope::getTo).contains("s3");
    f.persist();
    f.hasAll("s2");
    assertThat(f.sent(BodyCase.APPEND_ENTRIES))
        .filteredOn(m -> m.getTo().equals("s3"))
        .hasSize(1)
        .allMatch(m -> m.getAppendEntries().getLeaderCommit() == 3);
    assertThat(f.replication.followers()).containsExactly("s2");
  }
}
