package io.raftlessons.replication;

import static io.raftlessons.core.CoreFixture.message;
import static io.raftlessons.replication.ReplicationFixture.appendEntries;
import static io.raftlessons.replication.ReplicationFixture.group;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.Gate;
import io.raftlessons.core.Role;
import io.raftlessons.core.Step;
import io.raftlessons.course.Bugs;
import io.raftlessons.course.Exercise;
import io.raftlessons.course.Points;
import io.raftlessons.course.Rule;
import io.raftlessons.replication.ReadEffect.ReadFailed;
import io.raftlessons.replication.ReadEffect.ReadReady;
import io.raftlessons.replication.ReadEffect.Reason;
import io.raftlessons.wire.AppendEntries;
import io.raftlessons.wire.AppendEntriesReply;
import io.raftlessons.wire.Envelope;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** When a leader may answer a read without a word in the log (thesis 6.4). */
class ReadsTest {
  private static ReadFailed failed(long id, Reason reason, String why, String leader) {
    return new ReadFailed(id, reason, why, leader);
  }

  private static ReadFailed lost(long id, String leader) {
    return failed(
        id, Reason.LEADERSHIP_LOST, "leadership was lost before the read was confirmed", leader);
  }

  @Points(2)
  @Exercise({"2.7", "2.1", "2.4", "2.5"})
  @Rule("UN-5")
  @Bugs({"C01", "B14"})
  @Test
  void aReadAsksAllFollowersAndAMajoritysAnswerConfirmsIt() {
    ReplicationFixture f = group(5).start().leadSettled();
    f.read(7);
    for (String peer : List.of("s2", "s3", "s4", "s5")) {
      AppendEntries question = f.onlySentTo(peer);
      assertThat(question.getReadRound()).isEqualTo(1);
      assertThat(question.getEntriesList()).isEmpty();
      assertThat(question.getPrevLogIndex()).isEqualTo(1);
    }
    assertThat(f.unsynced).as("nothing is written").isEmpty();
    f.answersRound("s4", 1);
    assertThat(f.readAnswers()).isEmpty();
    f.answersRound("s4", 1);
    assertThat(f.readAnswers()).as("the same follower twice").isEmpty();
    f.answersRound("s9", 1);
    assertThat(f.readAnswers()).as("a stranger").isEmpty();
    f.answersRound("s2", 1);
    assertThat(f.readAnswers()).containsExactly(new ReadReady(7, 1));
    f.answersRound("s3", 1);
    assertThat(f.readAnswers()).as("once").isEmpty();
  }

  @Test
  void manyReadsInOneStepShareARound() {
    ReplicationFixture f = group(3).start().leadSettled();
    f.read(LongStream.range(0, 1000).toArray());
    assertThat(f.onlySentTo("s2").getReadRound()).isEqualTo(1);
    f.answersRound("s2", 1);
    assertThat(f.readAnswers()).hasSize(1000).startsWith(new ReadReady(0, 1));
    assertThat(f.reads.counts()).isEqualTo(new Reads.Counts(1, 1000));
  }

  /** Nothing is sent for them before the round under way is answered: then they share one. */
  @Test
  void readsThatComeDuringARoundShareTheNext() {
    ReplicationFixture f = group(3).start().leadSettled();
    f.read(1);
    f.read(2);
    assertThat(f.sentTo("s2")).isEmpty();
    f.read(3);
    f.answersRound("s3", 1);
    assertThat(f.readAnswers()).containsExactly(new ReadReady(1, 1));
    assertThat(f.onlySentTo("s2").getReadRound()).isEqualTo(2);
    f.answersRound("s3", 2);
    assertThat(f.readAnswers()).containsExactly(new ReadReady(2, 1), new ReadReady(3, 1));
    assertThat(f.reads.counts()).isEqualTo(new Reads.Counts(2, 3));
  }

  /** B14: such an answer may have left before another leader was elected. */
  @Points(2)
  @Exercise({"2.8", "2.1", "2.4", "2.5", "2.7"})
  @Rule("UN-5")
  @Bugs({"B14", "B14-any"})
  @Test
  void anAnswerToAMessageThatLeftBeforeTheReadCameDoesNotCount() {
    ReplicationFixture f = group(3).start().leadSettled();
    f.heartbeat();
    f.read(1);
    f.answersRound("s2", 0);
    f.hasAll("s3");
    assertThat(f.readAnswers()).isEmpty();
    f.answersRound("s2", 1);
    assertThat(f.readAnswers()).containsExactly(new ReadReady(1, 1));
    f.read(2);
    f.answersRound("s2", 1);
    f.answersRound("s3", 1);
    assertThat(f.readAnswers()).isEmpty();
    f.answersRound("s3", 2);
    assertThat(f.readAnswers()).containsExactly(new ReadReady(2, 1));
  }

  /** R19 of the seams: a late answer takes nothing back. */
  @Test
  void anOlderAnswerAfterANewerOneChangesNothing() {
    ReplicationFixture f = group(5).start().leadSettled();
    f.read(1);
    f.answersRound("s2", 1);
    f.answersRound("s2", 0);
    f.answersRound("s3", 1);
    assertThat(f.readAnswers()).containsExactly(new ReadReady(1, 1));
  }

  /** Whether the logs agree is another question than who leads. */
  @Test
  void aRefusalForTheLogConfirmsTheRound() {
    ReplicationFixture f = group(3).start().leadSettled();
    f.read(1);
    AppendEntriesReply.Builder refusal =
        AppendEntriesReply.newBuilder().setPrevLogIndex(1).setReadRound(1);
    f.receive(
        message("s2", f.core.currentTerm(), Envelope.newBuilder().setAppendEntriesReply(refusal)));
    assertThat(f.readAnswers()).containsExactly(new ReadReady(1, 1));
  }

  @Test
  void theNextMessagesRepeatTheRoundShouldItsOwnBeLost() {
    ReplicationFixture f = group(3).start().leadSettled();
    f.read(1);
    f.heartbeat();
    assertThat(f.onlySentTo("s2").getReadRound()).isEqualTo(1);
    f.propose("a");
    assertThat(f.onlySentTo("s3").getReadRound()).isEqualTo(1);
    f.receive(answer(f, "s3", 1, 1));
    assertThat(f.readAnswers()).containsExactly(new ReadReady(1, 1));
  }

  /** Lesson 3's leases live on them. A read does not mind if its round is followed by another. */
  @Test
  void heartbeatsStartRoundsIfThatIsWanted() {
    ReplicationFixture f = group(3).start().leadSettled();
    f.heartbeat();
    assertThat(f.onlySentTo("s2").getReadRound()).isZero();
    f.replication.startRoundsWithHeartbeats();
    f.heartbeat();
    assertThat(f.onlySentTo("s2").getReadRound()).isEqualTo(1);
    assertThat(f.onlySentTo("s3").getReadRound()).isEqualTo(1);
    f.read(1);
    assertThat(f.onlySentTo("s2").getReadRound()).isEqualTo(2);
    f.heartbeat();
    assertThat(f.onlySentTo("s2").getReadRound()).isEqualTo(3);
    assertThat(f.replication.newestReadRound()).isEqualTo(3);
    f.answersRound("s2", 1);
    assertThat(f.readAnswers()).isEmpty();
    f.answersRound("s2", 3);
    assertThat(f.readAnswers()).containsExactly(new ReadReady(1, 1));
  }

  /** It would confirm all reads to come. */
  @Test
  void aRoundThatWasNeverStartedConfirmsNothing() {
    ReplicationFixture f = group(3).start().leadSettled();
    f.receive(answer(f, "s2", 0, 1_000_000));
    f.read(1);
    assertThat(f.readAnswers()).isEmpty();
    f.answersRound("s2", 1);
    assertThat(f.readAnswers()).containsExactly(new ReadReady(1, 1));
  }

  private static Envelope answer(ReplicationFixture f, String from, long count, long round) {
    AppendEntriesReply.Builder reply =
        AppendEntriesReply.newBuilder()
            .setSuccess(true)
            .setPrevLogIndex(f.log.lastIndex() - count)
            .setCount(count)
            .setReadRound(round);
    return message(from, f.core.currentTerm(), Envelope.newBuilder().setAppendEntriesReply(reply));
  }

  /** B16: an earlier leader may have acknowledged what this one does not know to be committed. */
  @Points(2)
  @Exercise({"2.7", "2.1", "2.4", "2.5"})
  @Rule("UN-5")
  @Bugs("B16")
  @Test
  void aReadWaitsForTheFirstCommitOfTheOwnTerm() {
    ReplicationFixture f = group(3).log(1, 1).start().lead();
    f.read(1);
    assertThat(committedInOwnTerm(f)).isFalse();
    assertThat(f.sentTo("s2")).as("there is nothing to confirm yet").isEmpty();
    f.receive(answer(f, "s2", 1, 0));
    assertThat(f.replication.commitIndex()).isZero();
    assertThat(f.readAnswers()).isEmpty();
    f.persist();
    assertThat(f.replication.commitIndex()).isEqualTo(3);
    assertThat(committedInOwnTerm(f)).isTrue();
    assertThat(f.onlySentTo("s2").getReadRound()).isEqualTo(1);
    assertThat(f.readAnswers()).isEmpty();
    f.answersRound("s2", 1);
    assertThat(f.readAnswers()).containsExactly(new ReadReady(1, 3));
  }

  /** Figure 8 again: counting entries of older terms would be a commit that is none. */
  @Test
  void anEntryOfAnEarlierTermOnAMajorityDoesNotLetReadsThrough() {
    ReplicationFixture f = group(5).term(3).log(1, 2).start().lead();
    f.persist();
    f.read(1);
    f.success("s2", 1, 1);
    f.success("s3", 1, 1);
    assertThat(f.sentTo("s4")).isEmpty();
    assertThat(f.readAnswers()).isEmpty();
    assertThat(f.reads.counts().rounds()).isZero();
  }

  private static boolean committedInOwnTerm(ReplicationFixture f) {
    boolean[] answer = new boolean[1];
    f.core.step(f.now, s -> answer[0] = f.replication.committedInOwnTerm(s));
    return answer[0];
  }

  @Test
  void theReadIndexIsTheCommitIndexWhenTheQuestionLeaves() {
    ReplicationFixture f = group(3).start().leadSettled();
    f.propose("a");
    f.persist();
    f.read(1);
    f.success("s2", 1, 1);
    assertThat(f.replication.commitIndex()).isEqualTo(2);
    f.answersRound("s2", 1);
    assertThat(f.readAnswers()).containsExactly(new ReadReady(1, 1));
    f.read(2);
    f.answersRound("s2", 2);
    assertThat(f.readAnswers()).containsExactly(new ReadReady(2, 2));
  }

  @Test
  void aSingleVoterConfirmsByItself() {
    ReplicationFixture f = group(1).start().lead();
    f.read(1);
    assertThat(f.readAnswers()).as("its no-op is not on disk").isEmpty();
    f.persist();
    assertThat(f.readAnswers()).containsExactly(new ReadReady(1, 1));
    f.read(2, 3);
    assertThat(f.readAnswers()).containsExactly(new ReadReady(2, 1), new ReadReady(3, 1));
    assertThat(f.reads.counts()).isEqualTo(new Reads.Counts(2, 3));
  }

  @Test
  void ofFourThreeMustAnswer() {
    ReplicationFixture f = group(4).start().leadSettled();
    f.read(1);
    f.answersRound("s2", 1);
    assertThat(f.readAnswers()).isEmpty();
    f.answersRound("s3", 1);
    assertThat(f.readAnswers()).containsExactly(new ReadReady(1, 1));
  }

  @Test
  void whoDoesNotLeadNamesWhoDoes() {
    ReplicationFixture f = group(3).start();
    f.read(1);
    assertThat(f.readAnswers()).containsExactly(failed(1, Reason.NOT_LEADER, "not the leader", ""));
    f.append(4, 0, 0, 0);
    f.read(2);
    assertThat(f.readAnswers())
        .containsExactly(failed(2, Reason.NOT_LEADER, "not the leader", "s2"));
  }

  /** C01: the answers of the old term must not confirm it, nor the reads live on into a new one. */
  @Points(1)
  @Exercise({"2.8", "2.1", "2.4", "2.5", "2.7"})
  @Rule("UN-5")
  @Bugs("C01")
  @Test
  void aLeaderThatStepsDownFailsAllItsReads() {
    ReplicationFixture f = group(3).start().leadSettled();
    final long term = f.core.currentTerm();
    f.read(1);
    f.read(2);
    f.append(term + 1, 1, term, 1);
    assertThat(f.core.role()).isEqualTo(Role.FOLLOWER);
    assertThat(f.readAnswers()).containsExactly(lost(1, "s2"), lost(2, "s2"));
    f.receive(
        message(
            "s3",
            term,
            Envelope.newBuilder()
                .setAppendEntriesReply(
                    AppendEntriesReply.newBuilder().setSuccess(true).setReadRound(1))));
    assertThat(f.readAnswers()).isEmpty();
    f.lead();
    f.persist();
    f.hasAll("s3");
    assertThat(f.readAnswers()).isEmpty();
    assertThat(f.core.describe()).doesNotContain("round", "reads");
  }

  @Test
  void aLeaderThatLosesItsQuorumFailsAllItsReads() {
    ReplicationFixture f = group(3).start().leadSettled();
    f.read(1);
    f.step(Step::becomeFollower);
    assertThat(f.readAnswers()).containsExactly(lost(1, ""));
  }

  /** What followers answered in an earlier term is worth nothing in this one. */
  @Test
  void roundsGoOnCountingFromTermToTermAndAnswersBeginAnew() {
    ReplicationFixture f = group(3).start().leadSettled();
    f.read(1);
    f.answersRound("s2", 1);
    f.step(Step::becomeFollower);
    f.lead();
    f.persist();
    f.hasAll("s2");
    assertThat(f.replication.readRound("s2")).isZero();
    f.read(2);
    assertThat(f.onlySentTo("s2").getReadRound()).isEqualTo(2);
    f.answersRound("s2", 2);
    assertThat(f.readAnswers()).containsExactly(new ReadReady(2, 2));
  }

  /**
   * The refused leader may have been restarted since, lead our term by now, and count its rounds
   * from 1 again: the refusal of its earlier life's message must not confirm a read of this one.
   */
  @Test
  void aRefusalOfAnOldTermNamesNoRound() {
    ReplicationFixture f = group(3).term(5).start();
    Envelope old = appendEntries("s2", 3, 0, 0, 0, List.of());
    AppendEntries.Builder request = old.getAppendEntries().toBuilder().setReadRound(1);
    f.receive(old.toBuilder().setAppendEntries(request).build());
    assertThat(f.reply().getSuccess()).isFalse();
    assertThat(f.reply().getReadRound()).isZero();
  }

  @Test
  void aFollowerNamesTheRoundItWasAsked() {
    ReplicationFixture f = group(3).term(5).start();
    for (long prev : new long[] {0, 1}) {
      Envelope question = appendEntries("s2", 5, prev, prev, 0, List.of());
      AppendEntries.Builder request = question.getAppendEntries().toBuilder().setReadRound(8);
      f.receive(question.toBuilder().setAppendEntries(request).build());
      assertThat(f.reply().getSuccess()).isEqualTo(prev == 0);
      assertThat(f.reply().getReadRound()).isEqualTo(8);
    }
  }

  @Test
  void aClosedGateIsAReasonToTryLater() {
    Gate gate =
        new Gate() {
          @Override
          public Optional<Gate.Refusal> readRefused(Step step) {
            return Optional.of(new Gate.Refusal(Gate.Why.BUSY, "closed for the moment"));
          }
        };
    ReplicationFixture f = group(3).gate(gate).start().leadSettled();
    f.read(1);
    assertThat(f.readAnswers())
        .containsExactly(failed(1, Reason.BUSY, "closed for the moment", "s1"));
    assertThat(f.sentTo("s2")).isEmpty();
  }

  @Test
  void readsThatNobodyConfirmsDoNotPileUpWithoutBound() {
    ReplicationFixture f = group(3).start().leadSettled();
    f.read(LongStream.range(0, 20_001).toArray());
    assertThat(f.readAnswers())
        .containsExactly(failed(20_000, Reason.BUSY, "20000 reads are not confirmed yet", "s1"));
    f.answersRound("s2", 1);
    assertThat(f.readAnswers()).hasSize(20_000);
    f.read(1);
    assertThat(f.readAnswers()).as("there is room again").isEmpty();
  }

  @Test
  void theStateTellsOfReadsAndRounds() {
    ReplicationFixture f = group(3).start().leadSettled();
    assertThat(f.core.describe()).doesNotContain("round");
    f.read(1);
    f.read(2);
    f.answersRound("s9", 1);
    assertThat(f.core.describe()).endsWith(" round 1 at 1 for [1] readsWaiting=[2]");
    f.answersRound("s3", 1);
    assertThat(f.core.describe())
        .contains("s3=REPLICATE next 2 match 1 round 1")
        .endsWith(" round 2 at 1 for [2]");
  }
}
