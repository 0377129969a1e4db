package io.raftlessons.replication;

import static io.raftlessons.replication.ReplicationFixture.entry;
import static io.raftlessons.replication.ReplicationFixture.group;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.wire.Entry;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Committed entries go to the state machine once, in order, and not too many at a time (R09). */
class HandOutTest {
  private static final int MIB = 1 << 20;

  private static ReplicationConfig bounds(int cached, int apply) {
    return new ReplicationConfig(MIB, 100, MIB, MIB, MIB, cached, apply);
  }

  private static int size(int entries) {
    return entries * entry(1, 1).getSerializedSize();
  }

  @Test
  void nothingIsHandedOutBeforeItIsCommitted() {
    ReplicationFixture f = group(3).log(1, 1, 1).start();
    assertThat(f.handedOut).isEmpty();
    f.append(1, 3, 1, 2);
    assertThat(f.handedOutIndexes()).containsExactly(1L, 2L);
    f.append(1, 3, 1, 2);
    f.append(1, 3, 1, 3);
    assertThat(f.handedOutIndexes()).as("nothing twice").containsExactly(1L, 2L, 3L);
  }

  @Test
  void lastAppliedIsWhatTheMachineReports() {
    ReplicationFixture f = group(3).log(1, 1, 1).start();
    f.append(1, 3, 1, 3);
    assertThat(f.replication.lastApplied()).isZero();
    f.applied(2);
    assertThat(f.replication.lastApplied()).isEqualTo(2);
    assertThat(f.core.describe()).contains("commitIndex=3 lastApplied=2");
  }

  @Test
  void aMachineThatIsBehindGetsNoMore() {
    ReplicationFixture f =
        group(3).log(1, 1, 1, 1, 1, 1, 1, 1).bounds(bounds(MIB, size(2))).start();
    f.append(1, 8, 1, 8);
    assertThat(f.handedOutIndexes()).containsExactly(1L, 2L);
    f.append(1, 8, 1, 8);
    assertThat(f.handedOutIndexes()).hasSize(2);
    f.applied(2);
    assertThat(f.handedOutIndexes()).containsExactly(1L, 2L, 3L, 4L);
  }

  /** Small commits that add up must neither exceed the window by much nor jam it for good. */
  @Test
  void theWindowCountsWhatSeveralCommitsHandedOut() {
    ReplicationFixture f = group(3).log(1, 1, 1, 1, 1, 1).bounds(bounds(MIB, size(2))).start();
    for (long commit = 1; commit <= 6; commit++) {
      f.append(1, 6, 1, commit);
    }
    assertThat(f.handedOutIndexes()).containsExactly(1L, 2L);
    f.applied(1);
    f.applied(2);
    assertThat(f.handedOutIndexes()).containsExactly(1L, 2L, 3L, 4L);
    f.applied(3);
    f.applied(4);
    assertThat(f.handedOutIndexes()).hasSize(6);
  }

  @Test
  void anEntryLargerThanTheWindowIsHandedOutAlone() {
    ReplicationFixture f = group(3).log(1, 1, 1).bounds(bounds(MIB, 1)).start();
    f.append(1, 3, 1, 3);
    assertThat(f.handedOutIndexes()).containsExactly(1L);
    f.applied(1);
    assertThat(f.handedOutIndexes()).containsExactly(1L, 2L);
  }

  /** A restarted server applies its log from the beginning, from disk where memory is short. */
  @Test
  void entriesThatAreNotInMemoryAreReadBack() {
    ReplicationFixture f = group(3).log(1, 1, 1, 1).bounds(bounds(1, MIB)).start();
    f.append(1, 4, 1, 3);
    assertThat(f.handedOut).isEmpty();
    assertThat(f.loads).singleElement().isEqualTo(new LogEffect.LoadLog("", 1, MIB));
    f.append(1, 4, 1, 4);
    assertThat(f.loads).as("one wish at a time").hasSize(1);
    f.answerLoad();
    assertThat(f.handedOutIndexes()).containsExactly(1L, 2L, 3L, 4L);
    assertThat(f.handedOut.get(0)).isEqualTo(entry(1, 1));
  }

  /** The store may hold more than is committed by now: that may still be truncated. */
  @Test
  void whatIsReadBackBeyondTheCommitIndexIsNotHandedOut() {
    ReplicationFixture f = group(3).log(1, 1, 1, 1).bounds(bounds(1, MIB)).start();
    f.append(1, 4, 1, 2);
    f.answerLoad();
    assertThat(f.handedOutIndexes()).containsExactly(1L, 2L);
    f.append(1, 4, 1, 3);
    f.answerLoad();
    assertThat(f.handedOutIndexes()).containsExactly(1L, 2L, 3L);
  }

  @Test
  void whatIsReadBackButNotInTheLogAnyMoreIsNotHandedOut() {
    ReplicationFixture f = group(3).log(1, 1, 1, 1).bounds(bounds(1, MIB)).start();
    f.append(2, 2, 1, 2, entry(3, 2), entry(4, 2));
    f.loads.clear();
    f.append(2, 4, 2, 4);
    f.loaded("", 1, List.of(entry(1, 1), entry(2, 1), entry(3, 1), entry(4, 1)));
    assertThat(f.handedOut).containsExactly(entry(1, 1), entry(2, 1), entry(3, 2), entry(4, 2));
  }

  @Test
  void aReadBackForAnotherPlaceIsIgnored() {
    ReplicationFixture f = group(3).log(1, 1, 1).bounds(bounds(1, MIB)).start();
    f.append(1, 3, 1, 3);
    f.answerLoad();
    f.loaded("", 1, List.of(entry(1, 1), entry(2, 1)));
    assertThat(f.handedOutIndexes()).containsExactly(1L, 2L, 3L);
  }

  /** A leader hands out too, and gives up memory behind it, whatever its followers have. */
  @Test
  void aLeaderKeepsNoMoreInMemoryThanItMay() {
    ReplicationFixture f = group(3).bounds(bounds(1000, MIB)).start().leadSettled();
    for (int i = 0; i < 100; i++) {
      f.propose(100);
      f.persist();
      f.hasAll("s2");
      f.applied(f.replication.commitIndex());
    }
    assertThat(f.log.cached(101)).isTrue();
    assertThat(f.log.cached(91)).isFalse();
    f.heartbeat();
    f.rejection("s3", 101, 1, 1);
    f.success("s3", 1, 0);
    assertThat(f.loads.element()).isEqualTo(new LogEffect.LoadLog("s3", 2, MIB));
  }

  /** Whatever comes in whatever order: each index once, each in its place. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyCommittedEntryIsHandedOutOnceAndInOrder(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    ReplicationFixture f =
        group(3)
            .log(1, 1, 1, 1, 1, 1)
            .bounds(bounds(1 + random.nextInt(size(4)), 1 + random.nextInt(size(4))))
            .start();
    for (int round = 0; round < 400; round++) {
      switch (random.nextInt(5)) {
        case 0 -> {
          long last = f.log.lastIndex();
          f.append(1, last, 1, f.replication.commitIndex(), entry(last + 1, 1));
        }
        case 1 -> f.append(1, f.log.lastIndex(), 1, random.nextLong(f.log.lastIndex() + 1));
        case 2 -> f.persist();
        case 3 -> {
          if (!f.loads.isEmpty()) {
            f.answerLoad();
          }
        }
        default -> f.applied(f.handedOut.size());
      }
      assertThat(f.handedOut.size()).isLessThanOrEqualTo((int) f.replication.commitIndex());
    }
    while (f.handedOut.size() < f.replication.commitIndex()) {
      f.persist();
      if (!f.loads.isEmpty()) {
        f.answerLoad();
      }
      f.applied(f.handedOut.size());
    }
    assertThat(f.replication.commitIndex()).isGreaterThan(20);
    assertThat(f.handedOutIndexes())
        .containsExactlyElementsOf(
            LongStream.rangeClosed(1, f.replication.commitIndex()).boxed().toList());
    for (Entry handed : f.handedOut) {
      assertThat(handed).isEqualTo(entry(handed.getIndex(), 1));
    }
  }
}
