package io.raftlessons.membership;

import static io.raftlessons.membership.MembershipFixture.configuration;
import static io.raftlessons.membership.MembershipFixture.group;
import static io.raftlessons.membership.MembershipFixture.groupOfUnknownDisks;
import static io.raftlessons.membership.MembershipFixture.voter;
import static io.raftlessons.membership.MembershipFixture.voters;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.CoreFixture;
import io.raftlessons.core.Role;
import io.raftlessons.wire.AppendEntries;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import io.raftlessons.wire.Server;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who may campaign: see thesis 4.2.2 for the case that is easily forgotten. */
class LastVoteTest {
  private static final long TWO_TIMEOUTS = 2 * 150 * CoreFixture.MS;

  /** s1 alone has the entry that removes it. s2 needs its vote, and does not get it. */
  @Test
  void whoMayNotBeRemovedYetCampaigns() {
    MembershipFixture f =
        group(2).log(configuration(1, 1, voters(2)), configuration(2, 1, onlyS2())).start();
    f.pass(TWO_TIMEOUTS);
    assertThat(f.sent(BodyCase.PRE_VOTE)).hasSize(1);
  }

  @Test
  void whoIsRemovedForGoodKeepsStill() {
    MembershipFixture f =
        group(2).log(configuration(1, 1, voters(2)), configuration(2, 1, onlyS2())).start();
    f.append(1, 2, 1, 2);
    f.pass(TWO_TIMEOUTS);
    assertThat(f.sent(BodyCase.PRE_VOTE)).isEmpty();
  }

  /**
   * Added again with an empty disk, it has come to where it was a group by itself. It would lead
   * that beside the leader of today.
   */
  @Test
  void whoVotedOnAnotherDiskKeepsStill() {
    Server longAgo = voter("s1").toBuilder().setStorage(99).build();
    MembershipFixture f = group(2).log(configuration(1, 1, configuration(longAgo))).start();
    f.pass(TWO_TIMEOUTS);
    assertThat(f.core.votedFor()).isEmpty();
    assertThat(f.sent(BodyCase.PRE_VOTE)).isEmpty();
  }

  /** The same, from before the disks were recorded. */
  @Test
  void whoJoinedLaterKeepsStill() {
    MembershipFixture f = groupOfUnknownDisks(1).joined(7).start();
    f.pass(TWO_TIMEOUTS);
    assertThat(f.core.votedFor()).isEmpty();
    assertThat(f.sent(BodyCase.PRE_VOTE)).isEmpty();
  }

  /** It was meant for the disk that was there before. */
  @Test
  void aLateTimeoutNowDoesNotMakeItCampaign() {
    MembershipFixture f = groupOfUnknownDisks(2).joined(7).start();
    f.receive(MembershipFixture.timeoutNow("s2", f.core.currentTerm()));
    assertThat(f.core.votedFor()).isEmpty();
    assertThat(f.core.role()).isEqualTo(Role.FOLLOWER);
  }

  /** Whatever else the message says, and whether the logs agree or not. */
  @Test
  void theLeaderTellsWhereItJoined() {
    MembershipFixture f = groupOfUnknownDisks(2).start();
    f.receive(saysJoinedAt(7, 5));
    assertThat(f.hardState().getJoined()).isEqualTo(7);
    f.pass(TWO_TIMEOUTS);
    assertThat(f.sent(BodyCase.PRE_VOTE)).isEmpty();
  }

  /** A late message of before may say otherwise. */
  @Test
  void whereItJoinedNeverMovesBack() {
    MembershipFixture f = groupOfUnknownDisks(2).start();
    f.receive(saysJoinedAt(7, 5));
    f.receive(saysJoinedAt(0, 5));
    f.receive(saysJoinedAt(3, 5));
    assertThat(f.hardState().getJoined()).isEqualTo(7);
  }

  @Test
  void whoHasComeToWhereItJoinedCampaigns() {
    MembershipFixture f =
        group(2)
            .log(
                configuration(1, 1, Configurations.ofVoters(List.of("s1"))),
                configuration(2, 1, Configurations.ofVoters(List.of("s1", "s2"))))
            .joined(2)
            .start();
    f.pass(TWO_TIMEOUTS);
    assertThat(f.sent(BodyCase.PRE_VOTE)).hasSize(1);
  }

  /** A message of s2, which leads term 3. */
  private static Envelope saysJoinedAt(long index, long prev) {
    AppendEntries append =
        AppendEntries.newBuilder()
            .setPrevLogIndex(prev)
            .setPrevLogTerm(2)
            .setReceiverJoined(index)
            .build();
    return MembershipFixture.message("s2", 3, Envelope.newBuilder().setAppendEntries(append));
  }

  @Test
  void theConfigurationHasWhereAServerJoined() {
    MembershipFixture f = group(2).start().leadSettled();
    long index = f.log.lastIndex() + 1;
    f.addNonvoter("s3");
    assertThat(f.member("s3").getJoined()).isEqualTo(index);
    assertThat(f.member("s2").getJoined()).isZero();
    f.replicate();
    f.change(new Change.AddNonvoter("s3", "elsewhere:1"));
    assertThat(f.member("s3").getAddress()).isEqualTo("elsewhere:1");
    assertThat(f.member("s3").getJoined()).as("it only moved").isEqualTo(index);
    assertThat(
            f.sent(BodyCase.APPEND_ENTRIES).stream()
                .filter(m -> m.getTo().equals("s3"))
                .map(m -> m.getAppendEntries().getReceiverJoined()))
        .contains(index);
  }

  /** Its term ends with the commit: what it was asked for is another leader's. */
  @Test
  void aLeaderThatIsToGoMakesNoChanges() {
    MembershipFixture f =
        group(2).log(configuration(1, 1, voters(2)), configuration(2, 1, onlyS2())).start();
    f.pass(TWO_TIMEOUTS);
    f.campaign();
    f.receive(MembershipFixture.vote("s2", f.core.currentTerm()));
    assertThat(f.core.role()).isEqualTo(Role.LEADER);
    f.persist();
    long request = f.addVoter("s1");
    f.hasAll("s2");
    assertThat(f.core.role()).isEqualTo(Role.FOLLOWER);
    assertThat(f.answer(request)).contains("LEADERSHIP_LOST");
    assertThat(f.latest()).isEqualTo("s2");
  }

  /** The same, demoted: it would look for itself among its followers. */
  @Test
  void aLeaderWithoutAVoteIsNotAddedByItself() {
    MembershipFixture f =
        group(2)
            .log(
                configuration(1, 1, voters(2)),
                configuration(2, 1, configuration(MembershipFixture.nonvoter("s1"), voter("s2"))))
            .start();
    f.pass(TWO_TIMEOUTS);
    f.campaign();
    f.receive(MembershipFixture.vote("s2", f.core.currentTerm()));
    f.persist();
    long request = f.addVoter("s1");
    f.hasAll("s2");
    assertThat(f.answer(request)).contains("LEADERSHIP_LOST");
  }

  private static Configuration onlyS2() {
    return configuration(voter("s2"));
  }
}
