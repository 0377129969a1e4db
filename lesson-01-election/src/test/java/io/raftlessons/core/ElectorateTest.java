package io.raftlessons.core;

import static io.raftlessons.core.CoreFixture.servers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ElectorateTest {
  @ParameterizedTest(name = "{0} voters: {1}")
  @CsvSource({"1, 1", "2, 2", "3, 2", "4, 3", "5, 3", "6, 4", "7, 4"})
  void aQuorumIsMoreThanHalf(int voters, int majority) {
    Electorate electorate = Electorate.fixed(servers(voters));
    for (int n = 0; n <= voters; n++) {
      List<String> have = servers(voters).subList(voters - n, voters);
      assertThat(electorate.isQuorum(have::contains))
          .as("%d of %d", n, voters)
          .isEqualTo(n >= majority);
    }
  }

  @Test
  void strangersDoNotCount() {
    Electorate electorate = Electorate.fixed(servers(3));
    List<String> have = List.of("s1", "x", "y", "z");
    assertThat(electorate.isQuorum(have::contains)).isFalse();
    assertThat(electorate.votes("s3")).isTrue();
    assertThat(electorate.votes("x")).isFalse();
  }

  @Test
  void membersAreSortedAndStay() {
    List<String> voters = new ArrayList<>(List.of("b", "c", "a", "b"));
    Electorate electorate = Electorate.fixed(voters);
    voters.clear();
    assertThat(electorate.members()).containsExactly("a", "b", "c");
    assertThatThrownBy(() -> electorate.members().add("d"))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void nobodyIsNoElectorate() {
    assertThatThrownBy(() -> Electorate.fixed(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
