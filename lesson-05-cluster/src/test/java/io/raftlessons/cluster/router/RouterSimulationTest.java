package io.raftlessons.cluster.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.cluster.router.FaultyGroup.Faults;
import io.raftlessons.cluster.router.RouterException.Kind;
import io.raftlessons.replication.keyvalue.KeyValueCommands;
import io.raftlessons.replication.keyvalue.KeyValueMachine.Limits;
import io.raftlessons.replication.keyvalue.wire.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Adds to one counter, and reads it, through groups that go wrong by seed. */
class RouterSimulationTest {
  private static final long DEADLINE = Duration.ofSeconds(10).toNanos();
  private static final long MILLI = Duration.ofMillis(1).toNanos();

  /** One call and when it ended. */
  private static final class Sent {
    final boolean keyed;
    final CompletableFuture<Reply> answer;
    long endedAt = -1;

    Sent(boolean keyed, CompletableFuture<Reply> answer, VirtualLoop loop) {
      this.keyed = keyed;
      this.answer = answer;
      answer.whenComplete((reply, failure) -> endedAt = loop.now());
    }
  }

  /** A query and what is known of the counter at its start. */
  private record Read(long atLeast, CompletableFuture<Reply> answer) {}

  private record Result(
      long counter, long acknowledged, long unknown, long notDone, long reads, FaultyGroup group) {}

  @Test
  void everyAcknowledgedAddIsDoneOnceAndNoOtherMoreThanOnce() {
    long unknown = 0;
    long notDone = 0;
    long refused = 0;
    long lostAnswers = 0;
    long doubled = 0;
    long reads = 0;
    for (long seed : LongStream.range(0, 40).toArray()) {
      Result result = run(seed, Limits.defaults(), false);
      check(seed, result);
      unknown += result.unknown();
      notDone += result.notDone();
      refused += result.group().refused;
      lostAnswers += result.group().lostAnswers;
      doubled += result.group().doubled;
      reads += result.reads();
    }
    assertThat(List.of(unknown, notDone, refused, lostAnswers, doubled, reads))
        .as("every fault was reached, and reads were answered")
        .allMatch(count -> count > 0);
  }

  @Test
  void withSessionsEvictedInTheMiddleToo() {
    long unknown = 0;
    for (long seed : LongStream.range(0, 40).toArray()) {
      Result result = run(seed, Limits.defaults(), true);
      check(seed, result);
      unknown += result.unknown();
    }
    assertThat(unknown).isPositive();
  }

  @Test
  void theSameSeedIsTheSameRun() {
    Result first = run(7, Limits.defaults(), true);
    Result second = run(7, Limits.defaults(), true);
    assertThat(second.counter()).isEqualTo(first.counter());
    assertThat(second.group().attempts).isEqualTo(first.group().attempts);
    assertThat(second.group().loop.now()).isEqualTo(first.group().loop.now());
  }

  private static void check(long seed, Result result) {
    assertThat(result.counter())
        .as("seed %d: %s", seed, result)
        .isBetween(result.acknowledged(), result.acknowledged() + result.unknown());
    assertThat(result.acknowledged()).as("seed %d: calls get through", seed).isGreaterThan(50);
  }

  private static Result run(long seed, Limits limits, boolean evictions) {
    VirtualLoop loop = new VirtualLoop();
    FaultyGroup group = new FaultyGroup(loop, seed, limits);
    Router router = new Router(loop, group, RouterOptions.defaults());
    Random random = new Random(~seed);
    List<Sent> calls = new ArrayList<>();
    List<Read> reads = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      if (i % 50 == 0) {
        boolean outage = random.nextInt(6) == 0;
        boolean storm = random.nextInt(6) == 0;
        group.faults =
            outage
                ? new Faults(100, 0, 0, 0, 0, 0)
                : storm ? new Faults(0, 0, 0, 100, 0, 0) : Faults.MANY;
      }
      boolean keyed = random.nextInt(4) == 0;
      Optional<String> key = keyed ? Optional.of("key-" + i) : Optional.empty();
      long sentAt = loop.now();
      CompletableFuture<Reply> answer = router.call(KeyValueCommands.add("k", 1), key, DEADLINE);
      Sent sent = new Sent(keyed, answer, loop);
      calls.add(sent);
      loop.schedule(
          DEADLINE + MILLI,
          () ->
              assertThat(sent.endedAt)
                  .as("seed %d: ends by its deadline", seed)
                  .isBetween(sentAt, sentAt + DEADLINE));
      if (evictions && random.nextInt(30) == 0) {
        for (int session = 0; session < limits.maxSessions(); session++) {
          group.apply(KeyValueCommands.openSession());
        }
      }
      loop.advance(random.nextInt(400) * MILLI);
      long atLeast = largest(calls, reads);
      reads.add(
          new Read(atLeast, router.call(KeyValueCommands.get("k"), Optional.empty(), DEADLINE)));
    }
    loop.advance(3 * DEADLINE);
    assertThat(loop.pending()).as("seed %d: nothing is left behind", seed).isZero();
    long answeredReads = 0;
    for (Read read : reads) {
      long seen = number(read.answer());
      if (seen >= 0) {
        answeredReads++;
        assertThat(seen)
            .as("seed %d: what is read is not old", seed)
            .isGreaterThanOrEqualTo(read.atLeast());
      }
    }
    long acknowledged = 0;
    long unknown = 0;
    long notDone = 0;
    for (Sent call : calls) {
      assertThat(call.answer).isDone();
      try {
        assertThat(call.answer.join().getStatus()).isEqualTo(Reply.Status.OK);
        acknowledged++;
      } catch (CompletionException e) {
        if (!(e.getCause() instanceof RouterException failure)) {
          throw new AssertionError("another failure", e);
        }
        assertThat(call.keyed && failure.kind() == Kind.UNKNOWN)
            .as("a call with a key is never given up for its session")
            .isFalse();
        if (failure.changedNothing()) {
          notDone++;
        } else {
          unknown++;
        }
      }
    }
    group.faults = Faults.NONE;
    CompletableFuture<Reply> counter =
        router.call(KeyValueCommands.get("k"), Optional.empty(), DEADLINE);
    loop.advance(DEADLINE);
    return new Result(
        Long.parseLong(counter.join().getText()),
        acknowledged,
        unknown,
        notDone,
        answeredReads,
        group);
  }

  /** The largest number that any call was told so far. */
  private static long largest(List<Sent> calls, List<Read> reads) {
    long largest = 0;
    for (Sent call : calls) {
      largest = Math.max(largest, number(call.answer));
    }
    for (Read read : reads) {
      largest = Math.max(largest, number(read.answer()));
    }
    return largest;
  }

  /** The counter as the call was told; -1 if it was told nothing. */
  private static long number(CompletableFuture<Reply> answer) {
    if (!answer.isDone() || answer.isCompletedExceptionally()) {
      return -1;
    }
    Reply reply = answer.join();
    return reply.getStatus() == Reply.Status.NOT_FOUND ? 0 : Long.parseLong(reply.getText());
  }
}
