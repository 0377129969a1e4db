package io.raftlessons.membership;

import static io.raftlessons.membership.MembershipFixture.group;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.wire.Entry;
import io.raftlessons.wire.Envelope.BodyCase;
import org.junit.jupiter.api.Test;

/** Changes of the configuration, one server at a time (thesis chapter 4). */
class ChangesTest {
  @Test
  void aNonvoterJoinsByOneEntry() {
    MembershipFixture f = group(3).start().leadSettled();
    long add = f.addNonvoter("s4");
    assertThat(f.latest()).as("it counts as soon as it is in the log").endsWith("s4(nonvoter)");
    assertThat(f.log.get(3).getType()).isEqualTo(Entry.Type.CONFIGURATION);
    assertThat(f.sent(BodyCase.APPEND_ENTRIES))
        .as("the new one gets it too")
        .extracting(m -> m.getTo())
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
}
