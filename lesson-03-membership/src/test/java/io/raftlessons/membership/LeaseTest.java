package io.raftlessons.membership;

import static io.raftlessons.core.CoreFixture.MS;
import static io.raftlessons.core.CoreFixture.T;
import static io.raftlessons.membership.ReadFixture.LEASE;
import static io.raftlessons.membership.ReadFixture.LEASES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.Role;
import io.raftlessons.core.Step;
import io.raftlessons.course.Bugs;
import io.raftlessons.course.Exercise;
import io.raftlessons.course.Points;
import io.raftlessons.course.Rule;
import io.raftlessons.replication.ReadEffect.ReadFailed;
import io.raftlessons.replication.ReadEffect.ReadReady;
import io.raftlessons.replication.ReadEffect.Reason;
import io.raftlessons.wire.AppendEntriesReply;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a leader may answer by its clock (thesis 6.4.1). */
class LeaseTest {
  /** At once, and without a message. */
  private static boolean servedByLease(ReadFixture f) {
    long before = f.reads.served().byLease();
    f.read(1, ReadLevel.LEASE);
    boolean served = f.reads.served().byLease() > before;
    if (served) {
      assertThat(f.answers()).containsExactly(new ReadReady(1, f.replication.commitIndex()));
      assertThat(f.sent(BodyCase.APPEND_ENTRIES)).isEmpty();
    } else {
      assertThat(f.answers()).isEmpty();
    }
    return served;
  }

  @Test
  void aQuorumsAnswerToAHeartbeatIsALease() {
    ReadFixture f = ReadFixture.of(5, LEASES).leadSettled();
    long round = f.heartbeat();
    f.answer("s2", round);
    assertThat(f.core.role()).isEqualTo(Role.LEADER);
    ReadFixture one = ReadFixture.of(5, LEASES).leadSettled();
    one.answer("s2", one.heartbeat());
    assertThat(servedByLease(one)).as("two of five").isFalse();
    f.answer("s4", round);
    assertThat(servedByLease(f)).isTrue();
  }

  /** B17: the answer may have been under way for any time, and the follower still from before. */
  @Points(1)
  @Exercise("3.7")
  @Rule("UN-6")
  @Bugs("B17-receive")
  @Test
  void theLeaseCountsFromWhenTheMessageLeft() {
    ReadFixture f = ReadFixture.of(3, LEASES).leadSettled();
    long round = f.heartbeat();
    f.now += 40 * MS;
    f.answer("s2", round);
    f.now += LEASE - 40 * MS - 1;
    assertThat(servedByLease(f)).isTrue();
    f.now++;
    assertThat(servedByLease(f)).isFalse();
  }

  /** B17: the follower's clock may run faster than ours. */
  @Points(1)
  @Exercise("3.7")
  @Rule("UN-6")
  @Bugs("B17-drift")
  @Test
  void theLeaseIsShorterThanTheElectionTimeoutByTheDrift() {
    ReadFixture f = ReadFixture.of(3, ReadOptions.withLeases(0)).leadSettled();
    f.answer("s2", f.heartbeat());
    f.now += T - 1;
    assertThat(servedByLease(f)).isTrue();
    f.now++;
    assertThat(servedByLease(f)).isFalse();
    ReadFixture careful = ReadFixture.of(3, ReadOptions.withLeases(0.25)).leadSettled();
    careful.answer("s2", careful.heartbeat());
    careful.now += T * 4 / 5;
    assertThat(servedByLease(careful)).isFalse();
  }

  @Test
  void everyHeartbeatRenewsTheLeaseAndCostsNoMessageMore() {
    ReadFixture f = ReadFixture.of(3, LEASES).leadSettled();
    f.answer("s2", f.heartbeat());
    for (int i = 0; i < 10; i++) {
      f.answer("s2", f.heartbeat());
      f.now += 49 * MS;
      assertThat(servedByLease(f)).isTrue();
      f.now -= 49 * MS;
    }
    ReadFixture without = ReadFixture.of(3, ReadOptions.DEFAULTS).leadSettled();
    assertThat(without.heartbeat()).as("and without leases no rounds").isZero();
    assertThat(without.heartbeat()).isZero();
  }

  @Test
  void answersToOldRoundsAreNoLease() {
    ReadFixture f = ReadFixture.of(3, LEASES).leadSettled();
    long old = f.heartbeat();
    f.answer("s3", old);
    f.heartbeat();
    f.answer("s2", old);
    f.heartbeat();
    f.answer("s2", old);
    assertThat(servedByLease(f)).isFalse();
  }

  /** Two voters' answers that are never good at the same time make no quorum. */
  @Test
  void theAnswersOfAQuorumMustBeGoodAtTheSameTime() {
    ReadFixture f = ReadFixture.of(5, LEASES).leadSettled();
    f.answer("s2", f.heartbeat());
    f.heartbeat();
    f.answer("s3", f.heartbeat());
    assertThat(servedByLease(f)).isFalse();
    f.answer("s4", f.heartbeat());
    assertThat(servedByLease(f)).isTrue();
  }

  /** B15: whoever does not vote cannot keep still. */
  @Points(1)
  @Exercise("3.7")
  @Rule("UN-6")
  @Bugs("B15-lease")
  @Test
  void nonvotersDoNotCount() {
    Configuration configuration =
        Configurations.ofVoters(List.of("s1", "s2", "s3")).toBuilder()
            .addServers(Configurations.nonvoter("s4", "s4"))
            .addServers(Configurations.nonvoter("s5", "s5"))
            .build();
    ReadFixture f = ReadFixture.of(configuration, LEASES, 1).leadSettled();
    long round = f.heartbeat();
    f.answer("s4", round);
    f.answer("s5", round);
    assertThat(servedByLease(f)).isFalse();
    f.answer("s2", round);
    assertThat(servedByLease(f)).isTrue();
  }

  /** B16: an earlier leader may have acknowledged what this one does not know to be committed. */
  @Points(1)
  @Exercise("3.7")
  @Rule("UN-6")
  @Bugs("B16-lease")
  @Test
  void thereIsNoLeaseBeforeTheFirstCommitOfTheTerm() {
    Configuration configuration = Configurations.ofVoters(List.of("s1", "s2", "s3"));
    ReadFixture f = ReadFixture.of(configuration, LEASES, 1).lead();
    long round = f.heartbeat();
    f.receive(
        "s2",
        f.core.currentTerm(),
        Envelope.newBuilder()
            .setAppendEntriesReply(
                AppendEntriesReply.newBuilder().setPrevLogIndex(1).setReadRound(round)));
    assertThat(f.replication.commitIndex()).isZero();
    assertThat(servedByLease(f)).isFalse();
  }

  @Test
  void aSingleVoterAlwaysHasOne() {
    ReadFixture f = ReadFixture.of(1, LEASES).leadSettled();
    assertThat(servedByLease(f)).isTrue();
    f.now += 10 * T;
    assertThat(servedByLease(f)).isTrue();
  }

  /** B17: it was in vain, perhaps, but the target may still campaign, and break in on our lease. */
  @Points(1)
  @Exercise("3.7")
  @Rule("UN-6")
  @Bugs("B17-transfer")
  @Test
  void afterATimeoutNowThereIsNoneForTheRestOfTheTerm() {
    ReadFixture f = ReadFixture.of(3, LEASES).leadSettled();
    f.answer("s2", f.heartbeat());
    assertThat(servedByLease(f)).isTrue();
    f.step(s -> f.membership.transfer(s, 1, "s3"));
    assertThat(f.sent(BodyCase.TIMEOUT_NOW)).hasSize(1);
    f.answer("s2", f.heartbeat());
    assertThat(servedByLease(f)).as("under way").isFalse();
    f.answer("s2", f.heartbeat());
    f.pass(T);
    f.answer("s2", f.replication.newestReadRound());
    assertThat(f.transfer.underWay()).as("given up").isFalse();
    f.answer("s2", f.heartbeat());
    assertThat(servedByLease(f)).isFalse();
    f.hear("s3", f.core.currentTerm() + 1);
    f.leadSettled();
    f.answer("s2", f.heartbeat());
    assertThat(servedByLease(f)).as("another term").isTrue();
  }

  /** B17: the lease is not over, but the term may be. */
  @Test
  void itEndsWithTheLeadership() {
    ReadFixture f = ReadFixture.of(3, LEASES).leadSettled();
    f.answer("s2", f.heartbeat());
    assertThat(servedByLease(f)).isTrue();
    f.hear("s3", f.core.currentTerm() + 1);
    f.read(1, ReadLevel.LEASE);
    assertThat(f.answers()).isEmpty();
    f.asked("s3");
    f.leadSettled();
    assertThat(servedByLease(f)).as("again leader, and the old lease is not over").isFalse();
  }

  @Test
  void itEndsWhenTheLeaderStepsDownByItself() {
    ReadFixture f = ReadFixture.of(3, LEASES).leadSettled();
    f.answer("s2", f.heartbeat());
    assertThat(servedByLease(f)).isTrue();
    f.step(Step::becomeFollower);
    f.read(2, ReadLevel.LEASE);
    assertThat(f.answers())
        .containsExactly(new ReadFailed(2, Reason.NOT_LEADER, "no leader is known", ""));
  }

  /** The electorate of the moment: an answer counted before says nothing about a larger group. */
  @Test
  void aLargerGroupNeedsMoreAnswers() {
    ReadFixture f = ReadFixture.of(1, LEASES).leadSettled();
    assertThat(servedByLease(f)).isTrue();
    f.step(s -> f.membership.change(s, 1, new Change.AddNonvoter("s2", "s2"), 0, Long.MAX_VALUE));
    f.answer("s2", 0);
    assertThat(servedByLease(f)).isTrue();
    f.step(s -> f.membership.change(s, 2, new Change.AddVoter("s2", "s2"), 0, Long.MAX_VALUE));
    f.answer("s2", 0);
    assertThat(f.history.votes("s2")).as("promoted").isTrue();
    assertThat(servedByLease(f)).isFalse();
    f.answer("s2", f.heartbeat());
    assertThat(servedByLease(f)).isTrue();
  }

  /** It leads until that is committed, but whether it keeps still is not asked any more. */
  @Test
  void aLeaderThatRemovesItselfDoesNotCount() {
    ReadFixture f = ReadFixture.of(3, LEASES).leadSettled();
    f.step(s -> f.membership.change(s, 1, new Change.RemoveServer("s1"), 0, Long.MAX_VALUE));
    assertThat(f.history.votes("s1")).isFalse();
    f.answer("s2", f.heartbeat());
    assertThat(f.core.role()).isEqualTo(Role.LEADER);
    assertThat(servedByLease(f)).isFalse();
  }

  @Test
  void withoutALeaseItIsALinearizableRead() {
    for (ReadOptions options : List.of(LEASES, ReadOptions.DEFAULTS)) {
      ReadFixture f = ReadFixture.of(3, options).leadSettled();
      f.read(1, ReadLevel.LEASE);
      assertThat(f.answers()).isEmpty();
      long round = f.sent(BodyCase.APPEND_ENTRIES).get(0).getAppendEntries().getReadRound();
      f.answer("s2", round);
      assertThat(f.answers()).containsExactly(new ReadReady(1, 2));
      assertThat(f.reads.served().byLease()).isZero();
    }
  }

  /** Clocks are not asked by who did not ask for it. */
  @Test
  void aLinearizableReadDoesNotUseIt() {
    ReadFixture f = ReadFixture.of(3, LEASES).leadSettled();
    f.answer("s2", f.heartbeat());
    f.read(1, ReadLevel.LINEARIZABLE);
    assertThat(f.answers()).isEmpty();
    assertThat(f.sent(BodyCase.APPEND_ENTRIES)).hasSize(2);
    ReadFixture asked = ReadFixture.of(3, LEASES).leadSettled();
    asked.answer("s2", asked.heartbeat());
    asked.ask("s2", 9);
    assertThat(asked.sent(BodyCase.READ_INDEX_REPLY)).isEmpty();
  }

  /** Many rounds in a lease, of reads: only so many are remembered, and none too late. */
  @Test
  void manyRoundsAreRememberedByAFew() {
    Lease lease = new Lease(LEASE);
    for (int round = 1; round <= 100_000; round++) {
      lease.started(round, round * 10_000L);
    }
    StringBuilder text = new StringBuilder();
    lease.describe(text);
    assertThat(text.toString().split("=", -1)).hasSizeLessThan(70);
    long now = 100_000 * 10_000L;
    assertThat(lease.holds(100_000, now)).isTrue();
    assertThat(lease.holds(100_000, now + LEASE - LEASE / 64)).as("at most that much").isTrue();
    assertThat(lease.holds(100_000, now + LEASE)).isFalse();
    assertThat(lease.holds(80_000, now)).isFalse();
  }

  @Test
  void whatMakesLeasesUnsafeIsRefused() {
    for (double drift : new double[] {-0.1, 1, 2, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> ReadOptions.withLeases(drift))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("maxClockDrift");
    }
    for (RaftConfig config :
        List.of(
            RaftConfig.builder("s1").preVote(false).build(),
            RaftConfig.builder("s1").checkQuorum(false).build())) {
      assertThat(ReadOptions.DEFAULTS.leaseNanos(config)).isEqualTo(T);
      assertThatThrownBy(() -> LEASES.leaseNanos(config))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("preVote and checkQuorum");
    }
    assertThat(LEASES.leaseNanos(RaftConfig.defaults("s1"))).isEqualTo(LEASE);
  }
}
