package io.raftlessons.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a caller of a server sees. */
class MembershipNodeTest {
  private static final Duration PATIENT = Duration.ZERO;

  @Test
  void anEmptyServerJoinsAndVotes() throws IOException {
    HandRunGroup group = HandRunGroup.running(3);
    group.start("s4");
    assertThat(group.outcome(group.leader().addVoter("s4", "s4", 0, PATIENT)))
        .isEqualTo("s1 s2 s3 s4");
    group.run(200);
    assertThat(group.node("s4").getConfiguration())
        .isEqualTo(group.leader().getConfiguration());
  }

  @Test
  void leadershipIsHandedOver() throws IOException {
    HandRunGroup group = HandRunGroup.running(3);
    String target = group.followers().get(0);
    assertThat(group.outcome(group.leader().leadershipTransferToServer(target))).isEqualTo("null");
    group.run(10);
    assertThat(group.leader().id()).isEqualTo(target);
  }
}
