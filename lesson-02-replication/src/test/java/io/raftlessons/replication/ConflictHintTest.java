package io.raftlessons.replication;

import static io.raftlessons.replication.ReplicationFixture.log;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** §5.3: how both sides skip what cannot agree, against a model that looks at every entry. */
class ConflictHintTest {
  @Test
  void itSkipsAllTermsThatAreTooHigh() throws IOException {
    RaftLog log = RaftLogTest.of(1, 1, 4, 4, 5, 6);
    assertThat(log.conflictHint(4, 6)).isEqualTo(4);
    assertThat(log.conflictHint(3, 6)).isEqualTo(2);
    assertThat(log.conflictHint(0, 6)).isZero();
    assertThat(log.conflictHint(9, 3)).isEqualTo(3);
  }

  @Test
  void itStaysInsideTheLog() throws IOException {
    RaftLog log = RaftLogTest.of(1, 1);
    assertThat(log.conflictHint(9, 100)).isEqualTo(2);
    assertThat(log.conflictHint(9, 0)).isZero();
    assertThat(log.conflictHint(9, -5)).isZero();
    assertThat(log.conflictHint(-1, Long.MIN_VALUE)).isZero();
  }

  /**
   * Whatever two logs look like: the hint never leads below the place where they agree, so a leader
   * that follows it finds that place, after no more rejections than there are terms.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void followingTheHintsFindsTheLastCommonEntry(long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 200; round++) {
      List<Long> common = grow(List.of(), random.nextInt(8), 0, random);
      long[] leaderTerms = terms(grow(common, random.nextInt(12), 0, random));
      long[] followerTerms = terms(grow(common, random.nextInt(12), 1, random));
      RaftLog leader = RaftLogTest.of(leaderTerms);
      RaftLog follower = RaftLogTest.load(log(followerTerms), 1 << 20);

      long agree = 0;
      while (follower.has(agree + 1, agree < leader.lastIndex() ? leader.termAt(agree + 1) : -1)) {
        agree++;
      }
      long prev = leader.lastIndex();
      int rejections = 0;
      while (!follower.has(prev, leader.termAt(prev))) {
        long hint = follower.conflictHint(leader.termAt(prev), prev - 1);
        prev = Math.min(prev - 1, leader.conflictHint(follower.termAt(hint), hint));
        rejections++;
      }
      assertThat(prev).isEqualTo(agree);
      assertThat(rejections)
          .isLessThanOrEqualTo(distinct(leaderTerms) + 1)
          .isLessThanOrEqualTo(distinct(followerTerms) + 1);
    }
  }

  /** Two logs grow by terms of their own, even and odd: a term has one leader. */
  private static List<Long> grow(List<Long> log, int entries, int parity, SplittableRandom random) {
    List<Long> longer = new ArrayList<>(log);
    for (int i = 0; i < entries; i++) {
      long last = longer.isEmpty() ? 2 : longer.get(longer.size() - 1);
      long next = last % 2 == parity ? last : last + 1;
      longer.add(next + (random.nextInt(2) == 0 ? 2 * random.nextInt(2) : 0));
    }
    return longer;
  }

  private static long[] terms(List<Long> log) {
    return log.stream().mapToLong(Long::longValue).toArray();
  }

  private static int distinct(long[] terms) {
    return (int) Arrays.stream(terms).distinct().count();
  }
}
