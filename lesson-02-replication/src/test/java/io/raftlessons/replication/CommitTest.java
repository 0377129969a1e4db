package io.raftlessons.replication;

import static io.raftlessons.core.CoreFixture.kinds;
import static io.raftlessons.replication.ReplicationFixture.entry;
import static io.raftlessons.replication.ReplicationFixture.group;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.Role;
import io.raftlessons.course.Bugs;
import io.raftlessons.course.Exercise;
import io.raftlessons.course.Points;
import io.raftlessons.course.Rule;
import io.raftlessons.wire.AppendEntries;
import io.raftlessons.wire.Entry;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a leader counts an entry as committed (Figure 2, Rules for Leaders; §5.3, §5.4.2). */
class CommitTest {
  private static long commit(ReplicationFixture f) {
    return f.replication.commitIndex();
  }

  /** B2: without an entry of its own term a new leader can commit nothing (§8). */
  @Points(3)
  @Exercise("2.1")
  @Rule("UN-4")
  @Bugs("B2")
  @Test
  void aNewLeaderAppendsANoopAndSendsItToAll() {
    ReplicationFixture f = group(3).log(1, 2).start().lead();
    assertThat(f.terms()).containsExactly(1L, 2L, 3L);
    Entry noop = f.log.get(3);
    assertThat(noop.getType()).isEqualTo(Entry.Type.NOOP);
    assertThat(f.unsynced.element().entries()).containsExactly(noop);
    for (String peer : List.of("s2", "s3")) {
      AppendEntries first = f.onlySentTo(peer);
      assertThat(first.getPrevLogIndex()).isEqualTo(2);
      assertThat(first.getPrevLogTerm()).isEqualTo(2);
      assertThat(first.getEntriesList()).containsExactly(noop);
      assertThat(first.getLeaderCommit()).isZero();
    }
    assertThat(kinds(f.effects)).containsOnly("SendNow", "WriteLog", "RoleChanged");
  }

  @Test
  void anEntryCommitsWhenAMajorityHasItOnDisk() {
    ReplicationFixture f = group(3).start().lead();
    f.persist();
    assertThat(commit(f)).isZero();
    f.hasAll("s3");
    assertThat(commit(f)).isEqualTo(1);
    assertThat(f.handedOutIndexes()).containsExactly(1L);
  }

  /** R08 for the leader: its own entries count when they are on its disk, as everybody's. */
  @Points(1)
  @Exercise({"2.5", "2.1", "2.4"})
  @Rule("PS-1")
  @Bugs("R08-leader")
  @Test
  void theLeadersOwnEntriesCountOnlyOnceTheyAreOnDisk() {
    ReplicationFixture f = group(3).start().lead();
    f.hasAll("s2");
    assertThat(commit(f)).isZero();
    f.persist();
    assertThat(commit(f)).isEqualTo(1);
  }

  /** Thesis 10.2.1: the leader may even be the last whose disk has it. */
  @Test
  void aMajorityOfFollowersCommitsWithoutTheLeadersDisk() {
    ReplicationFixture f = group(3).start().lead();
    f.hasAll("s2");
    f.hasAll("s3");
    assertThat(commit(f)).isEqualTo(1);
    assertThat(f.log.persistedIndex()).isZero();
    assertThat(f.handedOutIndexes()).containsExactly(1L);
    f.persist();
    assertThat(commit(f)).isEqualTo(1);
  }

  @Points(1)
  @Exercise({"2.5", "2.1"})
  @Rule("PS-1")
  @Bugs("R08-leader")
  @Test
  void aSingleVoterCommitsWhenItsDiskHasIt() {
    ReplicationFixture f = group(1).start().lead();
    assertThat(commit(f)).isZero();
    f.persist();
    assertThat(commit(f)).isEqualTo(1);
    f.propose("a");
    assertThat(commit(f)).isEqualTo(1);
    f.persist();
    assertThat(commit(f)).isEqualTo(2);
  }

  /** E10, E12: of four, two are no majority. */
  @Test
  void ofFourThreeMustHaveIt() {
    ReplicationFixture f = group(4).start().lead();
    f.persist();
    f.hasAll("s2");
    assertThat(commit(f)).isZero();
    f.hasAll("s2");
    assertThat(commit(f)).as("the same follower twice").isZero();
    f.hasAll("s4");
    assertThat(commit(f)).isEqualTo(1);
  }

  @Test
  void ofFiveThreeMustHaveItAndTheMedianCounts() {
    ReplicationFixture f = group(5).start().leadSettled();
    for (String data : List.of("a", "b", "c", "d")) {
      f.propose(data);
    }
    f.success("s2", 1, 3);
    f.success("s3", 1, 2);
    assertThat(commit(f)).isEqualTo(1);
    f.success("s4", 1, 1);
    assertThat(commit(f)).isEqualTo(2);
    f.persist();
    assertThat(commit(f)).isEqualTo(3);
  }

  @Test
  void answersOfStrangersDoNotCount() {
    ReplicationFixture f = group(3).start().lead();
    f.persist();
    f.hasAll("s9");
    assertThat(commit(f)).isZero();
  }

  /** R05: what a follower has is what its answer proves, not what was sent since. */
  @Points(3)
  @Exercise({"2.4", "2.1"})
  @Rule("LD-3")
  @Bugs("R05")
  @Test
  void anAnswerCountsForWhatItsRequestCarried() {
    ReplicationFixture f = group(3).start().leadSettled();
    f.propose("a");
    f.propose("b");
    f.persist();
    f.success("s2", 1, 1);
    assertThat(commit(f)).as("commitIndex, when s2 has answered for entry 2").isEqualTo(2);
    assertThat(f.replication.progress("s2").matchIndex()).as("matchIndex of s2").isEqualTo(2);
  }

  @Test
  void anAnswerForMoreThanTheLogHoldsIsIgnored() {
    ReplicationFixture f = group(3).start().lead();
    f.persist();
    f.success("s2", 1, 1);
    assertThat(f.replication.progress("s2").matchIndex()).isZero();
    assertThat(commit(f)).isZero();
  }

  /**
   * Figure 8, (c): the leader of term 4 has brought entry 2 of term 2 to a majority, and entry 3 of
   * term 4 to nobody. Entry 2 is not committed: in (d) S5, with an entry of term 3, may still be
   * elected and overwrite it (B1, R01).
   */
  @Points(3)
  @Exercise({"2.5", "2.1", "2.4"})
  @Rule("LD-4")
  @Bugs("R01")
  @Test
  void figure8_anOldEntryOnAMajorityIsNotCommittedByCounting() {
    ReplicationFixture s1 = group(5).term(3).log(1, 2).start().lead();
    assertThat(s1.terms()).containsExactly(1L, 2L, 4L);
    s1.persist();
    s1.success("s2", 1, 1);
    s1.success("s3", 1, 1);
    assertThat(s1.replication.progress("s3").matchIndex()).isEqualTo(2);
    assertThat(commit(s1)).isZero();
    assertThat(s1.handedOut).isEmpty();

    // (d): S5 takes over from the prefix all have, and replaces 2:2 by 2:3; nothing was promised.
    ReplicationFixture s3 = group(5).id("s3").term(4).log(1, 2).start();
    s3.append(5, 1, 1, 0, entry(2, 3));
    assertThat(s3.terms()).containsExactly(1L, 3L);
  }

  /** Figure 8, (e): an entry of term 4 on a majority commits, and with it all before it. */
  @Test
  void figure8_anEntryOfTheOwnTermCommitsAllBeforeIt() {
    ReplicationFixture s1 = group(5).term(3).log(1, 2).start().lead();
    s1.persist();
    s1.success("s2", 2, 1);
    assertThat(commit(s1)).isZero();
    s1.success("s3", 2, 1);
    assertThat(commit(s1)).isEqualTo(3);
    assertThat(s1.handedOutIndexes()).containsExactly(1L, 2L, 3L);
  }

  @Test
  void theNewCommitIndexGoesOutWithTheNextMessages() {
    ReplicationFixture f = group(3).start().lead();
    f.persist();
    f.hasAll("s2");
    f.propose("a");
    assertThat(f.onlySentTo("s2").getLeaderCommit()).isEqualTo(1);
    f.heartbeat();
    assertThat(f.onlySentTo("s2").getLeaderCommit()).isEqualTo(1);
  }

  @Test
  void aLeaderThatStepsDownForgetsItsFollowersAndCommitsNoMore() {
    ReplicationFixture f = group(3).start().lead();
    f.persist();
    f.append(9, 0, 0, 0);
    assertThat(f.core.role()).isEqualTo(Role.FOLLOWER);
    f.hasAll("s2");
    f.hasAll("s3");
    assertThat(commit(f)).isZero();
    assertThat(f.core.describe()).doesNotContain("s3=");
    f.heartbeat();
    assertThat(f.sentTo("s2")).isEmpty();
    assertThat(f.effects.wakeAt()).isGreaterThan(f.now);
  }

  /**
   * matchIndex is what this term's answers prove; that of an earlier leadership is worth nothing.
   */
  @Test
  void aLeaderAgainBeginsWithoutKnowledgeOfItsFollowers() {
    ReplicationFixture f = group(3).start().leadSettled();
    f.step(s -> s.becomeFollower());
    f.lead();
    assertThat(f.replication.progress("s2").matchIndex()).isZero();
    assertThat(f.replication.progress("s2").nextIndex()).isEqualTo(2);
    f.persist();
    assertThat(commit(f)).isEqualTo(1);
  }
}
