package io.raftlessons.replication;

import static io.raftlessons.core.CoreFixture.servers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.raftlessons.core.Role;
import io.raftlessons.replication.ReadEffect.ReadReady;
import io.raftlessons.wire.AppendEntries;
import io.raftlessons.wire.Entry;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Members come and go while a server leads: whom it replicates to, and who counts. */
class FollowersTest {
  private ChangingElectorate group = new ChangingElectorate(servers(3));
  private ReplicationFixture f = ReplicationFixture.group(3).electorate(group).start();

  /** s1 leads, its no-op (entry 1) is committed and everywhere. */
  private void lead(int servers) {
    group = new ChangingElectorate(servers(servers));
    f = ReplicationFixture.group(servers).electorate(group).start().leadSettled();
  }

  /** The electorate changes in the step that appends the entry, as it does in lesson 3. */
  private void change(Runnable change) {
    f.step(
        s -> {
          f.replication.propose(s, Entry.Type.CONFIGURATION, ByteString.EMPTY);
          change.run();
        });
  }

  private Progress follower(String peer) {
    return f.replication.progress(peer);
  }

  @Test
  void aNewMemberIsProbedAtOnceAndThenGetsTheWholeLog() {
    lead(3);
    change(() -> group.nonvoter("s4"));
    AppendEntries probe = f.onlySentTo("s4");
    assertThat(probe.getPrevLogIndex()).isEqualTo(2);
    assertThat(probe.getEntriesList()).isEmpty();
    f.rejection("s4", 2, 0, 0);
    AppendEntries all = f.onlySentTo("s4");
    assertThat(all.getPrevLogIndex()).isZero();
    assertThat(all.getEntriesList()).hasSize(2);
    f.success("s4", 0, 2);
    assertThat(follower("s4").matchIndex()).isEqualTo(2);
    f.heartbeat();
    f.onlySentTo("s4");
  }

  /** Whatever lets it come: an election, say, in which the electorate does not change again. */
  @Test
  void aMemberIsTakenUpInWhateverStepItBecomesOne() {
    lead(3);
    group.nonvoter("s4");
    f.heartbeat();
    assertThat(f.replication.followers()).containsExactly("s2", "s3", "s4");
  }

  @Test
  void aNonvotersAcknowledgementNeverCommits() {
    lead(3);
    change(
        () -> {
          group.nonvoter("s4");
          group.nonvoter("s5");
        });
    f.persist();
    f.hasAll("s4");
    f.hasAll("s5");
    assertThat(f.replication.commitIndex()).isEqualTo(1);
    f.hasAll("s2");
    assertThat(f.replication.commitIndex()).isEqualTo(2);
  }

  @Test
  void aPromotedMemberCountsFromTheStepOfItsPromotionOn() {
    lead(3);
    change(() -> group.nonvoter("s4"));
    f.persist();
    f.hasAll("s2");
    f.hasAll("s4");
    change(() -> group.voter("s4"));
    f.persist();
    f.hasAll("s2");
    assertThat(f.replication.commitIndex()).as("two of four").isEqualTo(2);
    f.hasAll("s4");
    assertThat(f.replication.commitIndex()).isEqualTo(3);
  }

  @Test
  void aDemotedVoterDoesNotCountAnyMore() {
    lead(3);
    change(() -> group.nonvoter("s3"));
    f.persist();
    f.hasAll("s3");
    assertThat(f.replication.commitIndex()).isEqualTo(1);
    f.hasAll("s2");
    assertThat(f.replication.commitIndex()).isEqualTo(2);
    f.propose("x");
    f.onlySentTo("s3");
  }

  @Test
  void aRemovedMemberGetsTheEntryThatRemovesItAndItsCommitAndNothingAfterwards() {
    lead(3);
    change(() -> group.remove("s3"));
    assertThat(f.onlySentTo("s3").getEntriesList()).hasSize(1);
    f.persist();
    f.heartbeat();
    f.onlySentTo("s3");
    f.hasAll("s2");
    AppendEntries last = f.onlySentTo("s3");
    assertThat(last.getPrevLogIndex()).isEqualTo(2);
    assertThat(last.getLeaderCommit()).isEqualTo(2);
    f.propose("x");
    assertThat(f.sentTo("s3")).isEmpty();
    f.heartbeat();
    assertThat(f.sentTo("s3")).isEmpty();
    assertThat(f.replication.followers()).containsExactly("s2");
    assertThatThrownBy(() -> follower("s3")).hasMessage("no follower s3");
  }

  /** What comes after the removal is not waited for. */
  @Test
  void aRemovedMemberIsKeptForTheRemovalOnly() {
    lead(3);
    change(() -> group.remove("s3"));
    f.propose("x");
    assertThat(f.core.describe()).contains(" s3=REPLICATE next 4 match 1 until 2");
    f.persist();
    f.success("s2", 1, 1);
    assertThat(f.replication.commitIndex()).isEqualTo(2);
    assertThat(f.replication.followers()).containsExactly("s2");
    assertThat(f.core.describe()).doesNotContain("s3=");
  }

  @Test
  void aRemovedMembersAcknowledgementDoesNotCount() {
    lead(4);
    change(() -> group.remove("s4"));
    f.persist();
    f.hasAll("s4");
    assertThat(follower("s4").matchIndex()).isEqualTo(2);
    assertThat(f.replication.commitIndex()).isEqualTo(1);
  }

  @Test
  void whatAForgottenServerStillSaysIsIgnored() {
    lead(3);
    change(() -> group.remove("s3"));
    f.persist();
    f.hasAll("s2");
    String before = f.core.describe();
    f.hasAll("s3");
    f.rejection("s3", 1, 0, 0);
    f.loaded("s3", 1, List.of(f.log.get(1)));
    assertThat(f.core.describe()).isEqualTo(before);
    assertThat(f.sentTo("s3")).isEmpty();
  }

  /** It may come with an empty disk, so what is known of it does not hold any more. */
  @Test
  void whoComesBackBeginsAnew() {
    lead(4);
    change(() -> group.remove("s4"));
    f.hasAll("s4");
    change(() -> group.nonvoter("s4"));
    assertThat(follower("s4").matchIndex()).isZero();
    assertThat(follower("s4").state()).isEqualTo(Progress.State.PROBE);
    f.persist();
    f.hasAll("s2");
    f.hasAll("s3");
    assertThat(f.replication.commitIndex()).isEqualTo(3);
    assertThat(f.replication.followers()).contains("s4");
  }

  @Test
  void aLeaderThatIsRemovedLeadsOnAndTheOthersAloneCommit() {
    lead(3);
    change(() -> group.remove("s1"));
    f.persist();
    f.hasAll("s2");
    assertThat(f.replication.commitIndex()).as("one of two").isEqualTo(1);
    assertThat(f.core.role()).isEqualTo(Role.LEADER);
    f.heartbeat();
    f.onlySentTo("s2");
    f.onlySentTo("s3");
    f.hasAll("s3");
    assertThat(f.replication.commitIndex()).isEqualTo(2);
    assertThat(f.propose("x")).isInstanceOf(Proposal.Accepted.class);
  }

  /** The removal needs nobody else, so the removed server hears of it only if it is told. */
  @Test
  void theOneOfTwoThatStaysCommitsByItsOwnDisk() {
    lead(2);
    change(() -> group.remove("s2"));
    assertThat(f.onlySentTo("s2").getEntriesList()).hasSize(1);
    f.persist();
    assertThat(f.replication.commitIndex()).isEqualTo(2);
    assertThat(f.onlySentTo("s2").getLeaderCommit()).isEqualTo(2);
    assertThat(f.replication.followers()).isEmpty();
  }

  /** Nothing is acknowledged by it, yet fewer are needed. */
  @Test
  void aRemovalMayCommitWhatWasOnTooFew() {
    lead(4);
    f.propose("x");
    f.persist();
    f.hasAll("s2");
    assertThat(f.replication.commitIndex()).as("two of four").isEqualTo(1);
    change(() -> group.remove("s4"));
    assertThat(f.replication.commitIndex()).as("two of three").isEqualTo(2);
    assertThat(f.replication.followers()).as("its removal is not committed").contains("s4");
  }

  @Test
  void aNewLeaderKnowsTheMembersOfItsElectorateAndAFollowerNone() {
    assertThat(f.replication.followers()).isEmpty();
    group.remove("s3");
    group.nonvoter("s4");
    f.lead();
    assertThat(f.replication.followers()).containsExactly("s2", "s4");
    change(() -> group.remove("s4"));
    f.append(2, 0, 0, 0);
    assertThat(f.replication.followers()).isEmpty();
    f.lead();
    assertThat(f.replication.followers())
        .as("the leaving are of an old term")
        .containsExactly("s2");
  }

  @Test
  void onlyVotersConfirmReads() {
    lead(3);
    change(() -> group.nonvoter("s4"));
    f.persist();
    f.hasAll("s2");
    f.read(1);
    f.answersRound("s4", 1);
    assertThat(f.readAnswers()).isEmpty();
    f.answersRound("s3", 1);
    assertThat(f.readAnswers()).containsExactly(new ReadReady(1, 2));
  }

  @Test
  void aLeaderThatIsRemovedDoesNotConfirmItsOwnReads() {
    lead(3);
    change(() -> group.remove("s1"));
    f.read(1);
    f.answersRound("s2", 1);
    assertThat(f.readAnswers()).as("one of two").isEmpty();
    f.answersRound("s3", 1);
    assertThat(f.readAnswers()).hasSize(1);
  }
}
