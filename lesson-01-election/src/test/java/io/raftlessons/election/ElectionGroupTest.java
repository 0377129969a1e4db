package io.raftlessons.election;

import static io.raftlessons.core.CoreFixture.MS;
import static io.raftlessons.core.CoreFixture.T;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.Role;
import org.junit.jupiter.api.Test;

/** What becomes of a whole group; B and E are the known bugs that a test catches. */
class ElectionGroupTest {
  @Test
  void aGroupElectsOneLeaderAndKeepsIt() {
    ElectionGroup group = new ElectionGroup(5);
    group.run(10 * T);
    assertThat(group.leaders()).hasSize(1);
    String leader = group.leaders().get(0);
    long term = group.term(leader);

    group.run(100 * T);

    assertThat(group.leaders()).containsExactly(leader);
    assertThat(group.term(leader)).isEqualTo(term);
  }

  /** E07: of servers that all wait equally long, each votes for itself, again and again. */
  @Test
  void serversThatStartTogetherElectALeader() {
    for (int servers = 2; servers <= 7; servers++) {
      ElectionGroup group = new ElectionGroup(servers);
      group.run(20 * T);
      assertThat(group.leaders()).as("%d servers", servers).hasSize(1);
    }
  }

  /** E10, E12: neither half of four is a majority, and there would be a leader in each. */
  @Test
  void halfOfAGroupElectsNobody() {
    ElectionGroup group = new ElectionGroup(4);
    for (String one : new String[] {"s1", "s2"}) {
      group.cutBothWays(one, "s3").cutBothWays(one, "s4");
    }
    group.run(20 * T);
    assertThat(group.leaders()).isEmpty();

    group.heal().run(10 * T);
    assertThat(group.leaders()).hasSize(1);
  }

  /**
   * B18: s1 alone has the log to lead, s2 alone knows the term; s3 is down. s1 wins only if it is
   * told the term that its question is too old for.
   */
  @Test
  void theServerWithTheLogLearnsTheTermOfTheOther() {
    ElectionGroup group =
        new ElectionGroup(3).restart("s1", 4, 4, 9).restart("s2", 7, 3, 9).cutOff("s3");
    group.run(20 * T);
    assertThat(group.leaders()).containsExactly("s1");
    assertThat(group.term("s1")).isGreaterThan(7);
  }

  /** B20: a candidate that has lost contact would come back with a term that nobody is in. */
  @Test
  void candidateThatIsCutOffDoesNotRunUpItsTerm() {
    ElectionGroup group = new ElectionGroup(3);
    for (int i = 0; i < 1000 && group.withRole(Role.CANDIDATE).isEmpty(); i++) {
      group.run(MS / 2);
    }
    String candidate = group.withRole(Role.CANDIDATE).get(0);
    long term = group.term(candidate);
    group.cutOff(candidate).run(50 * T);
    assertThat(group.term(candidate)).isEqualTo(term);
  }

  /**
   * B23: s2 hears the old leader and the two others, who need its vote: three of four. The leader
   * hears s2 alone. Did it not step down, its heartbeats would keep s2 from voting for ever.
   */
  @Test
  void theBridgeOfAPartialPartitionIsFreeToVote() {
    ElectionGroup group = new ElectionGroup(4);
    group.run(10 * T);
    String old = group.leaders().get(0);
    String bridge = old.equals("s2") ? "s1" : "s2";
    for (String other : new String[] {"s1", "s2", "s3", "s4"}) {
      if (!other.equals(old) && !other.equals(bridge)) {
        group.cutBothWays(old, other);
      }
    }

    group.run(10 * T);

    assertThat(group.leaders()).hasSize(1).doesNotContain(old);
  }

  /** The same with a cut in one direction: the leader is heard, and hears nobody. */
  @Test
  void aLeaderThatHearsNobodyLetsOthersLead() {
    ElectionGroup group = new ElectionGroup(3);
    group.run(10 * T);
    String old = group.leaders().get(0);
    for (String other : new String[] {"s1", "s2", "s3"}) {
      group.cut(other, old);
    }

    group.run(10 * T);

    assertThat(group.leaders()).hasSize(1).doesNotContain(old);
  }

  /** B21, E14: whoever hears nobody disturbs nobody when it is back. */
  @Test
  void aServerThatComesBackFollows() {
    ElectionGroup group = new ElectionGroup(3);
    group.run(10 * T);
    String leader = group.leaders().get(0);
    long term = group.term(leader);
    String lost = leader.equals("s3") ? "s2" : "s3";

    group.cutOff(lost).run(50 * T);
    group.heal().run(10 * T);

    assertThat(group.leaders()).containsExactly(leader);
    assertThat(group.term(leader)).isEqualTo(term);
    assertThat(group.term(lost)).isEqualTo(term);
  }
}
