package io.raftlessons.membership;

import static io.raftlessons.core.CoreFixture.MS;
import static io.raftlessons.core.CoreFixture.T;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.membership.MembershipEffect.Reached;
import io.raftlessons.membership.Staging.Pace;
import org.junit.jupiter.api.Test;

/** Thesis 4.2.1: how a server catches up, in rounds. */
class StagingRoundsTest {
  private final Staging staging =
      new Staging(1, new Change.AddVoter("s4", "a:4"), 9, T, 5, Reached.NONVOTER);

  private long now = 1_000 * MS;

  @Test
  void whoHasAllAtOnceHasCaughtUp() {
    assertThat(staging.look(now, 100, 100)).isEqualTo(Pace.CAUGHT_UP);
  }

  @Test
  void aRoundEndsWithWhatTheLeaderHadWhenItBegan() {
    assertThat(staging.look(now, 0, 100)).isEqualTo(Pace.CATCHING_UP);
    assertThat(staging.look(now + T - 2, 99, 150)).isEqualTo(Pace.CATCHING_UP);
    assertThat(staging.look(now + T - 1, 100, 200)).isEqualTo(Pace.CAUGHT_UP);
  }

  @Test
  void aRoundAsLongAsAnElectionTimeoutIsTooLong() {
    assertThat(staging.look(now, 0, 100)).isEqualTo(Pace.CATCHING_UP);
    assertThat(staging.look(now + T, 100, 200)).isEqualTo(Pace.CATCHING_UP);
    assertThat(staging.look(now + T + 5 * MS, 199, 200)).isEqualTo(Pace.CATCHING_UP);
    assertThat(staging.look(now + T + 5 * MS, 200, 300)).isEqualTo(Pace.CAUGHT_UP);
  }

  @Test
  void whoHasAllWhenASlowRoundEndsHasCaughtUp() {
    staging.look(now, 0, 100);
    assertThat(staging.look(now + 3 * T, 100, 100)).isEqualTo(Pace.CAUGHT_UP);
  }

  @Test
  void onceCaughtUpItStaysSoWhileItWaitsForItsTurn() {
    staging.look(now, 0, 100);
    staging.look(now + 1, 100, 100);
    assertThat(staging.look(now + 10 * T, 100, 1_000)).isEqualTo(Pace.CAUGHT_UP);
  }

  @Test
  void tenSlowRoundsAreEnough() {
    long last = 100;
    assertThat(staging.look(now, 0, last)).isEqualTo(Pace.CATCHING_UP);
    for (int round = 1; round <= 9; round++) {
      now += T;
      assertThat(staging.look(now, last, last + 100))
          .as("round " + round)
          .isEqualTo(Pace.CATCHING_UP);
      last += 100;
    }
    assertThat(staging.look(now + T, last, last + 100)).isEqualTo(Pace.TOO_SLOW);
  }

  @Test
  void theTenthRoundMayBeTheFastOne() {
    long last = 100;
    staging.look(now, 0, last);
    for (int round = 1; round <= 9; round++) {
      now += T;
      staging.look(now, last, last + 100);
      last += 100;
    }
    assertThat(staging.look(now + T - 1, last, last + 100)).isEqualTo(Pace.CAUGHT_UP);
  }

  @Test
  void itSaysHowFarItIs() {
    staging.look(now, 0, 100);
    StringBuilder text = new StringBuilder();
    staging.describe(text);
    assertThat(text).hasToString(" staging=s4:NONVOTER round 1 to 100");
    staging.promotionLogged(8);
    assertThat(staging.reached()).isEqualTo(Reached.PROMOTION_LOGGED);
    assertThat(staging.index()).isEqualTo(8);
  }
}
