package io.raftlessons.membership;

import static io.raftlessons.membership.Configurations.nonvoter;
import static io.raftlessons.membership.Configurations.voter;
import static io.raftlessons.membership.MembershipFixture.configuration;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.Server;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationsTest {
  private static String problem(Server... servers) {
    return Configurations.problem(configuration(servers)).orElse("");
  }

  @Test
  void votersAndNonvotersAreFine() {
    assertThat(problem(voter("s1", "a:1"))).isEmpty();
    assertThat(problem(voter("s1", "a:1"), nonvoter("s2", "a:2"), voter("s3", "b:1"))).isEmpty();
  }

  @Test
  void aGroupNeedsAVoter() {
    assertThat(problem()).isEqualTo("at least one voter is needed");
    assertThat(problem(nonvoter("s1", "a:1"))).isEqualTo("at least one voter is needed");
  }

  @Test
  void idsAndAddressesAreThereOnce() {
    assertThat(problem(voter("s1", "a:1"), nonvoter("s1", "a:2")))
        .isEqualTo("two servers have the id s1");
    assertThat(problem(voter("s1", "a:1"), nonvoter("s2", "a:1")))
        .isEqualTo("two servers have the address a:1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "two words", "café", "line\n", "\u0000"})
  void anIdIsVisibleAsciiWithoutBlanks(String id) {
    assertThat(problem(voter("s1", "a:1"), voter(id, "a:2"))).contains("1 to 128 visible ASCII");
  }

  @Test
  void lengthsAreBounded() {
    assertThat(problem(voter("x".repeat(128), "a".repeat(300)))).isEmpty();
    assertThat(problem(voter("x".repeat(129), "a:1"))).endsWith("one here has 129");
    assertThat(problem(voter("s1", "a".repeat(301)))).contains("an address of 1 to 300");
    assertThat(problem(voter("s1", ""))).contains("an address of 1 to 300");
  }

  @Test
  void theNumberOfServersIsBounded() {
    Configuration.Builder many = Configuration.newBuilder();
    for (int i = 1; i <= 1_000; i++) {
      many.addServers(voter("s" + i, "a:" + i));
    }
    assertThat(Configurations.problem(many.build())).isEmpty();
    many.addServers(voter("one-more", "b:1"));
    assertThat(Configurations.problem(many.build()))
        .contains("a configuration has at most 1000 servers");
  }

  @Test
  void aSuffrageOfALaterVersionIsNotTakenForAVote() {
    Server server = voter("s2", "a:2").toBuilder().setSuffrageValue(7).build();
    assertThat(problem(voter("s1", "a:1"), server))
        .isEqualTo("s2 has a suffrage that this program does not know");
    assertThat(Configurations.isVoter(server)).isFalse();
  }

  @Test
  void serversAreFoundById() {
    Configuration group = configuration(voter("s1", "a:1"), nonvoter("s2", "a:2"));
    assertThat(Configurations.find(group, "s2")).isEqualTo(nonvoter("s2", "a:2"));
    assertThat(Configurations.find(group, "s3")).isNull();
    assertThat(Configurations.isVoter(Configurations.find(group, "s1"))).isTrue();
    assertThat(Configurations.isVoter(Configurations.find(group, "s2"))).isFalse();
    assertThat(Configurations.isVoter(Configurations.find(group, "s3"))).isFalse();
  }

  @Test
  void aGroupInOneProcessHasItsIdsForAddresses() {
    assertThat(Configurations.ofVoters(List.of("s1", "s2")))
        .isEqualTo(configuration(voter("s1", "s1"), voter("s2", "s2")));
  }

  @Test
  void anEntryThatIsNoneIsNamed() {
    Entry broken =
        Entry.newBuilder().setIndex(7).setData(ByteString.copyFromUtf8("\u0007 no")).build();
    assertThatThrownBy(() -> Configurations.parse(broken))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("entry 7 is no configuration");
  }
}
