package io.raftlessons.membership;

import static io.raftlessons.core.CoreFixture.MS;
import static io.raftlessons.core.CoreFixture.T;
import static io.raftlessons.membership.ReadLevel.LINEARIZABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.core.CoreFixture;
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
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import io.raftlessons.wire.ReadIndexReply;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Reads at followers: through the leader, and somewhat stale (thesis 6.4). */
class FollowerReadsTest {
  private static final ReadLevel STALE = ReadLevel.boundedStale(Duration.ofMillis(100));

  /** A follower of s2 in term 2. */
  private static ReadFixture follower() {
    ReadFixture f = ReadFixture.of(3, ReadOptions.DEFAULTS);
    f.hear("s2", 2);
    return f;
  }

  private static ReadFailed lost(long id, String leader) {
    String why = "the leader has changed before it confirmed the read";
    return new ReadFailed(id, Reason.LEADERSHIP_LOST, why, leader);
  }

  private static ReadIndexReply reply(long question, boolean ready, long index) {
    return ReadIndexReply.newBuilder()
        .setRequestId(question)
        .setReady(ready)
        .setReadIndex(index)
        .build();
  }

  @Test
  void aFollowerAsksItsLeaderAndReadsWhereThatSays() {
    ReadFixture f = follower();
    f.read(7, LINEARIZABLE);
    long question = f.asked("s2");
    assertThat(f.answers()).isEmpty();
    f.told("s2", question, true, 5);
    assertThat(f.answers()).containsExactly(new ReadReady(7, 5));
    f.told("s2", question, true, 5);
    assertThat(f.answers()).as("the answer came twice").isEmpty();
    assertThat(f.reads.served()).isEqualTo(new ReadLevels.Served(0, 1, 0));
  }

  /** The lease is the leader's; whether it has one it does not say. */
  @Test
  void aLeaseReadAtAFollowerAsksTheLeaderToo() {
    ReadFixture f = ReadFixture.of(3, ReadFixture.LEASES);
    f.hear("s2", 2);
    f.read(7, ReadLevel.LEASE);
    f.told("s2", f.asked("s2"), true, 1);
    assertThat(f.answers()).containsExactly(new ReadReady(7, 1));
  }

  /** HashiCorp's calls are the leader's. */
  @Test
  void thePlainReadOfLesson2IsRefusedAtAFollower() {
    ReadFixture f = follower();
    f.step(s -> f.reads.read(s, 7));
    assertThat(f.answers())
        .containsExactly(new ReadFailed(7, Reason.NOT_LEADER, "not the leader", "s2"));
  }

  /** What the leader says to a question may be older than a read that came after it. */
  @Points(2)
  @Exercise("3.8")
  @Rule("UN-7")
  @Bugs("R20-question")
  @Test
  void readsThatComeMeanwhileShareTheNextQuestion() {
    ReadFixture f = follower();
    f.read(1, LINEARIZABLE);
    long first = f.asked("s2");
    f.read(2, LINEARIZABLE);
    f.read(3, LINEARIZABLE);
    assertThat(f.sent(BodyCase.READ_INDEX)).isEmpty();
    f.told("s2", first, true, 5);
    assertThat(f.answers()).containsExactly(new ReadReady(1, 5));
    long second = f.asked("s2");
    assertThat(second).isGreaterThan(first);
    f.told("s2", first, true, 5);
    assertThat(f.answers()).as("a late answer to the first").isEmpty();
    f.told("s2", second, true, 6);
    assertThat(f.answers()).containsExactly(new ReadReady(2, 6), new ReadReady(3, 6));
  }

  /** R19 of the seams: whatever is waited for is sent again. */
  @Test
  void theQuestionIsRepeatedUntilItIsAnswered() {
    ReadFixture f = follower();
    f.read(1, LINEARIZABLE);
    long question = f.asked("s2");
    f.pass(49 * MS);
    assertThat(f.sent(BodyCase.READ_INDEX)).isEmpty();
    for (int i = 0; i < 5; i++) {
      f.hear("s2", 2);
      assertThat(f.effects.wakeAt()).isLessThanOrEqualTo(f.now + 50 * MS);
      f.pass(50 * MS);
      assertThat(f.asked("s2")).isEqualTo(question);
    }
    f.told("s2", question, true, 1);
    assertThat(f.answers()).containsExactly(new ReadReady(1, 1));
    f.hear("s2", 2);
    f.pass(60 * MS);
    assertThat(f.sent(BodyCase.READ_INDEX)).isEmpty();
  }

  @Test
  void nobodyButTheLeaderThatWasAskedCanAnswer() {
    ReadFixture f = follower();
    f.read(1, LINEARIZABLE);
    long question = f.asked("s2");
    f.told("s3", question, true, 9);
    f.told("s2", question + 1, true, 9);
    assertThat(f.answers()).isEmpty();
    f.told("s2", question, true, 1);
    assertThat(f.answers()).containsExactly(new ReadReady(1, 1));
  }

  /** R20: what an earlier leader says may be older than what a later one has acknowledged. */
  @Test
  void anotherTermFailsWhatWaitsAndItsLateAnswerIsNotTaken() {
    ReadFixture f = follower();
    f.read(1, LINEARIZABLE);
    long question = f.asked("s2");
    f.read(2, LINEARIZABLE);
    f.hear("s3", 3);
    assertThat(f.answers()).containsExactly(lost(1, "s3"), lost(2, "s3"));
    f.read(3, LINEARIZABLE);
    assertThat(f.asked("s3")).isNotEqualTo(question);
    f.receive("s2", 2, envelope(reply(question, true, 4)));
    f.told("s2", question, true, 4);
    assertThat(f.answers()).isEmpty();
  }

  private static Envelope.Builder envelope(ReadIndexReply reply) {
    return Envelope.newBuilder().setReadIndexReply(reply);
  }

  /** The same leader again, in a later term: between the two another one may have led. */
  @Test
  void anAnswerOfTheSameLeaderInAnEarlierTermIsNotTaken() {
    ReadFixture f = follower();
    f.read(1, LINEARIZABLE);
    long question = f.asked("s2");
    f.hear("s2", 4);
    assertThat(f.answers()).containsExactly(lost(1, "s2"));
    f.read(2, LINEARIZABLE);
    long next = f.asked("s2");
    f.receive("s2", 2, envelope(reply(question, true, 4)));
    f.receive("s2", 2, envelope(reply(next, true, 4)));
    assertThat(f.answers()).isEmpty();
  }

  @Points(1)
  @Exercise("3.8")
  @Rule("UN-7")
  @Bugs("R20-leader")
  @Test
  void whoStopsToFollowFailsWhatWaits() {
    ReadFixture f = follower();
    f.read(1, LINEARIZABLE);
    f.pass(2 * T);
    assertThat(f.answers()).as("the leader is silent").containsExactly(lost(1, ""));
    f.read(2, LINEARIZABLE);
    assertThat(f.answers())
        .containsExactly(new ReadFailed(2, Reason.NOT_LEADER, "no leader is known", ""));
    f.hear("s2", 2);
    f.read(3, LINEARIZABLE);
    f.step(Step::becomeCandidate);
    assertThat(f.answers()).containsExactly(lost(3, ""));
  }

  /** Questions of two lives have different numbers: an answer to the first may still come. */
  @Points(1)
  @Exercise("3.8")
  @Rule("UN-7")
  @Bugs("R20-life")
  @Test
  void anAnswerToAnEarlierLifeIsNotTaken() {
    ReadFixture before = follower();
    before.read(1, LINEARIZABLE);
    long question = before.asked("s2");
    Configuration three = Configurations.ofVoters(CoreFixture.servers(3));
    ReadFixture f = ReadFixture.of(three, ReadOptions.DEFAULTS, 2);
    f.hear("s2", 2);
    f.read(1, LINEARIZABLE);
    f.told("s2", question, true, 1);
    assertThat(f.answers()).isEmpty();
  }

  /** A leader drops what is not well-formed without a word, and the reads would wait for ever. */
  @Test
  void theQuestionsOfEveryLifeAreAnsweredAndDiffer() {
    Configuration three = Configurations.ofVoters(CoreFixture.servers(3));
    ReadFixture leader = ReadFixture.of(3, ReadOptions.DEFAULTS).leadSettled();
    Set<Long> questions = new TreeSet<>();
    for (int starts = 1; starts <= 20; starts++) {
      ReadFixture f = ReadFixture.of(three, ReadOptions.DEFAULTS, starts);
      f.hear("s2", 2);
      f.read(1, LINEARIZABLE);
      long question = f.asked("s2");
      leader.ask("s2", question);
      assertThat(leader.sent(BodyCase.APPEND_ENTRIES)).as("start " + starts).isNotEmpty();
      long round = leader.sent(BodyCase.APPEND_ENTRIES).get(0).getAppendEntries().getReadRound();
      leader.answer("s3", round);
      assertThat(leader.toldTo("s2"))
          .as("start " + starts)
          .containsExactly(reply(question, true, 2));
      assertThat(questions.add(question)).as("start " + starts).isTrue();
    }
  }

  @Test
  void aLeaderThatRefusesIsTheOneToGoTo() {
    ReadFixture f = follower();
    f.read(1, LINEARIZABLE);
    f.told("s2", f.asked("s2"), false, 0);
    assertThat(f.answers())
        .containsExactly(
            new ReadFailed(1, Reason.NOT_LEADER, "s2 does not confirm the read", "s2"));
  }

  @Test
  void aFollowerHoldsSoManyReadsAndNoMore() {
    ReadFixture f = follower();
    f.step(
        s -> {
          for (int id = 0; id < 20_000; id++) {
            f.reads.read(s, id, LINEARIZABLE);
          }
        });
    assertThat(f.answers()).isEmpty();
    f.read(20_000, LINEARIZABLE);
    assertThat(f.answers())
        .containsExactly(
            new ReadFailed(20_000, Reason.BUSY, "20000 reads are not confirmed yet", "s2"));
  }

  @Test
  void aLeaderAnswersAFollowersQuestionWhenAQuorumHasAnsweredItsOwn() {
    ReadFixture f = ReadFixture.of(5, ReadOptions.DEFAULTS).leadSettled();
    f.ask("s2", 9);
    long round = f.sent(BodyCase.APPEND_ENTRIES).get(0).getAppendEntries().getReadRound();
    f.answer("s2", round);
    assertThat(f.sent(BodyCase.READ_INDEX_REPLY)).isEmpty();
    f.answer("s3", round);
    assertThat(f.toldTo("s2")).containsExactly(reply(9, true, 2));
    assertThat(f.answers()).as("no caller of the leader's asked").isEmpty();
  }

  @Test
  void aQuestionThatIsRepeatedIsAnsweredOnce() {
    ReadFixture f = ReadFixture.of(3, ReadOptions.DEFAULTS).leadSettled();
    f.ask("s2", 9);
    long round = f.sent(BodyCase.APPEND_ENTRIES).get(0).getAppendEntries().getReadRound();
    f.ask("s2", 9);
    assertThat(f.sent(BodyCase.APPEND_ENTRIES)).isEmpty();
    f.answer("s3", round);
    assertThat(f.toldTo("s2")).containsExactly(reply(9, true, 2));
    f.ask("s2", 9);
    assertThat(f.sent(BodyCase.APPEND_ENTRIES)).as("the answer was lost").isNotEmpty();
  }

  /** R20, B16: it waits for the leader's first commit instead of failing. */
  @Test
  void aQuestionBeforeTheFirstCommitOfTheTermWaitsForIt() {
    ReadFixture f = ReadFixture.of(3, ReadOptions.DEFAULTS).lead();
    f.ask("s2", 9);
    assertThat(f.sent(BodyCase.READ_INDEX_REPLY)).isEmpty();
    f.answer("s3", 0);
    assertThat(f.replication.commitIndex()).isEqualTo(2);
    assertThat(f.sent(BodyCase.READ_INDEX_REPLY)).isEmpty();
    long round = f.sent(BodyCase.APPEND_ENTRIES).get(0).getAppendEntries().getReadRound();
    f.answer("s3", round);
    assertThat(f.toldTo("s2")).containsExactly(reply(9, true, 2));
  }

  @Test
  void aLeaderThatStepsDownRefusesWhatWaits() {
    ReadFixture f = ReadFixture.of(3, ReadOptions.DEFAULTS).leadSettled();
    f.ask("s2", 9);
    f.step(Step::becomeFollower);
    assertThat(f.toldTo("s2")).containsExactly(reply(9, false, 0));
    f.ask("s3", 4);
    assertThat(f.toldTo("s3")).containsExactly(reply(4, false, 0));
  }

  @Test
  void aLeaderRefusesWhoIsNoMember() {
    ReadFixture f = ReadFixture.of(3, ReadOptions.DEFAULTS).leadSettled();
    f.ask("s9", 1);
    assertThat(f.toldTo("s9")).containsExactly(reply(1, false, 0));
    f.step(s -> f.membership.change(s, 1, new Change.RemoveServer("s3"), 0, Long.MAX_VALUE));
    f.ask("s3", 2);
    assertThat(f.toldTo("s3")).containsExactly(reply(2, false, 0));
  }

  @Test
  void whoIsNoMemberServesNothing() {
    for (Configuration without :
        List.of(Configurations.ofVoters(List.of("s2", "s3")), Configuration.getDefaultInstance())) {
      ReadFixture f = ReadFixture.of(without, ReadOptions.DEFAULTS, 1);
      f.hear("s2", 2);
      f.read(1, LINEARIZABLE);
      ReadFailed refused = new ReadFailed(1, Reason.NOT_LEADER, "s1 is not a member", "s2");
      assertThat(f.answers()).containsExactly(refused);
      f.read(1, STALE);
      assertThat(f.answers()).containsExactly(refused);
    }
  }

  /** Its leader forgets it: nobody will answer. */
  @Test
  void whoLearnsThatItIsRemovedFailsWhatWaits() {
    ReadFixture f = follower();
    f.read(1, LINEARIZABLE);
    f.read(2, LINEARIZABLE);
    Configuration without = Configurations.ofVoters(List.of("s2", "s3"));
    AppendEntries removal =
        AppendEntries.newBuilder()
            .setPrevLogIndex(1)
            .setPrevLogTerm(1)
            .addEntries(MembershipFixture.configuration(2, 2, without))
            .build();
    f.receive("s2", 2, Envelope.newBuilder().setAppendEntries(removal));
    String why = "s1 is not a member";
    assertThat(f.answers())
        .containsExactly(
            new ReadFailed(1, Reason.NOT_LEADER, why, "s2"),
            new ReadFailed(2, Reason.NOT_LEADER, why, "s2"));
    f.pass(60 * MS);
    assertThat(f.sent(BodyCase.READ_INDEX)).isEmpty();
  }

  @Test
  void aNonvoterServesReads() {
    Configuration configuration =
        Configurations.ofVoters(List.of("s2", "s3")).toBuilder()
            .addServers(Configurations.nonvoter("s1", "s1"))
            .build();
    ReadFixture f = ReadFixture.of(configuration, ReadOptions.DEFAULTS, 1);
    f.hear("s2", 2);
    f.read(1, LINEARIZABLE);
    f.told("s2", f.asked("s2"), true, 1);
    assertThat(f.answers()).containsExactly(new ReadReady(1, 1));
  }

  /** The age counts from the question: the answer may have been under way for long. */
  @Test
  void aStaleReadIsServedAtOnceWithinItsBoundAndNotBeyond() {
    ReadFixture f = follower();
    f.read(1, STALE);
    long question = f.asked("s2");
    f.pass(40 * MS);
    f.told("s2", question, true, 5);
    assertThat(f.answers()).containsExactly(new ReadReady(1, 5));
    f.pass(60 * MS);
    f.read(2, STALE);
    assertThat(f.answers()).containsExactly(new ReadReady(2, 5));
    assertThat(f.sent(BodyCase.READ_INDEX)).isEmpty();
    f.hear("s2", 2);
    f.now++;
    f.read(3, STALE);
    assertThat(f.answers()).isEmpty();
    f.told("s2", f.asked("s2"), true, 6);
    assertThat(f.answers()).containsExactly(new ReadReady(3, 6));
    assertThat(f.reads.served()).isEqualTo(new ReadLevels.Served(0, 2, 1));
  }

  /** A question that was repeated may be answered for its first message. */
  @Points(1)
  @Exercise("3.8")
  @Rule("UN-7")
  @Bugs("R20-age")
  @Test
  void theAgeOfARepeatedQuestionIsThatOfItsFirstMessage() {
    ReadFixture f = follower();
    f.read(1, LINEARIZABLE);
    long question = f.asked("s2");
    f.pass(60 * MS);
    assertThat(f.asked("s2")).isEqualTo(question);
    f.told("s2", question, true, 5);
    f.now += 41 * MS;
    f.read(2, STALE);
    assertThat(f.answers()).isEmpty();
  }

  /** Age is age, whoever leads: it is what such a read is good for. */
  @Test
  void aStaleReadNeedsNoLeaderWithinItsBound() {
    ReadFixture f = follower();
    f.read(1, LINEARIZABLE);
    f.told("s2", f.asked("s2"), true, 5);
    f.step(Step::becomeCandidate);
    assertThat(f.core.role()).isEqualTo(Role.CANDIDATE);
    f.read(2, STALE);
    assertThat(f.answers()).containsExactly(new ReadReady(2, 5));
    f.now += 101 * MS;
    f.read(3, STALE);
    assertThat(f.answers())
        .containsExactly(new ReadFailed(3, Reason.NOT_LEADER, "no leader is known", ""));
  }

  @Test
  void aBoundIsNotNegativeNorLongerThanADay() {
    ReadLevel.boundedStale(Duration.ZERO);
    ReadLevel.boundedStale(Duration.ofDays(1));
    assertThatThrownBy(() -> ReadLevel.boundedStale(Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ReadLevel.boundedStale(Duration.ofDays(1).plusNanos(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
