package io.raftlessons.membership.sim;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.core.RaftConfig;
import io.raftlessons.sim.Reach;
import io.raftlessons.sim.Violation;
import io.raftlessons.wire.AppendEntries;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.TimeoutNow;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class LeaseChecksTest {
  private static final long TIMEOUT = RaftConfig.defaults("a").electionTimeoutNanos();
  private static final long TERM = 5;

  private final Set<String> voters = new TreeSet<>(List.of("a", "b", "leader"));
  private long now = 7;
  private final LeaseChecks checks = new LeaseChecks(new Reach(), () -> now, id -> voters, 0.001);

  private static Envelope.Builder toA(long term) {
    return Envelope.newBuilder().setFrom("leader").setTo("a").setTerm(term);
  }

  /**
   * @param sent the term of the message
   * @param term of the server that hears it
   */
  private void heartbeat(long sent, long term) {
    checks.received(toA(sent).setAppendEntries(AppendEntries.getDefaultInstance()).build(), term);
  }

  private void isBroken() {
    assertThatThrownBy(() -> checks.letRead("leader", TERM))
        .isInstanceOf(Violation.class)
        .hasMessageStartingWith("LeaseHolds: leader answers by its lease of term 5: ");
  }

  @Test
  void aMajorityKeepsStillForAnElectionTimeoutByTheFastestClock() {
    isBroken();
    heartbeat(TERM, TERM);
    now += (long) (TIMEOUT / 1.001) - 1;
    checks.letRead("leader", TERM);
    now += 2;
    isBroken();
  }

  @Test
  void aLateMessageOfAnEarlierTermChangesNothing() {
    heartbeat(TERM, TERM);
    heartbeat(TERM - 2, TERM);
    checks.letRead("leader", TERM);
  }

  @Test
  void whoIsInAHigherTermDoesNotKeepStill() {
    heartbeat(TERM, TERM + 1);
    isBroken();
  }

  @Test
  void whoWasToldToCampaignDoesNotKeepStill() {
    heartbeat(TERM, TERM);
    checks.sent(toA(TERM).setTimeoutNow(TimeoutNow.getDefaultInstance()).build());
    isBroken();
  }

  @Test
  void aSingleVoterNeedsNobody() {
    voters.removeAll(List.of("a", "b"));
    checks.letRead("leader", TERM);
  }
}
