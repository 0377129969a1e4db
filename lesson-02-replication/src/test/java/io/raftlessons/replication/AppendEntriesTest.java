package io.raftlessons.replication;

import static io.raftlessons.core.CoreFixture.kinds;
import static io.raftlessons.replication.ReplicationFixture.entry;
import static io.raftlessons.replication.ReplicationFixture.group;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.core.CoreFixture;
import io.raftlessons.core.Effect.SendAfterSync;
import io.raftlessons.core.Effect.SendNow;
import io.raftlessons.course.Bugs;
import io.raftlessons.course.Exercise;
import io.raftlessons.course.Points;
import io.raftlessons.course.Rule;
import io.raftlessons.wire.AppendEntriesReply;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The follower's side: Figure 2, AppendEntries RPC, receiver implementation. */
class AppendEntriesTest {
  private ReplicationFixture f = group(3).term(4).log(1, 1, 2).start();

  private void log(long... terms) {
    assertThat(f.terms()).containsExactly(Arrays.stream(terms).boxed().toArray(Long[]::new));
  }

  private void refused(long prev, long hintIndex, long hintTerm) {
    assertThat(f.reply())
        .isEqualTo(
            AppendEntriesReply.newBuilder()
                .setPrevLogIndex(prev)
                .setCount(f.reply().getCount())
                .setHintIndex(hintIndex)
                .setHintTerm(hintTerm)
                .setLastIndex(f.log.lastIndex())
                .build());
  }

  private void accepted(long prev, long count) {
    assertThat(f.reply())
        .isEqualTo(
            AppendEntriesReply.newBuilder()
                .setSuccess(true)
                .setPrevLogIndex(prev)
                .setCount(count)
                .build());
  }

  @Test
  void step1_aLeaderOfAnOldTermIsAnsweredWithOurTermAndChangesNothing() {
    f.append(3, 3, 2, 3, entry(4, 3));
    log(1, 1, 2);
    assertThat(f.replication.commitIndex()).isZero();
    assertThat(f.reply().getSuccess()).isFalse();
    assertThat(CoreFixture.sent(f.effects).get(0).getTerm()).isEqualTo(4);
    assertThat(kinds(f.effects)).containsExactly("SendAfterSync");
  }

  @Test
  void step2_withoutTheEntryBeforeItIsRefused() {
    f.append(4, 5, 2, 0, entry(6, 4));
    refused(5, 3, 2);
    log(1, 1, 2);
  }

  @Test
  void step2_withAnotherTermBeforeItIsRefused() {
    f.append(4, 3, 3, 3, entry(4, 4));
    refused(3, 2, 1);
    log(1, 1, 2);
    assertThat(f.replication.commitIndex()).isZero();
  }

  /** R03: a heartbeat is checked as any other message. */
  @Points(2)
  @Exercise("2.2")
  @Rule("AE-2")
  @Bugs("R03")
  @Test
  void step2_aHeartbeatIsCheckedToo() {
    f.append(4, 3, 3, 3);
    refused(3, 2, 1);
    assertThat(f.replication.commitIndex()).isZero();
  }

  @Test
  void step2_theBeginningOfTheLogAlwaysMatches() {
    f = group(3).term(4).start();
    f.append(4, 0, 0, 0, entry(1, 3));
    accepted(0, 1);
    log(3);
  }

  /** R11: the term decides, not the index. */
  @Points(2)
  @Exercise("2.2")
  @Rule("AE-3")
  @Bugs("R11")
  @Test
  void step3_aConflictingEntryAndAllAfterItGo() {
    f.append(4, 1, 1, 0, entry(2, 3));
    accepted(1, 1);
    log(1, 3);
    LogWrite.WriteLog write = f.unsynced.remove();
    assertThat(write.from()).isEqualTo(2);
    assertThat(write.entries()).containsExactly(entry(2, 3));
  }

  @Test
  void step3_entriesThatAgreeBeforeAConflictStay() {
    f.append(4, 0, 0, 0, entry(1, 1), entry(2, 1), entry(3, 4), entry(4, 4));
    log(1, 1, 4, 4);
    assertThat(f.unsynced.remove().from()).isEqualTo(3);
  }

  /** R02: the tail of a delayed message's log may be older than ours, and is no conflict. */
  @Points(2)
  @Exercise("2.2")
  @Rule("AE-3")
  @Bugs("R02")
  @Test
  void step3_aStaleMessageDoesNotTruncate() {
    f.append(4, 3, 2, 0, entry(4, 4), entry(5, 4));
    f.append(4, 0, 0, 0, entry(1, 1), entry(2, 1));
    accepted(0, 2);
    log(1, 1, 2, 4, 4);
  }

  @Points(1)
  @Exercise("2.2")
  @Rule("AE-3")
  @Bugs("R02")
  @Test
  void step3_aHeartbeatDoesNotTruncate() {
    f.append(4, 1, 1, 0);
    accepted(1, 0);
    log(1, 1, 2);
    assertThat(f.unsynced).isEmpty();
  }

  @Test
  void step3_aRefusalDoesNotTruncate() {
    f.append(4, 3, 4, 0, entry(4, 4));
    log(1, 1, 2);
    assertThat(f.unsynced).isEmpty();
  }

  @Test
  void step4_onlyWhatIsMissingIsAppended() {
    f.append(4, 1, 1, 0, entry(2, 1), entry(3, 2), entry(4, 4));
    accepted(1, 3);
    assertThat(f.unsynced.remove().entries()).containsExactly(entry(4, 4));
  }

  @Test
  void step4_theSameMessageTwiceWritesOnce() {
    f.append(4, 3, 2, 0, entry(4, 4));
    f.append(4, 3, 2, 0, entry(4, 4));
    accepted(3, 1);
    log(1, 1, 2, 4);
    assertThat(f.unsynced).hasSize(1);
  }

  @Test
  void step5_commitFollowsTheLeader() {
    f.append(4, 3, 2, 2);
    assertThat(f.replication.commitIndex()).isEqualTo(2);
    assertThat(f.handedOutIndexes()).containsExactly(1L, 2L);
  }

  /** B10, R04: behind what the message verified there may be entries the leader does not have. */
  @Points(4)
  @Exercise({"2.3", "2.2"})
  @Rule("AE-5")
  @Bugs("R04")
  @Test
  void step5_nothingBehindTheVerifiedPrefixCommits() {
    f.append(4, 1, 1, 3);
    assertThat(f.replication.commitIndex()).isEqualTo(1);
    f.append(4, 1, 1, 3, entry(2, 1));
    assertThat(f.replication.commitIndex()).isEqualTo(2);
  }

  @Test
  void step5_commitNeverGoesBack() {
    f.append(4, 3, 2, 3);
    f.append(4, 3, 2, 1);
    f.append(4, 0, 0, 3);
    f.append(4, 3, 2, -7);
    assertThat(f.replication.commitIndex()).isEqualTo(3);
    assertThat(f.handedOutIndexes()).containsExactly(1L, 2L, 3L);
  }

  /** What is committed elsewhere may be applied here before it is on this disk (R15). */
  @Test
  void step5_newEntriesCommitBeforeTheyAreOnTheOwnDisk() {
    f.append(4, 3, 2, 4, entry(4, 4));
    assertThat(f.replication.commitIndex()).isEqualTo(4);
    assertThat(f.log.persistedIndex()).isEqualTo(3);
  }

  /** R08: what is acknowledged is on disk. */
  @Points(2)
  @Exercise("2.2")
  @Rule("PS-1")
  @Bugs("R08")
  @Test
  void acknowledgementsWaitForTheDisk() {
    f.append(4, 3, 2, 0, entry(4, 4));
    assertThat(kinds(f.effects)).containsExactly("SendAfterSync", "WriteLog", "RoleChanged");
  }

  /** R9 of the seams: the write of the first may still be under way when the second comes. */
  @Test
  void theAcknowledgementOfADuplicateWaitsToo() {
    f.append(4, 3, 2, 0, entry(4, 4));
    f.append(4, 3, 2, 0, entry(4, 4));
    assertThat(kinds(f.effects)).containsExactly("SendAfterSync");
    f.append(4, 4, 4, 0);
    assertThat(kinds(f.effects)).containsExactly("SendAfterSync");
  }

  @Test
  void refusalsNeverLeaveAtOnceEither() {
    f.append(4, 9, 4, 0);
    assertThat(f.effects.of(SendAfterSync.class)).hasSize(1);
    assertThat(f.effects.of(SendNow.class)).isEmpty();
  }

  @Test
  void theReplyEchoesItsRequest() {
    f.append(4, 9, 4, 0, entry(10, 4), entry(11, 4));
    assertThat(f.reply().getPrevLogIndex()).isEqualTo(9);
    assertThat(f.reply().getCount()).isEqualTo(2);
    f.append(3, 9, 3, 0, entry(10, 3));
    assertThat(f.reply().getPrevLogIndex()).isEqualTo(9);
    assertThat(f.reply().getCount()).isEqualTo(1);
  }

  /** Leader completeness is broken if this happens: better to stop than to lose what was said. */
  @Test
  void aConflictWithACommittedEntryStopsTheServer() {
    f.append(4, 3, 2, 3);
    assertThatThrownBy(() -> f.append(4, 2, 1, 3, entry(3, 4)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("entry 3 is committed");
    log(1, 1, 2);
  }

  @Test
  void rightAboveTheCommitIndexTruncationIsAllowed() {
    f.append(4, 2, 1, 2);
    f.append(4, 2, 1, 2, entry(3, 4));
    log(1, 1, 4);
  }

  @Test
  void aMessageWithAGapIsIgnored() {
    f.append(4, 3, 2, 3, entry(4, 4), entry(6, 4));
    assertThat(CoreFixture.sent(f.effects)).isEmpty();
    f.append(4, 3, 2, 3, entry(5, 4));
    assertThat(CoreFixture.sent(f.effects)).isEmpty();
    log(1, 1, 2);
    assertThat(f.replication.commitIndex()).isZero();
  }

  @Test
  void aMessageWithANegativeIndexIsIgnored() {
    f.append(4, -1, 0, 3, entry(0, 4));
    assertThat(CoreFixture.sent(f.effects)).isEmpty();
    log(1, 1, 2);
  }

  @Test
  void aMessageWithDecreasingTermsIsIgnored() {
    f.append(4, 3, 2, 3, entry(4, 4), entry(5, 3));
    assertThat(CoreFixture.sent(f.effects)).isEmpty();
    f.append(4, 3, 2, 3, entry(4, 1));
    assertThat(CoreFixture.sent(f.effects)).isEmpty();
    log(1, 1, 2);
    assertThat(f.replication.commitIndex()).isZero();
  }

  /** It would be on disk above the stored term, and this server would not start again. */
  @Test
  void aMessageWithEntriesOfALaterTermThanItsOwnIsIgnored() {
    f.append(4, 3, 2, 3, entry(4, 5));
    assertThat(CoreFixture.sent(f.effects)).isEmpty();
    log(1, 1, 2);
  }

  @Test
  void aPrevIndexBeyondAllBoundsIsRefused() {
    long largest = Long.MAX_VALUE / 2;
    f.append(4, largest, 4, largest);
    refused(largest, 3, 2);
    assertThat(f.replication.commitIndex()).isZero();
  }

  @Test
  void aFollowerDoesNotAnswerReplies() {
    f.hasAll("s2");
    f.rejection("s2", 3, 0, 0);
    assertThat(CoreFixture.sent(f.effects)).isEmpty();
    assertThat(f.replication.commitIndex()).isZero();
  }
}
