package io.raftlessons.membership;

import static io.raftlessons.membership.MembershipFixture.from;
import static io.raftlessons.membership.MembershipFixture.message;
import static io.raftlessons.membership.MembershipFixture.vote;
import static io.raftlessons.membership.MembershipFixture.voter;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.CoreFixture;
import io.raftlessons.wire.AppendEntriesReply;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Server;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** B30: a disk that is not the one the promises are on. Server s2 joined with disk 2. */
class StorageGuardTest {
  private static final Server RECORDED = voter("s2");
  private static final Server UNKNOWN = Configurations.voter("s2", "s2");

  private static final TreeSet<String> S2 = new TreeSet<>(List.of("s2"));

  private final StorageGuard guard = new StorageGuard();

  private String refused(Server recorded, Envelope message) {
    return guard.refuse(message, recorded, true).orElse("");
  }

  private static Envelope acknowledged(long index) {
    return message(
        "s2",
        5,
        Envelope.newBuilder()
            .setAppendEntriesReply(
                AppendEntriesReply.newBuilder().setSuccess(true).setPrevLogIndex(index)));
  }

  private static Envelope rejected(long last) {
    return message(
        "s2",
        5,
        Envelope.newBuilder()
            .setAppendEntriesReply(
                AppendEntriesReply.newBuilder().setPrevLogIndex(50).setLastIndex(last)));
  }

  private static Envelope heartbeat() {
    return from(CoreFixture.heartbeat("s2", 5), 2, 1);
  }

  @Test
  void whatItSaysFromItsOwnDiskCounts() {
    assertThat(refused(RECORDED, vote("s2", 5))).isEmpty();
    assertThat(refused(RECORDED, acknowledged(9))).isEmpty();
    assertThat(refused(RECORDED, rejected(3))).as("reordered on the way").isEmpty();
    assertThat(guard.storageOf("s2")).isEqualTo(2);
  }

  @Test
  void whatItPromisesFromAnotherDiskDoesNotCount() {
    for (Envelope promise : new Envelope[] {vote("s2", 5), acknowledged(9), rejected(0)}) {
      assertThat(refused(RECORDED, from(promise, 7, 1)))
          .isEqualTo(
              "it joined the group with another disk: what that one has promised, this one does"
                  + " not know");
    }
    assertThat(guard.storageOf("s2")).isZero();
  }

  @Test
  void whatItAsksForFromAnotherDiskIsHeardAndNotRemembered() {
    assertThat(refused(RECORDED, from(heartbeat(), 7, 9))).isEmpty();
    assertThat(guard.storageOf("s2")).isZero();
    assertThat(refused(RECORDED, heartbeat())).isEmpty();
  }

  @Test
  void anEarlierLifeOfADiskDoesNotCountInAnything() {
    assertThat(refused(RECORDED, from(heartbeat(), 2, 4))).isEmpty();
    assertThat(refused(RECORDED, from(vote("s2", 5), 2, 3)))
        .isEqualTo(
            "its disk was set back: this is its start number 3, and another number 4 was heard of");
    assertThat(refused(RECORDED, from(heartbeat(), 2, 3))).startsWith("its disk was set back");
    assertThat(refused(RECORDED, from(heartbeat(), 2, 4))).isEmpty();
    assertThat(refused(RECORDED, from(heartbeat(), 2, 5))).isEmpty();
  }

  /** It was copied after start 3, ran as number 4, was put back, and is number 4 again. */
  @Test
  void aDiskThatCountsToTheSameNumberAgainWasSetBack() {
    assertThat(refused(RECORDED, from(heartbeat(), 2, 4))).isEmpty();
    Envelope again = from(heartbeat(), 2, 4);
    again = again.toBuilder().setLife(again.getLife() + 1).build();
    assertThat(refused(RECORDED, again))
        .isEqualTo(
            "its disk was set back: this is its start number 4, and another number 4 was heard of");
  }

  @Test
  void aLaterLifeLacksNothingThatWasAcknowledged() {
    assertThat(refused(RECORDED, acknowledged(9))).isEmpty();
    assertThat(refused(RECORDED, from(rejected(9), 2, 2))).isEmpty();
    assertThat(refused(RECORDED, from(rejected(8), 2, 2)))
        .isEqualTo("its disk was set back: its log ends at 8, and it had acknowledged 9");
  }

  /** Each life may have its late messages. */
  @Test
  void aRejectionThatLeftBeforeTheAcknowledgementIsNoProof() {
    assertThat(refused(RECORDED, from(acknowledged(9), 2, 2))).isEmpty();
    assertThat(refused(RECORDED, from(rejected(3), 2, 2))).isEmpty();
  }

  @Test
  void acknowledgementsOfOtherTermsSayNothing() {
    assertThat(guard.refuse(acknowledged(9), RECORDED, false)).isEmpty();
    assertThat(refused(RECORDED, from(rejected(3), 2, 2))).isEmpty();
    assertThat(refused(RECORDED, from(acknowledged(9), 2, 2))).isEmpty();
    guard.newTerm(S2);
    assertThat(refused(RECORDED, from(rejected(3), 2, 3))).isEmpty();
    assertThat(refused(RECORDED, from(rejected(9), 2, 2))).as("the life counts on").isNotEmpty();
  }

  @Test
  void aDiskThatIsNotRecordedIsTheOneHeardOfLast() {
    assertThat(refused(UNKNOWN, from(heartbeat(), 7, 1))).isEmpty();
    assertThat(guard.storageOf("s2")).isEqualTo(7);
    assertThat(refused(UNKNOWN, from(vote("s2", 5), 8, 1))).isEmpty();
    assertThat(guard.storageOf("s2")).isEqualTo(8);
  }

  /** What the leader believes the server to have, the new disk has not. */
  @Test
  void aDiskThatHasAcknowledgedAnythingIsNotExchanged() {
    assertThat(refused(UNKNOWN, from(acknowledged(9), 7, 1))).isEmpty();
    assertThat(refused(UNKNOWN, from(acknowledged(3), 8, 1))).startsWith("it joined");
    assertThat(guard.storageOf("s2")).isEqualTo(7);
    guard.newTerm(S2);
    assertThat(refused(UNKNOWN, from(acknowledged(3), 8, 1))).isEmpty();
    assertThat(guard.storageOf("s2")).isEqualTo(8);
  }

  /** That one may be on a disk that is gone. */
  @Test
  void anAnswerToWhatWasAskedBeforeItJoinedSaysNothing() {
    guard.membersAre(S2, 9);
    assertThat(guard.mayBeOfFormerMember(acknowledged(8), UNKNOWN, true)).isTrue();
    assertThat(guard.mayBeOfFormerMember(acknowledged(9), UNKNOWN, true)).isFalse();
    assertThat(guard.mayBeOfFormerMember(acknowledged(8), UNKNOWN, false)).isFalse();
    assertThat(guard.mayBeOfFormerMember(acknowledged(8), RECORDED, true)).isFalse();
    assertThat(guard.mayBeOfFormerMember(vote("s2", 5), UNKNOWN, true)).isFalse();
  }

  @Test
  void onceItHasAnsweredAsAMemberItIsKnown() {
    guard.membersAre(S2, 9);
    assertThat(refused(UNKNOWN, acknowledged(9))).isEmpty();
    guard.membersAre(S2, 12);
    assertThat(guard.mayBeOfFormerMember(acknowledged(8), UNKNOWN, true)).isFalse();
    assertThat(refused(UNKNOWN, from(acknowledged(8), 7, 1))).startsWith("it joined");
  }

  @Test
  void whoWasAMemberBeforeTheTermHasNoFormerOne() {
    guard.newTerm(S2);
    guard.membersAre(S2, 9);
    assertThat(guard.mayBeOfFormerMember(acknowledged(8), UNKNOWN, true)).isFalse();
    guard.membersAre(new TreeSet<>(), 10);
    guard.membersAre(S2, 11);
    assertThat(guard.mayBeOfFormerMember(acknowledged(10), UNKNOWN, true)).isTrue();
    guard.newTerm(S2);
    assertThat(guard.mayBeOfFormerMember(acknowledged(10), UNKNOWN, true)).isFalse();
  }

  @Test
  void theConfigurationKnowsBetterThanMemory() {
    refused(UNKNOWN, from(acknowledged(9), 7, 5));
    assertThat(refused(RECORDED, acknowledged(3))).isEmpty();
    assertThat(guard.storageOf("s2")).isEqualTo(2);
  }

  @Test
  void whoHasLeftIsForgotten() {
    refused(RECORDED, from(acknowledged(9), 2, 4));
    guard.membersAre(new TreeSet<>(), 9);
    assertThat(guard.storageOf("s2")).isZero();
    assertThat(refused(UNKNOWN, acknowledged(3))).isEmpty();
  }

  @Test
  void theDisksOfVotersAreFilledIn() {
    Configuration group =
        MembershipFixture.configuration(
            Configurations.voter("s1", "s1"),
            UNKNOWN,
            voter("s3").toBuilder().setStorage(33).build(),
            Configurations.voter("s4", "s4"));
    assertThat(StorageGuard.disksLacking(group)).isEqualTo(3);
    assertThat(guard.disksToRecord(group, "s1")).as("its own").isEqualTo(1);
    refused(UNKNOWN, heartbeat());
    assertThat(guard.disksToRecord(group, "s1")).isEqualTo(2);
    Configuration filled = guard.withDisks(group, "s1", 11);
    assertThat(filled.getServersList())
        .extracting(Server::getStorage)
        .containsExactly(11L, 2L, 33L, 0L);
    assertThat(StorageGuard.disksLacking(filled)).isEqualTo(1);
    assertThat(guard.disksToRecord(filled, "s1")).as("nothing new").isZero();
  }

  /** A nonvoter has promised nothing that counts; its disk is recorded with its vote. */
  @Test
  void nonvotersStayAsTheyAre() {
    refused(UNKNOWN, heartbeat());
    Configuration group = MembershipFixture.configuration(Configurations.nonvoter("s2", "s2"));
    assertThat(StorageGuard.disksLacking(group)).isZero();
    assertThat(guard.disksToRecord(group, "s2")).isZero();
    assertThat(guard.withDisks(group, "s1", 11)).isEqualTo(group);
  }
}
