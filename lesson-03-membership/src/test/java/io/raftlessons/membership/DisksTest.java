package io.raftlessons.membership;

import static io.raftlessons.core.CoreFixture.MS;
import static io.raftlessons.core.CoreFixture.T;
import static io.raftlessons.membership.MembershipFixture.command;
import static io.raftlessons.membership.MembershipFixture.configuration;
import static io.raftlessons.membership.MembershipFixture.empty;
import static io.raftlessons.membership.MembershipFixture.from;
import static io.raftlessons.membership.MembershipFixture.group;
import static io.raftlessons.membership.MembershipFixture.groupOfUnknownDisks;
import static io.raftlessons.membership.MembershipFixture.life;
import static io.raftlessons.membership.MembershipFixture.vote;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.Effect.SaveHardState;
import io.raftlessons.core.Role;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Server;
import io.raftlessons.wire.StorageRefused;
import java.util.List;
import org.junit.jupiter.api.Test;

/** B30: a wiped or set-back disk does not come back under its old id. */
class DisksTest {
  private static final String ANOTHER =
      "it joined the group with another disk: what that one has promised, this one does not know";

  private static List<Long> recorded(MembershipFixture f) {
    return f.history.latest().getServersList().stream().map(Server::getStorage).toList();
  }

  /** It may have voted for another in this term, before its disk was wiped. */
  @Test
  void theVoteOfAWipedDiskIsNotCounted() {
    MembershipFixture f = group(3).start();
    f.campaign();
    f.receive(from(vote("s2", 2), 7, 1));
    assertThat(f.core.role()).isEqualTo(Role.CANDIDATE);
    f.receive(vote("s2", 2));
    assertThat(f.core.role()).isEqualTo(Role.LEADER);
  }

  @Test
  void theAcknowledgementOfAWipedDiskIsNotCountedAndItIsTold() {
    MembershipFixture f = group(3).start().lead();
    f.persist();
    f.receive(from(f.success("s2", 2), 7, 1));
    assertThat(f.replication.commitIndex()).isZero();
    assertThat(f.refused())
        .containsOnlyKeys("s2")
        .containsEntry(
            "s2",
            StorageRefused.newBuilder().setStorage(7).setLife(life(1)).setWhy(ANOTHER).build());
    f.hasAll("s2");
    assertThat(f.replication.commitIndex()).isEqualTo(2);
    assertThat(f.refused()).isEmpty();
  }

  @Test
  void aDiskThatWasSetBackIsKnownByItsLife() {
    MembershipFixture f = group(3).start().lead();
    f.persist();
    f.receive(from(f.success("s3", 1), 3, 5));
    f.receive(from(f.success("s3", 2), 3, 4));
    assertThat(f.replication.commitIndex()).isZero();
    assertThat(requireNonNull(f.refused().get("s3")).getWhy())
        .isEqualTo(
            "its disk was set back: this is its start number 4, and another number 5 was heard of");
  }

  @Test
  void aDiskThatWasSetBackIsKnownByTheEndOfItsLog() {
    MembershipFixture f = group(3).start().leadSettled();
    f.receive(from(f.rejection("s3", 2, 1), 3, 2));
    assertThat(requireNonNull(f.refused().get("s3")).getWhy())
        .isEqualTo("its disk was set back: its log ends at 1, and it had acknowledged 2");
  }

  /** What was not committed may be gone by rights. */
  @Test
  void anAcknowledgementToAnEarlierTermIsNotHeldAgainstIt() {
    MembershipFixture f = group(3).start().lead();
    f.has("s3", 2);
    f.append(3, 1, 1, 0, command(2, 3));
    f.lead();
    f.receive(from(f.rejection("s3", 2, 1), 3, 2));
    assertThat(f.refused()).isEmpty();
  }

  /** Who refuses must be sure that it is the leader: others stop nobody. */
  @Test
  void onlyALeaderTellsAndOnlyWhatIsOfItsTerm() {
    MembershipFixture f = group(3).start();
    f.campaign();
    f.receive(from(vote("s2", 2), 7, 1));
    assertThat(f.refused()).isEmpty();
    f.receive(vote("s3", 2));
    f.receive(from(vote("s2", 1), 7, 1));
    assertThat(f.refused()).isEmpty();
    f.receive(from(vote("s2", 2), 7, 1));
    assertThat(f.refused()).containsOnlyKeys("s2");
  }

  private static Envelope refusal(long term, long storage, int number) {
    return refusal("s2", term, storage, number);
  }

  private static Envelope refusal(String from, long term, long storage, int number) {
    return MembershipFixture.message(
        from,
        term,
        Envelope.newBuilder()
            .setStorageRefused(
                StorageRefused.newBuilder()
                    .setStorage(storage)
                    .setLife(life(number))
                    .setWhy("why")));
  }

  @Test
  void whoIsRefusedMarksItsDiskAndSaysWhatToDo() {
    MembershipFixture f = group(3).start();
    f.append(2, 1, 1, 0);
    assertThat(f.receive(refusal(2, 1, 1)).of(SaveHardState.class))
        .extracting(save -> save.state().getRefused())
        .containsExactly(
            "s2 refuses the disk of s1: why. Remove this server from the group, empty its"
                + " directory, and add it again");
  }

  @Test
  void onlyTheLeaderIsBelieved() {
    MembershipFixture f = group(3).start();
    f.append(2, 1, 1, 0);
    f.receive(refusal("s3", 2, 1, 1));
    assertThat(f.diskRefused()).isEmpty();
    MembershipFixture g = group(3).start().lead();
    g.receive(refusal(2, 1, 1));
    assertThat(g.diskRefused()).isEmpty();
  }

  /** Its refusal may come before its first heartbeat. */
  @Test
  void aLeaderThatIsNotKnownYetIsBelieved() {
    MembershipFixture f = group(3).term(2).start();
    f.receive(refusal(2, 1, 1));
    assertThat(f.diskRefused()).startsWith("s2 refuses");
  }

  @Test
  void anotherDiskOrLifeIsNotMeant() {
    MembershipFixture f = group(3).term(2).start();
    f.receive(refusal(2, 2, 1));
    f.receive(refusal(2, 1, 2));
    f.receive(refusal(1, 1, 1));
    f.receive(refusal(3, 1, 1));
    assertThat(f.core.currentTerm()).isEqualTo(2);
    assertThat(f.diskRefused()).isEmpty();
  }

  /** A late message, and not a disk that was set back: what it says is dropped, no more. */
  @Test
  void aLateMessageOfAnEarlierLifeIsRefusedWithThatLife() {
    MembershipFixture f = group(3).start().lead();
    f.receive(from(f.success("s3", 1), 3, 2));
    f.receive(from(f.success("s3", 2), 3, 1));
    assertThat(requireNonNull(f.refused().get("s3")).getLife())
        .as("not the one that runs")
        .isEqualTo(life(1));
    f.persist();
    f.receive(from(f.success("s3", 2), 3, 2));
    assertThat(f.replication.commitIndex()).isEqualTo(2);
  }

  @Test
  void whoComesBackWithANewDiskAfterItsRemovalIsWelcome() {
    MembershipFixture f = group(3).start().leadSettled();
    f.receive(from(f.success("s3", 2), 3, 5));
    f.remove("s3");
    f.replicate();
    long add = f.addVoter("s3");
    f.persist();
    f.hasAll("s2");
    f.receive(from(f.success("s3", 4), 7, 1));
    assertThat(f.refused()).isEmpty();
    assertThat(f.latest()).isEqualTo("s1 s2 s3");
    assertThat(f.member("s3").getStorage()).isEqualTo(7);
    f.persist();
    f.receive(from(f.success("s3", 5), 7, 1));
    assertThat(f.answer(add)).isEqualTo("5: s1 s2 s3");
  }

  /** Else it would be the newcomer that is told to stop; and it would never get what it lacks. */
  @Test
  void aLateAnswerOfTheDiskBeforeSaysNothingOfTheNewOne() {
    MembershipFixture f = group(3).start().leadSettled();
    f.addNonvoter("s4");
    f.replicate();
    f.remove("s4");
    f.replicate();
    f.addVoter("s4");
    f.receive(from(f.success("s4", 3), 4, 1));
    f.receive(from(f.rejection("s4", 2, 0), 4, 1));
    assertThat(f.replication.progress("s4").matchIndex()).isZero();
    assertThat(f.refused()).as("perhaps it is the same disk").isEmpty();

    f.receive(from(f.rejection("s4", 5, 0), 7, 1));
    assertThat(f.refused()).isEmpty();
    assertThat(f.replication.progress("s4").nextIndex()).isEqualTo(1);
    f.receive(from(f.success("s4", 3), 4, 1));
    assertThat(requireNonNull(f.refused().get("s4")).getStorage()).as("not 7").isEqualTo(4);
    f.receive(from(f.success("s4", 2), 7, 1));
    f.receive(from(f.success("s4", 5), 7, 1));
    f.persist();
    f.hasAll("s2");
    assertThat(f.latest()).isEqualTo("s1 s2 s3 s4");
    assertThat(f.member("s4").getStorage()).isEqualTo(7);
  }

  /** Removal and return may be in one message. */
  @Test
  void aFollowerForgetsADiskWithItsServer() {
    MembershipFixture f = group(3).start();
    f.receive(from(vote("s3", 1), 3, 5));
    f.append(
        2,
        1,
        1,
        0,
        configuration(2, 2, MembershipFixture.voters(2)),
        configuration(
            3,
            2,
            MembershipFixture.voters(2).toBuilder()
                .addServers(Configurations.voter("s3", "s3"))
                .build()));
    f.campaign();
    f.receive(from(vote("s3", 3), 3, 1));
    assertThat(f.core.role()).as("a first life of its own").isEqualTo(Role.LEADER);
  }

  /** The new disk lacks what the old one has acknowledged, and gets its vote on the strength of. */
  @Test
  void aDiskIsNotExchangedWhileItsServerCatchesUp() {
    MembershipFixture f = group(3).start().leadSettled();
    long add = f.addVoter("s4");
    f.hasAll("s4");
    f.receive(from(f.success("s4", 1), 7, 1));
    assertThat(f.refused()).containsOnlyKeys("s4");
    f.persist();
    f.hasAll("s2");
    assertThat(f.member("s4").getStorage()).as("the disk that caught up").isEqualTo(4);
    assertThat(f.answer(add)).isEmpty();
  }

  /** Else the index that its caller is told would be that of no configuration that counts. */
  @Test
  void aNonvotersDiskIsNotRecordedByAnEntryOfItsOwn() {
    MembershipFixture f = group(3).start().leadSettled();
    f.addNonvoter("s4");
    f.replicate();
    f.hasAll("s4");
    assertThat(f.history.latestIndex()).isEqualTo(3);
    f.pass(20 * T);
    assertThat(f.history.latestIndex()).isEqualTo(3);
  }

  @Test
  void theFirstLeaderRecordsAllDisksOnceItHasHeardThem() {
    MembershipFixture f = groupOfUnknownDisks(3).start().lead();
    f.persist();
    f.hasAll("s2");
    assertThat(recorded(f)).as("s3 was not heard yet").containsExactly(0L, 0L, 0L);
    f.pass(50 * MS);
    f.hasAll("s3");
    assertThat(f.history.latestIndex()).isEqualTo(3);
    assertThat(recorded(f)).containsExactly(1L, 2L, 3L);
    f.replicate();
    assertThat(f.history.committedIndex()).isEqualTo(3);
    assertThat(f.log.lastIndex()).isEqualTo(3);
  }

  @Test
  void aDiskThatIsNotHeardInTenTimeoutsIsRecordedLater() {
    MembershipFixture f = groupOfUnknownDisks(3).start().lead();
    f.persist();
    f.hasAll("s2");
    f.pass(10 * T - 1);
    assertThat(recorded(f)).containsExactly(0L, 0L, 0L);
    f.pass(1);
    assertThat(recorded(f)).containsExactly(1L, 2L, 0L);
    f.persist();
    f.hasAll("s2");
    f.hasAll("s3");
    assertThat(recorded(f)).containsExactly(1L, 2L, 3L);
  }

  /** As long as nobody knows the disks there is no guard, and that is said in the documentation. */
  @Test
  void anUnknownDiskIsNotGuarded() {
    MembershipFixture f = groupOfUnknownDisks(3).start();
    f.campaign();
    f.receive(from(vote("s2", 2), 7, 1));
    assertThat(f.core.role()).isEqualTo(Role.LEADER);
  }

  @Test
  void strangersAreHeardAndCountForNothing() {
    MembershipFixture f = empty().start();
    f.receive(from(vote("s2", 1), 7, 1));
    f.append(1, 0, 0, 0, configuration(1, 1, MembershipFixture.voters(3)));
    assertThat(f.latest()).isEqualTo("s1 s2 s3");
  }
}
