package io.raftlessons.replication;

import static io.raftlessons.replication.NodeFixture.outcome;
import static io.raftlessons.replication.ReplicationFixture.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Who waits for what (R10 of the zoo: nobody hears before the commit, or of another's entry). */
class PendingFuturesTest {
  private static final byte[] RESULT = {7};

  private final ManualLoop callbacks = new ManualLoop();
  private final PendingFutures pending = new PendingFutures(callbacks::execute);

  private CompletableFuture<Applied> add(long index, long term) {
    CompletableFuture<Applied> future = new CompletableFuture<>();
    pending.add(index, term, future);
    return future;
  }

  private void applied(long index, long term) {
    pending.applied(List.of(entry(index, term)), List.of(RESULT));
    callbacks.runAll();
  }

  private void failAbove(long index) {
    pending.failAbove(index, () -> new RaftException.LeadershipLost("lost"));
    callbacks.runAll();
  }

  @Test
  void aCallerHearsWhenItsEntryIsApplied() {
    CompletableFuture<Applied> first = add(3, 1);
    CompletableFuture<Applied> second = add(5, 1);
    applied(3, 1);
    assertThat(first).isCompletedWithValue(new Applied(3, RESULT));
    applied(4, 1);
    assertThat(second).isNotDone();
    applied(5, 1);
    assertThat(second).isCompletedWithValue(new Applied(5, RESULT));
  }

  @Test
  void anotherTermsEntryInItsPlaceMeansThatItWasLost() {
    CompletableFuture<Applied> future = add(3, 1);
    applied(3, 2);
    assertThat(outcome(future)).startsWith("LeadershipLost: ");
  }

  @Test
  void anEntryFurtherOnMeansThatItWasLost() {
    CompletableFuture<Applied> future = add(3, 1);
    applied(4, 2);
    assertThat(outcome(future)).startsWith("LeadershipLost: ");
  }

  @Test
  void onlyThoseAboveTheCommitIndexFail() {
    CompletableFuture<Applied> committed = add(3, 1);
    CompletableFuture<Applied> open = add(4, 1);
    failAbove(3);
    assertThat(committed).isNotDone();
    assertThat(outcome(open)).startsWith("LeadershipLost: ");
    applied(3, 1);
    assertThat(committed).isCompleted();
  }

  @Test
  void anIndexMayBeWaitedForAgainAfterItWasLost() {
    add(3, 1);
    failAbove(2);
    CompletableFuture<Applied> second = add(3, 2);
    applied(3, 2);
    assertThat(second).isCompleted();
  }

  @Test
  void futuresCompleteOnTheCallbacksExecutor() {
    CompletableFuture<Applied> done = add(1, 1);
    CompletableFuture<Applied> failed = add(2, 1);
    pending.applied(List.of(entry(1, 1)), List.of(RESULT));
    pending.failAbove(0, () -> new RaftException.LeadershipLost("lost"));
    assertThat(done).isNotDone();
    assertThat(failed).isNotDone();
    callbacks.runAll();
    assertThat(done).isCompleted();
    assertThat(failed).isCompletedExceptionally();
  }
}
