package io.raftlessons.membership;

import static io.raftlessons.membership.MembershipFixture.configuration;
import static io.raftlessons.membership.MembershipFixture.group;
import static io.raftlessons.membership.MembershipFixture.voter;
import static io.raftlessons.membership.MembershipFixture.voters;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.CoreFixture;
import io.raftlessons.wire.Envelope.BodyCase;
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

  private static io.raftlessons.wire.Configuration onlyS2() {
    return configuration(voter("s2"));
  }
}
