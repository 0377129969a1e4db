package io.raftlessons.replication;

import static io.raftlessons.replication.Progress.State.PROBE;
import static io.raftlessons.replication.Progress.State.REPLICATE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** nextIndex and matchIndex (Figure 2) under answers that come late, twice or in disorder (B12). */
class ProgressTest {
  private final Progress progress = new Progress(11);

  private static ReplicationConfig window(int messages, int bytes) {
    return new ReplicationConfig(1000, messages, bytes, 1000, 1000, 1000, 1000);
  }

  private void replicateFrom(long matchIndex) {
    progress.acknowledged(matchIndex);
    assertThat(progress.state()).isEqualTo(REPLICATE);
  }

  private void is(Progress.State state, long nextIndex, long matchIndex) {
    assertThat(progress.state()).isEqualTo(state);
    assertThat(progress.nextIndex()).isEqualTo(nextIndex);
    assertThat(progress.matchIndex()).isEqualTo(matchIndex);
  }

  @Test
  void itBeginsByProbingAtNextIndexWithNothingMatched() {
    is(PROBE, 11, 0);
    assertThat(progress.probeSent()).isFalse();
  }

  @Test
  void aProbeThatSucceedsOpensThePipeline() {
    progress.sentProbe();
    progress.acknowledged(10);
    is(REPLICATE, 11, 10);
    assertThat(progress.probeSent()).isFalse();
  }

  @Test
  void anAnswerForLessThanTheProbeDoesNotEndProbing() {
    progress.sentProbe();
    progress.acknowledged(7);
    is(PROBE, 11, 7);
    assertThat(progress.probeSent()).isTrue();
  }

  @Test
  void lateAndDoubledSuccessesMoveNothingBack() {
    replicateFrom(10);
    progress.sent(15, 50);
    progress.acknowledged(15);
    progress.acknowledged(12);
    progress.acknowledged(15);
    progress.acknowledged(0);
    progress.acknowledged(-3);
    is(REPLICATE, 16, 15);
  }

  /** R06: the rejection of a heartbeat that was overtaken by the success of what it missed. */
  @Test
  void aRejectionOfWhatIsKnownToMatchDoesNotCount() {
    replicateFrom(10);
    assertThat(progress.rejected(10, 3)).isFalse();
    assertThat(progress.rejected(4, 3)).isFalse();
    is(REPLICATE, 11, 10);
  }

  @Test
  void aRejectionOfWhatWasNeverSentDoesNotCount() {
    replicateFrom(10);
    progress.sent(15, 50);
    assertThat(progress.rejected(16, 3)).isFalse();
    is(REPLICATE, 16, 10);
  }

  /** R19: in probe state only the answer to the one probe that is open counts. */
  @Test
  void whileProbingOnlyTheAnswerToTheOpenProbeCounts() {
    assertThat(progress.rejected(9, 5)).isFalse();
    assertThat(progress.rejected(11, 5)).isFalse();
    is(PROBE, 11, 0);
    assertThat(progress.rejected(10, 5)).isTrue();
    is(PROBE, 6, 0);
    assertThat(progress.rejected(10, 2)).as("the same once more").isFalse();
    is(PROBE, 6, 0);
  }

  @Test
  void theHintMayLeadBackButNeverForward() {
    assertThat(progress.rejected(10, 10)).isTrue();
    is(PROBE, 10, 0);
    assertThat(progress.rejected(9, Long.MAX_VALUE)).isTrue();
    is(PROBE, 9, 0);
  }

  /** R06: never below 1, never into what matches. */
  @Test
  void theHintNeverLeadsBelowWhatMatches() {
    progress.acknowledged(4);
    assertThat(progress.rejected(10, 0)).isTrue();
    is(PROBE, 5, 4);
  }

  @Test
  void nextIndexNeverFallsBelowOne() {
    assertThat(progress.rejected(10, -7)).isTrue();
    is(PROBE, 1, 0);
    assertThat(progress.rejected(0, -7)).isFalse();
    is(PROBE, 1, 0);
  }

  @Test
  void aLostMessageSendsThePipelineBackToProbing() {
    replicateFrom(10);
    progress.sent(15, 50);
    progress.sent(20, 50);
    assertThat(progress.rejected(15, 12)).isTrue();
    is(PROBE, 13, 10);
    assertThat(progress.mayPipeline(window(1, 1))).as("nothing is open any more").isTrue();
    assertThat(progress.rejected(20, 12)).as("the next message's rejection").isFalse();
    is(PROBE, 13, 10);
  }

  @Test
  void theWindowIsBoundedByMessages() {
    replicateFrom(10);
    ReplicationConfig bounds = window(2, 1_000_000);
    progress.sent(11, 1);
    assertThat(progress.mayPipeline(bounds)).isTrue();
    progress.sent(12, 1);
    assertThat(progress.mayPipeline(bounds)).isFalse();
    progress.acknowledged(11);
    assertThat(progress.mayPipeline(bounds)).isTrue();
  }

  @Test
  void theWindowIsBoundedByBytes() {
    replicateFrom(10);
    ReplicationConfig bounds = window(100, 100);
    progress.sent(11, 60);
    assertThat(progress.mayPipeline(bounds)).isTrue();
    progress.sent(12, 40);
    assertThat(progress.mayPipeline(bounds)).isFalse();
    progress.acknowledged(11);
    assertThat(progress.mayPipeline(bounds)).isTrue();
    progress.sent(13, 60);
    assertThat(progress.mayPipeline(bounds)).as("40 + 60").isFalse();
  }

  @Test
  void oneAnswerCanOpenTheWholeWindow() {
    replicateFrom(10);
    progress.sent(11, 50);
    progress.sent(12, 50);
    progress.sent(13, 50);
    progress.acknowledged(13);
    assertThat(progress.mayPipeline(window(1, 1))).isTrue();
  }

  @Test
  void halfOfAMessageOpensNothing() {
    replicateFrom(10);
    progress.sent(20, 50);
    progress.acknowledged(15);
    is(REPLICATE, 21, 15);
    assertThat(progress.mayPipeline(window(1, 1000))).isFalse();
  }

  /** Whatever comes in whatever order: matchIndex only grows, nextIndex stays above it. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void matchIndexOnlyGrowsAndNextIndexStaysAboveIt(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 2000; i++) {
      long matched = progress.matchIndex();
      long next = progress.nextIndex();
      boolean counted = false;
      switch (random.nextInt(3)) {
        case 0 -> progress.acknowledged(random.nextLong(-2, next));
        case 1 -> counted = progress.rejected(random.nextLong(-2, next + 3), random.nextLong(40));
        default -> {
          if (progress.state() == REPLICATE) {
            progress.sent(next + random.nextInt(3), 10);
          }
        }
      }
      assertThat(progress.matchIndex()).isGreaterThanOrEqualTo(matched);
      assertThat(progress.nextIndex()).isGreaterThan(progress.matchIndex());
      if (counted) {
        assertThat(progress.nextIndex()).as("a rejection that counts leads back").isLessThan(next);
        assertThat(progress.state()).isEqualTo(PROBE);
      } else {
        assertThat(progress.nextIndex()).isGreaterThanOrEqualTo(next);
      }
    }
  }
}
