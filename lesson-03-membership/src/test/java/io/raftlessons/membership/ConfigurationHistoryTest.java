package io.raftlessons.membership;

import static io.raftlessons.membership.MembershipFixture.command;
import static io.raftlessons.membership.MembershipFixture.configuration;
import static io.raftlessons.membership.MembershipFixture.nonvoter;
import static io.raftlessons.membership.MembershipFixture.voter;
import static io.raftlessons.membership.MembershipFixture.voters;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.wire.Configuration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which configuration counts (§6, thesis 4.1). */
class ConfigurationHistoryTest {
  private final ConfigurationHistory history = new ConfigurationHistory();

  private static ConfigurationHistory of(Configuration configuration) {
    ConfigurationHistory history = new ConfigurationHistory();
    history.append(1, configuration);
    return history;
  }

  private String described() {
    StringBuilder text = new StringBuilder();
    history.describe(text);
    return text.toString();
  }

  @Test
  void aServerThatKnowsNoneHasNoMembersAndNoQuorum() {
    assertThat(history.members()).isEmpty();
    assertThat(history.votes("s1")).isFalse();
    assertThat(history.isQuorum(id -> true)).isFalse();
    assertThat(history.latestIndex()).isZero();
    assertThat(history.latest().getServersCount()).isZero();
    assertThat(history.committedIndex()).isZero();
  }

  /** B5, M03: not when it is committed, and not when it is applied. */
  @Test
  void theNewestInTheLogCounts() {
    history.append(1, voters(3));
    history.append(5, configuration(voter("s1"), voter("s2")));
    assertThat(history.members()).containsExactly("s1", "s2");
    assertThat(history.votes("s3")).isFalse();
    assertThat(history.latestIndex()).isEqualTo(5);
    assertThat(history.committedIndex()).isZero();
    assertThat(described()).isEqualTo(" configuration=5:[s1 s2] committedConfiguration=0");
  }

  /** B7, M03. */
  @Test
  void aTruncationBringsBackTheOneBefore() {
    history.append(1, voters(3));
    history.append(5, voters(4));
    assertThat(history.truncate(6)).as("nothing of it").isFalse();
    assertThat(history.votes("s4")).isTrue();
    assertThat(history.truncate(5)).isTrue();
    assertThat(history.latest()).isEqualTo(voters(3));
    assertThat(history.latestIndex()).isEqualTo(1);
    assertThat(history.votes("s4")).isFalse();
    assertThat(history.members()).containsExactly("s1", "s2", "s3");
  }

  /** B8: the one before the newest may be gone as well. */
  @Test
  void aTruncationMayTakeSeveral() {
    history.append(1, voters(3));
    history.append(5, voters(4));
    history.append(6, voters(5));
    history.append(9, voters(4));
    assertThat(history.truncate(3)).isTrue();
    assertThat(history.latestIndex()).isEqualTo(1);
    assertThat(history.latest()).isEqualTo(voters(3));
  }

  @Test
  void aTruncationMayTakeAll() {
    history.append(1, voters(3));
    assertThat(history.truncate(1)).isTrue();
    assertThat(history.latestIndex()).isZero();
    assertThat(history.members()).isEmpty();
    history.append(1, voters(1));
    assertThat(history.members()).containsExactly("s1");
  }

  @Test
  void whatIsCommittedIsKnownApartFromTheNewest() {
    history.append(1, voters(3));
    history.append(5, voters(4));
    history.committed(4);
    assertThat(history.committedIndex()).isEqualTo(1);
    assertThat(history.committed()).isEqualTo(voters(3));
    history.committed(7);
    assertThat(history.committedIndex()).isEqualTo(5);
    assertThat(history.committed()).isEqualTo(voters(4));
    history.committed(3);
    assertThat(history.committedIndex()).as("it never goes back").isEqualTo(5);
    assertThat(described()).isEqualTo(" configuration=5:[s1 s2 s3 s4]");
  }

  /** B9: what a snapshot of some index carries, however the group looks by now. */
  @Test
  void whatCountedAtAnIndexIsRememberedAsFarAsItMayBeAsked() {
    history.append(1, voters(3));
    history.append(5, voters(4));
    history.append(8, voters(5));
    assertThat(history.at(4)).isEqualTo(voters(3));
    assertThat(history.at(5)).isEqualTo(voters(4));
    assertThat(history.at(7)).isEqualTo(voters(4));
    assertThat(history.at(100)).isEqualTo(voters(5));
    history.committed(6);
    assertThat(history.at(6)).isEqualTo(voters(4));
    assertThatThrownBy(() -> history.at(4))
        .hasMessage("the configuration at index 4 is forgotten, the first one known is of 5");
  }

  @Test
  void theyComeInOrder() {
    history.append(5, voters(3));
    assertThatThrownBy(() -> history.append(5, voters(4)))
        .hasMessage("a configuration at 5 cannot follow the one at 5");
    assertThat(history.latest()).isEqualTo(voters(3));
  }

  @Test
  void aStartFindsThemInTheLog() {
    history.load(configuration(1, 1, voters(3)));
    history.load(command(2, 2));
    history.load(configuration(3, 2, voters(4)));
    assertThat(history.latestIndex()).isEqualTo(3);
    assertThat(history.members()).hasSize(4);
    assertThat(history.committedIndex()).as("nobody knows yet").isZero();
  }

  @Test
  void nonvotersAreMembersAndDoNotVote() {
    ConfigurationHistory group =
        of(configuration(voter("s1"), voter("s2"), voter("s3"), nonvoter("s4")));
    assertThat(group.members()).containsExactly("s1", "s2", "s3", "s4");
    assertThat(group.votes("s4")).isFalse();
    assertThat(group.votes("s3")).isTrue();
    assertThat(group.votes("s9")).isFalse();
  }

  /** M05. */
  @Test
  void aQuorumIsMoreThanHalfOfTheVoters() {
    ConfigurationHistory three =
        of(configuration(voter("s1"), voter("s2"), voter("s3"), nonvoter("s4"), nonvoter("s5")));
    assertThat(three.isQuorum(List.of("s1", "s2")::contains)).isTrue();
    assertThat(three.isQuorum(List.of("s1", "s4", "s5")::contains)).isFalse();
    ConfigurationHistory four = of(voters(4));
    assertThat(four.isQuorum(List.of("s1", "s2")::contains)).isFalse();
    assertThat(four.isQuorum(List.of("s1", "s2", "s4")::contains)).isTrue();
    assertThat(of(voters(1)).isQuorum("s1"::equals)).isTrue();
  }

  @Test
  void withoutVotersThereIsNoQuorum() {
    assertThat(of(configuration(nonvoter("s1"))).isQuorum(id -> true)).isFalse();
  }
}
