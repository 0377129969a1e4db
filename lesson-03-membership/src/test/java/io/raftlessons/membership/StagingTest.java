package io.raftlessons.membership;

import static io.raftlessons.membership.MembershipFixture.group;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A server gets the log first, and its vote when it has caught up (thesis 4.2.1). */
class StagingTest {
  @Test
  void aNewVoterJoinsAsNonvoterAndIsPromotedWhenItHasCaughtUp() {
    MembershipFixture f = group(3).start().leadSettled();
    long add = f.addVoter("s4");
    assertThat(f.latest()).isEqualTo("s1 s2 s3 s4(nonvoter)");
    f.persist();
    f.hasAll("s2");
    assertThat(f.latest()).as("it has nothing yet").isEqualTo("s1 s2 s3 s4(nonvoter)");
    assertThat(f.answer(add)).isEmpty();
    f.hasAll("s4");
    assertThat(f.latest()).isEqualTo("s1 s2 s3 s4");
    assertThat(f.member("s4").getStorage()).isEqualTo(4);
    assertThat(f.answer(add)).isEmpty();
    f.replicate();
    assertThat(f.answer(add)).isEqualTo("4: s1 s2 s3 s4");
  }
}
