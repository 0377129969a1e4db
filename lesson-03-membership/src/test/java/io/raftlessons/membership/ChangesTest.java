package io.raftlessons.membership;

import static io.raftlessons.core.CoreFixture.MS;
import static io.raftlessons.core.CoreFixture.T;
import static io.raftlessons.core.CoreFixture.requestVote;
import static io.raftlessons.membership.MembershipFixture.command;
import static io.raftlessons.membership.MembershipFixture.configuration;
import static io.raftlessons.membership.MembershipFixture.group;
import static io.raftlessons.membership.MembershipFixture.nonvoter;
import static io.raftlessons.membership.MembershipFixture.voter;
import static io.raftlessons.membership.MembershipFixture.voters;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.Role;
import io.raftlessons.course.Bugs;
import io.raftlessons.course.Exercise;
import io.raftlessons.course.Points;
import io.raftlessons.course.Rule;
import io.raftlessons.replication.ReplicationConfig;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Changes of the configuration, one server at a time (thesis chapter 4). */
class ChangesTest {
  @Test
  void aNonvoterJoinsByOneEntry() {
    MembershipFixture f = group(3).start().leadSettled();
    long add = f.addNonvoter("s4");
    assertThat(f.latest()).isEqualTo("s1 s2 s3 s4(nonvoter)");
    assertThat(f.log.get(3).getType()).isEqualTo(Entry.Type.CONFIGURATION);
    assertThat(f.sent(BodyCase.APPEND_ENTRIES))
        .as("the new one gets it too")
        .extracting(Envelope::getTo)
        .contains("s4");
    assertThat(f.answer(add)).isEmpty();
    f.replicate();
    assertThat(f.answer(add)).isEqualTo("3: s1 s2 s3 s4(nonvoter)");
  }

  @Test
  void aVoterIsDemotedByOneEntry() {
    MembershipFixture f = group(3).start().leadSettled();
    long demote = f.demote("s3");
    f.replicate();
    assertThat(f.answer(demote)).isEqualTo("3: s1 s2 s3(nonvoter)");
  }

  @Test
  void aServerIsRemovedByOneEntry() {
    MembershipFixture f = group(3).start().leadSettled();
    long remove = f.remove("s3");
    f.replicate();
    assertThat(f.answer(remove)).isEqualTo("3: s1 s2");
    assertThat(f.announced).containsExactly("1/1", "3/1", "3/3");
  }

  @Test
  void aVoterMovesByOneEntry() {
    MembershipFixture f = group(3).start().leadSettled();
    long move = f.change(new Change.AddVoter("s3", "elsewhere:1"));
    f.replicate();
    assertThat(f.answer(move)).isEqualTo("3: s1 s2 s3");
    assertThat(f.member("s3").getAddress()).isEqualTo("elsewhere:1");
  }

  /** B4, M02: two at once, and a majority before both need not meet one after. */
  @Points(2)
  @Exercise("3.1")
  @Rule("MC-1")
  @Bugs("M02")
  @Test
  void theNextChangeWaitsUntilTheOneBeforeIsCommitted() {
    MembershipFixture f = group(3).start().leadSettled();
    long first = f.addNonvoter("s4");
    long second = f.remove("s3");
    assertThat(f.latest()).isEqualTo("s1 s2 s3 s4(nonvoter)");
    assertThat(f.log.lastIndex()).isEqualTo(3);
    f.persist();
    assertThat(f.log.lastIndex()).isEqualTo(3);
    f.hasAll("s2");
    assertThat(f.answer(first)).isEqualTo("3: s1 s2 s3 s4(nonvoter)");
    assertThat(f.latest()).isEqualTo("s1 s2 s4(nonvoter)");
    assertThat(f.answer(second)).isEmpty();
    f.replicate();
    assertThat(f.answer(second)).isEqualTo("4: s1 s2 s4(nonvoter)");
  }

  /**
   * B3, M01: an earlier leader's change may be on its way to a majority that this leader does not
   * know of, and that makes two.
   */
  @Points(2)
  @Exercise("3.1")
  @Rule("MC-2")
  @Bugs("M01")
  @Test
  void aNewLeaderWaitsUntilItHasCommittedAnEntryOfItsTerm() {
    MembershipFixture f = group(4).start().lead();
    long remove = f.remove("s4");
    f.persist();
    f.hasAll("s2");
    assertThat(f.log.lastIndex()).as("two of four have the no-op").isEqualTo(2);
    assertThat(f.latest()).isEqualTo("s1 s2 s3 s4");
    f.hasAll("s3");
    assertThat(f.latest()).isEqualTo("s1 s2 s3");
    f.replicate();
    assertThat(f.answer(remove)).isEqualTo("3: s1 s2 s3");
  }

  /** The change of an earlier leader is committed by this one's no-op, or not at all. */
  @Test
  void aNewLeaderFinishesAnEarlierLeadersChangeFirst() {
    Entry earlier = configuration(2, 2, voters(4));
    MembershipFixture f = group(3).log(configuration(1, 1, voters(3)), earlier).start().lead();
    assertThat(f.latest()).isEqualTo("s1 s2 s3 s4");
    long remove = f.remove("s2");
    f.persist();
    f.hasAll("s2");
    assertThat(f.replication.commitIndex()).as("two of four").isZero();
    f.hasAll("s4");
    assertThat(f.replication.commitIndex()).isEqualTo(3);
    assertThat(f.latest()).isEqualTo("s1 s3 s4");
    f.replicate();
    assertThat(f.answer(remove)).isEqualTo("4: s1 s3 s4");
  }

  /** B5, M03: §6, the leader's side. */
  @Points(1)
  @Exercise({"3.2", "3.1"})
  @Rule("MC-3")
  @Bugs("M03")
  @Test
  void aChangeIsCommittedByTheConfigurationThatItMakes() {
    MembershipFixture f = group(3).start().leadSettled();
    long remove = f.remove("s3");
    f.persist();
    f.hasAll("s3");
    assertThat(f.answer(remove)).as("s3 does not count any more").isEmpty();
    f.hasAll("s2");
    assertThat(f.answer(remove)).isEqualTo("3: s1 s2");
  }

  /** B5, M03: §6, the follower's side. */
  @Points(2)
  @Exercise("3.2")
  @Rule("MC-3")
  @Bugs("M03")
  @Test
  void aFollowerUsesAConfigurationFromTheMomentItHasIt() {
    MembershipFixture f = group(3).start();
    f.append(2, 1, 1, 0, configuration(2, 2, voters(5)));
    assertThat(f.history.members()).hasSize(5);
    f.campaign();
    f.receive(MembershipFixture.vote("s2", 3));
    assertThat(f.core.role()).as("two of five").isEqualTo(Role.CANDIDATE);
    f.receive(MembershipFixture.vote("s4", 3));
    assertThat(f.core.role()).isEqualTo(Role.LEADER);
  }

  /** B6: whether it believes that it has a vote or not. */
  @Test
  void aServerVotesWhateverItsConfigurationSaysOfIt() {
    MembershipFixture f =
        group(3).log(configuration(1, 1, configuration(voter("s2"), nonvoter("s1")))).start();
    f.pass(2 * T);
    f.receive(requestVote("s2", 2, 1, 1));
    assertThat(f.core.votedFor()).isEqualTo("s2");
    MembershipFixture empty = MembershipFixture.empty().start();
    empty.pass(2 * T);
    empty.receive(requestVote("s2", 2, 1, 1));
    assertThat(empty.core.votedFor()).isEqualTo("s2");
  }

  /** B7, M03. */
  @Points(2)
  @Exercise("3.2")
  @Rule("MC-3")
  @Bugs("B7")
  @Test
  void aTruncatedConfigurationCountsNoMore() {
    MembershipFixture f = group(3).start();
    f.append(2, 1, 1, 0, configuration(2, 2, voters(4)));
    assertThat(f.latest()).isEqualTo("s1 s2 s3 s4");
    f.append(3, 1, 1, 0, command(2, 3));
    assertThat(f.latest()).isEqualTo("s1 s2 s3");
    assertThat(f.history.members()).containsExactly("s1", "s2", "s3");
    assertThat(f.announced).containsExactly("2/0", "1/0");
  }

  /** B8: two servers were recovered by hand, each from its own log; this one had an open change. */
  @Test
  void severalConfigurationsAreTruncatedAtOnceRightAfterAStart() {
    MembershipFixture f =
        group(3)
            .log(
                configuration(1, 1, voters(3)),
                configuration(2, 2, voters(4)),
                configuration(3, 1_000_002, voters(2)))
            .start();
    assertThat(f.history.members()).hasSize(2);
    f.append(1_000_003, 1, 1, 0, command(2, 1_000_003));
    assertThat(f.latest()).isEqualTo("s1 s2 s3");
  }

  @Test
  void oneMessageMayReplaceAConfigurationByAnother() {
    MembershipFixture f = group(3).start();
    f.append(2, 1, 1, 0, configuration(2, 2, voters(4)), command(3, 2));
    f.append(3, 1, 1, 2, configuration(2, 3, configuration(voter("s1"), voter("s2"))));
    assertThat(f.latest()).isEqualTo("s1 s2");
    assertThat(f.history.committedIndex()).isEqualTo(2);
    assertThat(f.announced).endsWith("2/2");
  }

  @Test
  void aChangeOfAnotherConfigurationThanThoughtIsRefused() {
    MembershipFixture f = group(3).start().leadSettled();
    long first = f.change(new Change.RemoveServer("s3"), 1, MembershipFixture.NEVER);
    long second = f.change(new Change.RemoveServer("s2"), 1, MembershipFixture.NEVER);
    f.replicate();
    assertThat(f.answer(first)).isEqualTo("3: s1 s2");
    assertThat(f.answer(second))
        .isEqualTo("CONFLICT: the configuration is that of index 3 and no longer that of index 1");
    assertThat(f.latest()).isEqualTo("s1 s2");
    long third = f.change(new Change.RemoveServer("s2"), 3, MembershipFixture.NEVER);
    f.replicate();
    assertThat(f.answer(third)).isEqualTo("4: s1");
  }

  /** Also one that would change nothing: its caller is wrong about the group. */
  @Test
  void aConflictIsFoundBeforeAnythingElse() {
    MembershipFixture f = group(3).start().leadSettled();
    long nothing = f.change(new Change.RemoveServer("s9"), 7, MembershipFixture.NEVER);
    assertThat(f.answer(nothing))
        .isEqualTo("CONFLICT: the configuration is that of index 1 and no longer that of index 7");
  }

  @Test
  void whatIsSoAlreadyIsAnsweredWithoutAnEntry() {
    MembershipFixture f = group(3).start().leadSettled();
    assertThat(f.answer(f.addVoter("s3"))).isEqualTo("1 unchanged: s1 s2 s3");
    assertThat(f.answer(f.addNonvoter("s3"))).isEqualTo("1 unchanged: s1 s2 s3");
    assertThat(f.answer(f.remove("s9"))).isEqualTo("1 unchanged: s1 s2 s3");
    assertThat(f.answer(f.demote("s9"))).isEqualTo("1 unchanged: s1 s2 s3");
    assertThat(f.log.lastIndex()).isEqualTo(2);
    assertThat(f.unsynced).isEmpty();
  }

  @Test
  void theLastVoterStays() {
    MembershipFixture f =
        group(1).log(configuration(1, 1, configuration(voter("s1"), nonvoter("s2")))).start();
    f.leadSettled();
    assertThat(f.answer(f.remove("s1")))
        .isEqualTo("INVALID: remove s1: at least one voter is needed");
    assertThat(f.answer(f.demote("s1")))
        .isEqualTo("INVALID: demote s1: at least one voter is needed");
    assertThat(f.core.role()).isEqualTo(Role.LEADER);
  }

  @Test
  void anAddressIsNotGivenTwice() {
    MembershipFixture f = group(3).start().leadSettled();
    assertThat(f.answer(f.change(new Change.AddVoter("s4", "s3"))))
        .isEqualTo("INVALID: add voter s4: two servers have the address s3");
    assertThat(f.answer(f.change(new Change.AddNonvoter("s2", "s3"))))
        .isEqualTo("INVALID: add nonvoter s2: two servers have the address s3");
    assertThat(f.answer(f.addVoter("two words"))).startsWith("INVALID: add voter two words: ");
    assertThat(f.log.lastIndex()).isEqualTo(2);
  }

  /** One that is refused does not keep the next from its turn. */
  @Test
  void allThatWaitGetTheirTurnInOrder() {
    MembershipFixture f = group(3).start().lead();
    List<Long> asked = new ArrayList<>();
    asked.add(f.addNonvoter("s4"));
    asked.add(f.change(new Change.AddNonvoter("s5", "s4")));
    asked.add(f.addNonvoter("s4"));
    asked.add(f.addNonvoter("s5"));
    assertThat(f.core.describe()).endsWith(" changesWaiting=4");
    f.replicate();
    f.replicate();
    f.replicate();
    assertThat(asked.stream().map(f::answer))
        .containsExactly(
            "3: s1 s2 s3 s4(nonvoter)",
            "INVALID: add nonvoter s5: two servers have the address s4",
            "3 unchanged: s1 s2 s3 s4(nonvoter)",
            "4: s1 s2 s3 s4(nonvoter) s5(nonvoter)");
  }

  @Test
  void whoDoesNotLeadRefuses() {
    MembershipFixture f = group(3).start();
    assertThat(f.answer(f.remove("s3"))).isEqualTo("NOT_LEADER: not the leader");
    f.campaign();
    assertThat(f.answer(f.remove("s3"))).isEqualTo("NOT_LEADER: not the leader");
    assertThat(f.log.lastIndex()).isEqualTo(1);
  }

  @Test
  void noMoreThan64ChangesWait() {
    MembershipFixture f = group(3).start().lead();
    List<Long> asked = new ArrayList<>();
    for (int i = 0; i < 65; i++) {
      asked.add(f.remove("s9"));
    }
    assertThat(f.answer(asked.get(63))).isEmpty();
    assertThat(f.answer(asked.get(64))).isEqualTo("BUSY: 64 changes wait for their turn");
    f.replicate();
    assertThat(f.answer(asked.get(63))).startsWith("1 unchanged");
  }

  /** A group that has much to do is the one that another server is added to. */
  @Points(1)
  @Exercise("3.1")
  @Rule("MC-1")
  @Bugs("M02-room")
  @Test
  void aChangeWithoutRoomInTheLogWaitsForItAndThoseBehindItToo() {
    MembershipFixture f = group(3).bounds(tight()).start().leadSettled();
    f.propose("x".repeat(40));
    long first = f.remove("s3");
    long second = f.remove("s9");
    assertThat(f.answer(first)).isEmpty();
    assertThat(f.answer(second)).isEmpty();
    assertThat(f.latest()).isEqualTo("s1 s2 s3");
    f.replicate();
    assertThat(f.latest()).isEqualTo("s1 s2");
    f.replicate();
    assertThat(f.answer(first)).isEqualTo("4: s1 s2");
    assertThat(f.answer(second)).isEqualTo("4 unchanged: s1 s2");
  }

  @Test
  void aServerToBeAddedWaitsForRoomInTheLogToo() {
    MembershipFixture f = group(1).bounds(tight()).start().leadSettled();
    f.propose("x".repeat(40));
    long add = f.addVoter("s2");
    assertThat(f.latest()).isEqualTo("s1");
    f.replicate();
    assertThat(f.latest()).isEqualTo("s1 s2(nonvoter)");
    f.replicate();
    f.replicate();
    assertThat(f.answer(add)).isEqualTo("5: s1 s2");
  }

  @Test
  void aChangeForWhichThereIsNoRoomInTimeIsGivenUp() {
    MembershipFixture f = group(3).bounds(tight()).start().leadSettled();
    f.propose("x".repeat(40));
    long remove = f.change(new Change.RemoveServer("s3"), 0, f.now + 20 * MS);
    assertThat(f.effects.wakeAt()).isLessThanOrEqualTo(f.now + 20 * MS);
    f.pass(20 * MS);
    assertThat(f.answer(remove)).isEqualTo("TIMEOUT: its turn did not come in time");
    f.replicate();
    assertThat(f.latest()).isEqualTo("s1 s2 s3");
  }

  /** And keeps nobody from their turn. */
  @Test
  void aConfigurationThatNeverFitsIsRefused() {
    MembershipFixture f = group(3).bounds(tight()).start().leadSettled();
    long large = f.change(new Change.AddNonvoter("s4", "a".repeat(60)));
    long remove = f.remove("s3");
    assertThat(f.answer(large)).startsWith("INVALID: ").endsWith(" at most 60 are taken");
    f.replicate();
    assertThat(f.answer(remove)).isEqualTo("3: s1 s2");
  }

  /** Room for 60 bytes that are not committed. */
  private static ReplicationConfig tight() {
    return new ReplicationConfig(1 << 20, 100, 1 << 20, 60, 60, 1 << 20, 1 << 20);
  }

  @Test
  void whoseTurnDoesNotComeInTimeIsToldSo() {
    MembershipFixture f = group(3).start().lead();
    long wait = f.change(new Change.RemoveServer("s3"), 0, f.now + 20 * MS);
    assertThat(f.effects.wakeAt()).isLessThanOrEqualTo(f.now + 20 * MS);
    f.pass(19 * MS);
    assertThat(f.answer(wait)).isEmpty();
    f.pass(MS);
    assertThat(f.answer(wait)).isEqualTo("TIMEOUT: its turn did not come in time");
    f.replicate();
    assertThat(f.latest()).as("and it never comes").isEqualTo("s1 s2 s3");
  }

  @Test
  void aCallerIsToldThatItsEntryIsNotCommittedInTime() {
    MembershipFixture f = group(3).start().leadSettled();
    long remove = f.change(new Change.RemoveServer("s3"), 0, f.now + 20 * MS);
    assertThat(f.effects.wakeAt()).isLessThanOrEqualTo(f.now + 20 * MS);
    f.pass(20 * MS);
    assertThat(f.answer(remove)).isEqualTo("TIMEOUT (LOGGED 3): it is not committed yet");
    long next = f.addNonvoter("s4");
    assertThat(f.latest()).as("it is still the one in flight").isEqualTo("s1 s2");
    f.replicate();
    assertThat(f.history.committedIndex()).isEqualTo(3);
    f.replicate();
    assertThat(f.answer(next)).isEqualTo("4: s1 s2 s4(nonvoter)");
  }

  @Test
  void aLeaderThatIsDeposedAnswersAllWhoWait() {
    MembershipFixture f = group(3).start().leadSettled();
    long logged = f.remove("s3");
    long waiting = f.addNonvoter("s4");
    f.deposed();
    assertThat(f.answer(logged))
        .isEqualTo(
            "LEADERSHIP_LOST (LOGGED 3): leadership was lost before it was committed: its outcome"
                + " is unknown");
    assertThat(f.answer(waiting)).isEqualTo("LEADERSHIP_LOST: leadership was lost");
    f.leadSettled();
    assertThat(f.history.committedIndex()).as("it may be committed all the same").isEqualTo(3);
    long next = f.addNonvoter("s4");
    f.replicate();
    assertThat(f.answer(next)).isEqualTo("5: s1 s2 s4(nonvoter)");
  }
}
