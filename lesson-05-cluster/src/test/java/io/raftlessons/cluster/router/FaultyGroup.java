package io.raftlessons.cluster.router;

import io.raftlessons.cluster.Group;
import io.raftlessons.cluster.GroupException;
import io.raftlessons.cluster.GroupException.Outcome;
import io.raftlessons.replication.StateMachine;
import io.raftlessons.replication.keyvalue.KeyValueMachine;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * A log of one machine in virtual time. By seed it loses commands, queries and answers, delays
 * them, carries them out twice, refuses them, and answers nothing at all.
 */
final class FaultyGroup implements Group {
  /** What may go wrong, in percent of the attempts. */
  record Faults(int lost, int answerLost, int twice, int notAppended, int busy, int throwing) {
    static final Faults NONE = new Faults(0, 0, 0, 0, 0, 0);
    static final Faults MANY = new Faults(10, 15, 15, 15, 5, 2);
  }

  final KeyValueMachine machine;
  final VirtualLoop loop;
  private final Random random;
  Faults faults = Faults.NONE;

  /** The longest time from attempt to entry, and again from entry to answer. */
  long longestDelayNanos = Duration.ofMillis(5).toNanos();

  int appended;
  int attempts;
  int reads;
  int lostAnswers;
  int doubled;
  int refused;
  private long index;

  FaultyGroup(VirtualLoop loop, long seed, KeyValueMachine.Limits limits) {
    this.loop = loop;
    this.random = new Random(seed);
    this.machine = new KeyValueMachine(limits);
  }

  @Override
  public CompletableFuture<byte[]> append(byte[] command, long timeoutNanos) {
    return attempt(() -> apply(command));
  }

  @Override
  public CompletableFuture<byte[]> read(byte[] query, long timeoutNanos) {
    reads++;
    return attempt(() -> machine.query(query));
  }

  private CompletableFuture<byte[]> attempt(Supplier<byte[]> carryOut) {
    attempts++;
    int dice = random.nextInt(100);
    if (dice < faults.throwing()) {
      throw new IllegalStateException("a fault");
    }
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    if (hits(faults.notAppended())) {
      refuse(answer, Outcome.NOT_APPENDED);
      return answer;
    }
    if (hits(faults.busy())) {
      refuse(answer, Outcome.BUSY);
      return answer;
    }
    if (hits(faults.lost())) {
      // Half of what is lost is lost without a word: the group need not keep its own time.
      if (random.nextBoolean()) {
        refuse(answer, Outcome.UNKNOWN);
      }
      return answer;
    }
    deliver(carryOut, answer);
    if (hits(faults.twice())) {
      doubled++;
      deliver(carryOut, new CompletableFuture<>());
      if (random.nextInt(4) == 0) {
        // of the two copies one was refused, and that answer may come first
        refuse(answer, Outcome.REFUSED);
      }
    }
    return answer;
  }

  /** One entry, now. */
  byte[] apply(byte[] command) {
    appended++;
    long millis = Duration.ofNanos(loop.now()).toMillis();
    return machine.apply(List.of(new StateMachine.Command(++index, millis, command))).get(0);
  }

  private void deliver(Supplier<byte[]> carryOut, CompletableFuture<byte[]> answer) {
    loop.schedule(
        delay(),
        () -> {
          byte[] result = carryOut.get();
          if (hits(faults.answerLost())) {
            lostAnswers++;
            if (random.nextBoolean()) {
              refuse(answer, Outcome.UNKNOWN);
            }
          } else {
            loop.schedule(delay(), () -> answer.complete(result));
          }
        });
  }

  private void refuse(CompletableFuture<byte[]> answer, Outcome outcome) {
    refused++;
    loop.schedule(
        delay(), () -> answer.completeExceptionally(new GroupException(outcome, "a fault")));
  }

  private boolean hits(int percent) {
    return random.nextInt(100) < percent;
  }

  private long delay() {
    // Mostly short; now and then longer than an attempt, so that answers come late.
    long longest = random.nextInt(20) == 0 ? 1_000 * longestDelayNanos : longestDelayNanos;
    return faults.equals(Faults.NONE) ? longestDelayNanos : (long) (random.nextDouble() * longest);
  }
}
