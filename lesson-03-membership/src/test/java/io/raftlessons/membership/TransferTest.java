package io.raftlessons.membership;

import static io.raftlessons.core.CoreFixture.MS;
import static io.raftlessons.core.CoreFixture.T;
import static io.raftlessons.membership.MembershipFixture.configuration;
import static io.raftlessons.membership.MembershipFixture.group;
import static io.raftlessons.membership.MembershipFixture.nonvoter;
import static io.raftlessons.membership.MembershipFixture.timeoutNow;
import static io.raftlessons.membership.MembershipFixture.voter;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.Role;
import io.raftlessons.course.Bugs;
import io.raftlessons.course.Exercise;
import io.raftlessons.course.Points;
import io.raftlessons.course.Rule;
import io.raftlessons.replication.Proposal;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import org.junit.jupiter.api.Test;

/** Leadership transfer (thesis 3.10). */
class TransferTest {
  private static final Configuration WITH_NONVOTER =
      configuration(voter("s1"), voter("s2"), voter("s3"), nonvoter("s4"));

  private static MembershipFixture leader() {
    return group(3).start().leadSettled();
  }

  private static String refusal(Proposal proposal) {
    return proposal instanceof Proposal.Refused refused
        ? refused.reason() + ": " + refused.why()
        : "";
  }

  @Test
  void aTargetThatHasAllIsToldAtOnce() {
    MembershipFixture f = leader();
    long transfer = f.transferTo("s3");
    assertThat(f.toldToCampaign()).containsExactly("s3");
    assertThat(f.sent(BodyCase.TIMEOUT_NOW).get(0).getTerm()).isEqualTo(2);
    assertThat(f.answer(transfer)).isEmpty();
    f.deposed();
    assertThat(f.answer(transfer)).isEqualTo("done");
    assertThat(f.transfer.underWay()).isFalse();
  }

  /** B33. */
  @Points(2)
  @Exercise("3.6")
  @Rule("MC-6")
  @Bugs("B33-early")
  @Test
  void aTargetThatLacksSomethingIsToldWhenItHasAll() {
    MembershipFixture f = leader();
    f.propose("a");
    f.propose("b");
    f.transferTo("s3");
    assertThat(f.toldToCampaign()).isEmpty();
    f.has("s3", 3);
    assertThat(f.toldToCampaign()).isEmpty();
    f.has("s2", 4);
    assertThat(f.toldToCampaign()).isEmpty();
    f.has("s3", 4);
    assertThat(f.toldToCampaign()).containsExactly("s3");
  }

  /** B33: with writes going on the target would never have all. */
  @Test
  void nothingIsTakenMeanwhile() {
    MembershipFixture f = leader();
    f.transferTo("s3");
    assertThat(refusal(f.propose("a"))).isEqualTo("TRANSFERRING: leadership is being handed over");
    assertThat(f.answer(f.remove("s2"))).isEqualTo("TRANSFERRING: leadership is being handed over");
    assertThat(f.log.lastIndex()).isEqualTo(2);
    assertThat(f.core.describe()).contains(" transferTo=s3");
  }

  /** B33: it may get lost. */
  @Points(1)
  @Exercise("3.6")
  @Rule("MC-6")
  @Bugs("B33-once")
  @Test
  void theTargetIsToldAgainWithEachHeartbeat() {
    MembershipFixture f = leader();
    f.transferTo("s3");
    f.pass(49 * MS);
    assertThat(f.toldToCampaign()).isEmpty();
    f.pass(MS);
    assertThat(f.toldToCampaign()).containsExactly("s3");
    f.pass(50 * MS);
    assertThat(f.toldToCampaign()).containsExactly("s3");
  }

  /** B33: a target that is down must not end the service. */
  @Test
  void itIsGivenUpAfterAnElectionTimeout() {
    MembershipFixture f = leader();
    long transfer = f.transferTo("s3");
    f.pass(T - 1);
    assertThat(f.answer(transfer)).isEmpty();
    assertThat(f.effects.wakeAt()).isLessThanOrEqualTo(f.now + 1);
    f.pass(1);
    assertThat(f.answer(transfer))
        .isEqualTo("TIMEOUT: s3 did not take over within an election timeout");
    assertThat(f.core.role()).isEqualTo(Role.LEADER);
    assertThat(refusal(f.propose("a"))).isEmpty();
    f.pass(50 * MS);
    assertThat(f.toldToCampaign()).isEmpty();
    f.deposed();
  }

  @Test
  void changesThatWaitedGoOnWhenItIsGivenUp() {
    MembershipFixture f = group(3).start().lead();
    long remove = f.remove("s2");
    f.transferTo("s3");
    f.replicate();
    assertThat(f.latest()).as("not now").isEqualTo("s1 s2 s3");
    f.pass(T);
    assertThat(f.latest()).isEqualTo("s1 s3");
    f.replicate();
    assertThat(f.answer(remove)).isEqualTo("3: s1 s3");
  }

  @Test
  void oneAtATime() {
    MembershipFixture f = leader();
    f.transferTo("s3");
    assertThat(f.answer(f.transferTo("s2")))
        .isEqualTo("TRANSFERRING: leadership is being handed over to s3 already");
    assertThat(f.transfer.target()).isEqualTo("s3");
    f.pass(T);
    long next = f.transferTo("s2");
    assertThat(f.toldToCampaign()).containsExactly("s2");
    f.deposed();
    assertThat(f.answer(next)).isEqualTo("done");
  }

  /** B22. */
  @Test
  void onlyAnotherVoterCanTakeOver() {
    MembershipFixture f = group(3).log(configuration(1, 1, WITH_NONVOTER)).start().leadSettled();
    assertThat(f.answer(f.transferTo("s1"))).isEqualTo("INVALID: s1 leads already");
    assertThat(f.answer(f.transferTo("s9"))).isEqualTo("INVALID: there is no voter s9");
    assertThat(f.answer(f.transferTo("s4"))).isEqualTo("INVALID: there is no voter s4");
    assertThat(f.transfer.underWay()).isFalse();
    MembershipFixture alone = group(1).start().leadSettled();
    assertThat(alone.answer(alone.transferTo(""))).isEqualTo("INVALID: there is no other voter");
  }

  /** B22: s4 has most of the log and no vote. */
  @Test
  void withoutANameTheMostAdvancedVoterTakesOver() {
    MembershipFixture f = group(3).log(configuration(1, 1, WITH_NONVOTER)).start().leadSettled();
    f.propose("a");
    f.propose("b");
    f.has("s4", 4);
    f.has("s3", 3);
    f.transferTo("");
    assertThat(f.transfer.target()).isEqualTo("s3");
    f.has("s3", 4);
    assertThat(f.toldToCampaign()).containsExactly("s3");
  }

  /** It may have the whole log and be down since. */
  @Test
  void withoutANameWhoWasHeardLatelyTakesOver() {
    MembershipFixture f = leader();
    f.pass(T / 3);
    f.propose("a");
    f.has("s3", 2);
    f.pass(2 * T / 3);
    long transfer = f.transferTo("");
    assertThat(f.transfer.target()).as("s2 was not heard for a whole timeout").isEqualTo("s3");
    f.has("s3", 3);
    f.deposed();
    assertThat(f.answer(transfer)).isEqualTo("done");
  }

  @Test
  void ifNobodyWasHeardLatelyTheMostAdvancedVoterTakesOver() {
    MembershipFixture f = leader();
    f.propose("a");
    f.has("s3", 3);
    f.pass(2 * T);
    f.transferTo("");
    assertThat(f.toldToCampaign()).containsExactly("s3");
  }

  @Test
  void whoDoesNotLeadRefuses() {
    MembershipFixture f = group(3).start();
    assertThat(f.answer(f.transferTo("s2"))).isEqualTo("NOT_LEADER: not the leader");
    assertThat(f.answer(f.transferTo(""))).isEqualTo("NOT_LEADER: not the leader");
  }

  @Test
  void itIsRememberedForItsTermThatSomebodyWasTold() {
    MembershipFixture f = leader();
    f.propose("a");
    f.transferTo("s3");
    assertThat(f.transfer.saidIn(2)).as("not yet").isFalse();
    f.has("s3", 3);
    f.pass(T);
    assertThat(f.transfer.underWay()).isFalse();
    assertThat(f.transfer.saidIn(2)).isTrue();
    assertThat(f.transfer.saidIn(3)).isFalse();
  }

  /** B33: neither the timeout is awaited nor is a pre-vote, which the others would refuse. */
  @Points(1)
  @Exercise("3.6")
  @Rule("MC-6")
  @Bugs("B33-sticky")
  @Test
  void theTargetCampaignsAtOnceAndSaysWhy() {
    MembershipFixture f = group(3).start();
    f.append(2, 1, 1, 0);
    f.receive(timeoutNow("s2", 2));
    assertThat(f.core.role()).isEqualTo(Role.CANDIDATE);
    assertThat(f.core.currentTerm()).isEqualTo(3);
    assertThat(f.sent(BodyCase.REQUEST_VOTE))
        .hasSize(2)
        .allMatch(m -> m.getRequestVote().getLeadershipTransfer());
  }

  /** It has voted for s2, and TimeoutNow is faster than the first heartbeat. */
  @Test
  void whoDoesNotKnowTheLeaderYetCampaignsToo() {
    MembershipFixture f = group(3).term(2).start();
    f.receive(timeoutNow("s2", 2));
    assertThat(f.core.role()).isEqualTo(Role.CANDIDATE);
  }

  private static void ignores(MembershipFixture f, Envelope message) {
    Role role = f.core.role();
    long term = f.core.currentTerm();
    f.receive(message);
    assertThat(f.core.role()).isEqualTo(role);
    assertThat(f.core.currentTerm()).isEqualTo(term);
    assertThat(f.effects.list()).isEmpty();
  }

  /** B34. */
  @Points(1)
  @Exercise("3.6")
  @Rule("MC-6")
  @Bugs("B34")
  @Test
  void aTimeoutNowOfAnotherTermIsIgnored() {
    MembershipFixture f = group(3).start();
    f.append(5, 1, 1, 0);
    ignores(f, timeoutNow("s2", 4));
    ignores(f, timeoutNow("s2", 6));
  }

  /** B34: a duplicate, after the server has won. */
  @Test
  void aLeaderIgnoresTimeoutNow() {
    ignores(leader(), timeoutNow("s2", 2));
  }

  /** B34: it would raise its term for nothing. */
  @Test
  void aCandidateIgnoresTimeoutNow() {
    MembershipFixture f = group(3).start();
    f.campaign();
    ignores(f, timeoutNow("s2", 2));
  }

  /** B22, B34: it was demoted since. */
  @Test
  void whoHasNoVoteIgnoresTimeoutNow() {
    MembershipFixture f =
        group(3)
            .log(configuration(1, 1, configuration(voter("s2"), voter("s3"), nonvoter("s1"))))
            .start();
    f.append(2, 1, 1, 0);
    ignores(f, timeoutNow("s2", 2));
    MembershipFixture stranger =
        group(3).log(configuration(1, 1, configuration(voter("s2"), voter("s3")))).start();
    stranger.append(2, 1, 1, 0);
    ignores(stranger, timeoutNow("s2", 2));
  }

  @Test
  void onlyTheLeaderMaySayIt() {
    MembershipFixture f = group(3).start();
    f.append(2, 1, 1, 0);
    ignores(f, timeoutNow("s3", 2));
  }
}
