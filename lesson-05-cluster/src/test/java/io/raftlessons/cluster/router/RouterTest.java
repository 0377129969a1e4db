package io.raftlessons.cluster.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftlessons.cluster.Group;
import io.raftlessons.cluster.GroupException;
import io.raftlessons.cluster.GroupException.Outcome;
import io.raftlessons.cluster.router.RouterException.Kind;
import io.raftlessons.replication.keyvalue.KeyValueCommands;
import io.raftlessons.replication.keyvalue.KeyValueMachine.Limits;
import io.raftlessons.replication.keyvalue.wire.KeyValueCommand;
import io.raftlessons.replication.keyvalue.wire.Reply;
import io.raftlessons.replication.keyvalue.wire.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class RouterTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final long MILLI = Duration.ofMillis(1).toNanos();
  private static final long DEADLINE = 10 * SECOND;

  private final VirtualLoop loop = new VirtualLoop();
  private final FaultyGroup group = new FaultyGroup(loop, 1, Limits.defaults());
  private final List<KeyValueCommand> seen = new ArrayList<>();
  private final List<byte[]> queries = new ArrayList<>();

  @Test
  void carriesOutCallsInOneSession() {
    Router router = router(group);
    CompletableFuture<Reply> first = add(router, 2);
    CompletableFuture<Reply> second = add(router, 3);
    loop.advance(SECOND);
    assertThat(first.join().getNumber()).isEqualTo(2);
    assertThat(second.join().getNumber()).isEqualTo(5);
    assertThat(seen).filteredOn(KeyValueCommand::hasOpenSession).hasSize(1);
    assertThat(requests()).extracting(Request::getSeq).containsExactly(1L, 2L);
  }

  @Test
  void aCallThatOnlyReadsIsAQueryAndNeedsNoSession() throws Exception {
    Router router = router(group);
    CompletableFuture<Reply> get = call(router, KeyValueCommands.get("k"), Optional.empty());
    CompletableFuture<Reply> greet = call(router, KeyValueCommands.greet("x"), Optional.empty());
    loop.advance(SECOND);
    assertThat(get.join().getStatus()).isEqualTo(Reply.Status.NOT_FOUND);
    assertThat(greet.join().getText()).isEqualTo("\"Hello x!\"");
    assertThat(seen).isEmpty();
    assertThat(queries).hasSize(2);
    assertThat(Request.parseFrom(queries.get(0))).isEqualTo(KeyValueCommands.get("k"));
  }

  /** Its key promises the first answer again, from wherever it is asked. */
  @Test
  void aCallThatOnlyReadsButHasAnIdempotencyKeyIsAppended() {
    Router router = router(group);
    CompletableFuture<Reply> first = call(router, KeyValueCommands.get("k"), Optional.of("key"));
    loop.advance(SECOND);
    add(router, 1);
    loop.advance(SECOND);
    CompletableFuture<Reply> again = call(router, KeyValueCommands.get("k"), Optional.of("key"));
    loop.advance(SECOND);
    assertThat(first.join().getStatus()).isEqualTo(Reply.Status.NOT_FOUND);
    assertThat(again.join().getStatus()).isEqualTo(Reply.Status.NOT_FOUND);
    assertThat(queries).isEmpty();
  }

  @Test
  void aQueryIsRepeatedUntilThereIsAnAnswer() {
    Script script =
        new Script(Fate.NOT_APPENDED, Fate.UNKNOWN, Fate.BUSY, Fate.SILENCE, Fate.UNKNOWN);
    Router router = router(script);
    CompletableFuture<Reply> call = call(router, KeyValueCommands.get("k"), Optional.empty());
    loop.advance(5 * SECOND);
    assertThat(call).isCompleted();
    assertThat(queries).hasSize(6);
    assertThat(loop.pending()).as("no timer is left behind").isZero();
  }

  @Test
  void aQueryEndsAtItsDeadlineAndHasChangedNothing() {
    Router router = router(new Script(Fate.UNKNOWN).again());
    CompletableFuture<Reply> call = call(router, KeyValueCommands.get("k"), Optional.empty());
    loop.advance(DEADLINE);
    assertThat(failure(call).kind()).isEqualTo(Kind.TIMEOUT);
    assertThat(failure(call).changedNothing()).isTrue();
  }

  @Test
  void queriesUnderWayCountAsCalls() {
    Router router =
        new Router(
            loop, new Script(Fate.SILENCE).again(), RouterOptions.defaults().withMaxConcurrent(1));
    CompletableFuture<Reply> first = call(router, KeyValueCommands.get("k"), Optional.empty());
    CompletableFuture<Reply> second = call(router, KeyValueCommands.get("k"), Optional.empty());
    loop.advance(SECOND);
    assertThat(failure(second).kind()).isEqualTo(Kind.TOO_MANY);
    router.close();
    loop.advance(0);
    assertThat(failure(first).kind()).isEqualTo(Kind.CLOSED);
    assertThat(failure(first).changedNothing()).isTrue();
  }

  @Test
  void nothingIsDoneBeforeTheFirstCall() {
    router(group);
    loop.advance(DEADLINE);
    assertThat(group.attempts).isZero();
    assertThat(loop.pending()).isZero();
  }

  @Test
  void acknowledgesWhatIsAnswered() {
    Router router = router(group);
    for (int i = 0; i < 3; i++) {
      CompletableFuture<Reply> call = add(router, 1);
      loop.advance(SECOND);
      assertThat(call).isCompleted();
    }
    assertThat(requests()).extracting(Request::getFirstUnacknowledged).containsExactly(1L, 2L, 3L);
  }

  @Test
  void repeatsTheSameBytesUntilThereIsAnAnswer() {
    Script script = new Script(Fate.NOT_APPENDED, Fate.UNKNOWN, Fate.BUSY, Fate.SILENCE);
    Router router = router(script);
    CompletableFuture<Reply> call = add(router, 7);
    loop.advance(5 * SECOND);
    assertThat(call.join().getNumber()).isEqualTo(7);
    assertThat(requests()).hasSize(5);
    assertThat(requests().stream().distinct()).hasSize(1);
  }

  @Test
  void usesAnAnswerThatComesAfterTheNextAttempt() {
    group.longestDelayNanos = 1500 * MILLI;
    Router router = router(group);
    CompletableFuture<Reply> call = add(router, 7);
    loop.advance(DEADLINE);
    assertThat(call.join().getNumber()).isEqualTo(7);
    assertThat(requests()).hasSizeGreaterThan(1);
    assertThat(get(router).getText()).isEqualTo("7");
  }

  @Test
  void endsAtItsDeadlineWhenNobodyAnswers() {
    Router router = router((command, timeout) -> new CompletableFuture<>());
    CompletableFuture<Reply> call = add(router, 1);
    loop.advance(DEADLINE - 1);
    assertThat(call).isNotDone();
    loop.advance(1);
    RouterException failure = failure(call);
    assertThat(failure.kind()).isEqualTo(Kind.TIMEOUT);
    assertThat(failure.changedNothing()).as("there was no session yet").isTrue();
    loop.advance(DEADLINE);
    assertThat(loop.pending()).as("no timer is left behind").isZero();
  }

  @Test
  void aTimeoutSaysWhetherSomethingMayHaveHappened() {
    Router silent = router(new Script(Fate.SILENCE).again());
    CompletableFuture<Reply> lost = add(silent, 1);
    CompletableFuture<Reply> read = call(silent, KeyValueCommands.get("k"), Optional.empty());
    Router refusing = router(new Script(Fate.NOT_APPENDED, Fate.BUSY).again());
    CompletableFuture<Reply> refused = add(refusing, 1);
    loop.advance(DEADLINE);
    assertThat(failure(lost).changedNothing()).isFalse();
    assertThat(failure(lost)).hasMessageContaining("unknown");
    assertThat(failure(read).changedNothing()).isTrue();
    assertThat(failure(refused).changedNothing()).isTrue();
    assertThat(failure(refused)).hasMessageContaining("not done");
  }

  /** The one who refuses may have got a copy, and another copy may have been carried out. */
  @Test
  void aRefusalFromElsewhereLeavesTheOutcomeOpen() {
    Router refusing = router(new Script(Fate.REFUSED).again());
    CompletableFuture<Reply> refused = add(refusing, 1);
    loop.advance(DEADLINE);
    assertThat(failure(refused).changedNothing()).isFalse();
    assertThat(failure(refused)).hasMessageContaining("unknown");
  }

  @Test
  void pausesGrowAndAreCapped() {
    List<Long> times = new ArrayList<>();
    Script refusing = new Script(Fate.UNKNOWN).again();
    Router router =
        router(
            (command, timeout) -> {
              times.add(loop.now());
              return refusing.append(command, timeout);
            });
    add(router, 1);
    loop.advance(DEADLINE);
    List<Long> pauses = new ArrayList<>();
    for (int i = 2; i < times.size(); i++) {
      pauses.add((times.get(i) - times.get(i - 1)) / MILLI);
    }
    assertThat(pauses).startsWith(10L, 20L, 40L, 80L, 160L, 200L, 200L).hasSizeBetween(45, 60);
  }

  @Test
  void refusesMoreCallsThanItMayHold() {
    Router router =
        new Router(
            loop, new Script(Fate.SILENCE).again(), RouterOptions.defaults().withMaxConcurrent(3));
    List<CompletableFuture<Reply>> calls = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      calls.add(add(router, 1));
    }
    loop.advance(SECOND);
    assertThat(calls.subList(0, 3)).noneMatch(CompletableFuture::isDone);
    RouterException failure = failure(calls.get(3));
    assertThat(failure.kind()).isEqualTo(Kind.TOO_MANY);
    assertThat(failure.changedNothing()).isTrue();
    loop.advance(DEADLINE);
    CompletableFuture<Reply> later = add(router, 1);
    loop.advance(SECOND);
    assertThat(later).as("there is room again").isNotDone();
  }

  @Test
  void refusesMoreBytesThanItMayHold() {
    Router router = router(new Script(Fate.SILENCE).again());
    String large = "\"" + "x".repeat(20 << 20) + "\"";
    CompletableFuture<Reply> alone =
        call(router, KeyValueCommands.put("k", large), Optional.empty());
    CompletableFuture<Reply> second =
        call(router, KeyValueCommands.put("k", large), Optional.empty());
    CompletableFuture<Reply> small = add(router, 1);
    loop.advance(SECOND);
    assertThat(failure(second).kind()).isEqualTo(Kind.TOO_MANY);
    assertThat(alone).isNotDone();
    assertThat(small).isNotDone();
  }

  @Test
  void seqNeverRunsFurtherAheadThanTheWindow() {
    TreeMap<Long, Integer> dropped = new TreeMap<>();
    Appends dropsTheFirst =
        (command, timeout) -> {
          Request request = request(command);
          if (request.getSeq() == 1 && dropped.merge(1L, 1, Integer::sum) < 4) {
            return new CompletableFuture<>();
          }
          return group.append(command, timeout);
        };
    Router router = router(dropsTheFirst);
    List<CompletableFuture<Reply>> calls = new ArrayList<>();
    for (int burst = 0; burst < 6; burst++) {
      for (int i = 0; i < 400; i++) {
        calls.add(add(router, 1));
      }
      loop.advance(SECOND / 2);
    }
    loop.advance(DEADLINE);
    long done = calls.stream().filter(call -> !call.isCompletedExceptionally()).count();
    assertThat(requests()).allMatch(r -> r.getSeq() - r.getFirstUnacknowledged() < 1_000);
    assertThat(requests()).extracting(Request::getSeq).contains(1_000L).contains(1_100L);
    assertThat(get(router).getText()).isEqualTo(Long.toString(done));
  }

  @Test
  void opensANewSessionForCallsThatWereNeverAppended() {
    Router router = router(group);
    add(router, 1);
    loop.advance(SECOND);
    long old = requests().get(0).getSession();
    evictAllSessions();
    CompletableFuture<Reply> read = call(router, KeyValueCommands.get("k"), Optional.empty());
    CompletableFuture<Reply> keyed =
        call(router, KeyValueCommands.add("k", 5), Optional.of("a-key"));
    CompletableFuture<Reply> plain = add(router, 1);
    loop.advance(SECOND);
    CompletableFuture<Reply> later = add(router, 1);
    loop.advance(SECOND);
    assertThat(read.join().getText()).isIn("1", "6");
    assertThat(keyed.join().getNumber()).isEqualTo(6);
    assertThat(failure(plain).kind()).isEqualTo(Kind.UNKNOWN);
    assertThat(failure(plain).changedNothing()).isFalse();
    assertThat(later.join().getNumber()).isEqualTo(7);
    assertThat(requests()).last().satisfies(r -> assertThat(r.getSession()).isGreaterThan(old));
  }

  @Test
  void anIdempotentCallIsNotRepeatedByItsNewSession() {
    Router router =
        router(
            (command, timeout) -> {
              if (request(command).hasAdd() && group.appended < 3) {
                group.apply(command);
                evictAllSessions();
                return new CompletableFuture<>();
              }
              return group.append(command, timeout);
            });
    CompletableFuture<Reply> keyed =
        call(router, KeyValueCommands.add("k", 5), Optional.of("a-key"));
    loop.advance(DEADLINE);
    assertThat(keyed.join().getNumber()).isEqualTo(5);
    assertThat(get(router).getText()).isEqualTo("5");
  }

  @Test
  void givesUpAnIdleSessionBeforeItExpires() {
    Router router = router(group);
    add(router, 1);
    loop.advance(Duration.ofMinutes(61).toNanos());
    CompletableFuture<Reply> afterTheBreak = add(router, 1);
    loop.advance(SECOND);
    assertThat(afterTheBreak.join().getNumber()).isEqualTo(2);
  }

  @Test
  void closingEndsAllCalls() {
    Router router = router(new Script(Fate.SILENCE).again());
    CompletableFuture<Reply> underWay = add(router, 1);
    loop.advance(SECOND);
    router.close();
    CompletableFuture<Reply> late = add(router, 1);
    loop.advance(0);
    assertThat(failure(underWay).kind()).isEqualTo(Kind.CLOSED);
    assertThat(failure(underWay).changedNothing()).isFalse();
    assertThat(failure(late).kind()).isEqualTo(Kind.CLOSED);
    assertThat(failure(late).changedNothing()).isTrue();
    assertThat(loop.pending()).isZero();
  }

  @Test
  void anAnswerThatCannotBeReadEndsTheCall() {
    Router router =
        router(
            (command, timeout) ->
                request(command).hasAdd()
                    ? CompletableFuture.completedFuture(new byte[] {(byte) 0xff})
                    : group.append(command, timeout));
    CompletableFuture<Reply> call = add(router, 1);
    loop.advance(SECOND);
    assertThat(failure(call).kind()).isEqualTo(Kind.UNKNOWN);
  }

  @Test
  void optionsMustBePositive() {
    assertThatThrownBy(() -> RouterOptions.defaults().withMaxConcurrent(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maxConcurrent");
  }

  /** What becomes of an attempt. */
  private enum Fate {
    NOT_APPENDED,
    REFUSED,
    BUSY,
    UNKNOWN,
    SILENCE
  }

  /** Opens sessions, and treats each request by the next line of a list, then carries out all. */
  private final class Script implements Group {
    private final List<Fate> fates;
    private boolean again;
    private int next;

    Script(Fate... fates) {
      this.fates = List.of(fates);
    }

    /** From the list's end back to its start. */
    Script again() {
      again = true;
      return this;
    }

    @Override
    public CompletableFuture<byte[]> append(byte[] command, long timeoutNanos) {
      return request(command).getSession() == 0
          ? group.append(command, timeoutNanos)
          : next(() -> group.append(command, timeoutNanos));
    }

    @Override
    public CompletableFuture<byte[]> read(byte[] query, long timeoutNanos) {
      return next(() -> group.read(query, timeoutNanos));
    }

    private CompletableFuture<byte[]> next(Supplier<CompletableFuture<byte[]>> carryOut) {
      if (next == fates.size() && again) {
        next = 0;
      }
      if (next == fates.size()) {
        return carryOut.get();
      }
      Fate fate = fates.get(next++);
      return fate == Fate.SILENCE
          ? new CompletableFuture<>()
          : CompletableFuture.failedFuture(
              new GroupException(Outcome.valueOf(fate.name()), "scripted"));
    }
  }

  private void evictAllSessions() {
    for (int i = 0; i < Limits.defaults().maxSessions(); i++) {
      group.apply(KeyValueCommands.openSession());
    }
  }

  /** What becomes of commands; queries are left to the group. */
  private interface Appends {
    CompletableFuture<byte[]> append(byte[] command, long timeoutNanos);
  }

  private Router router(Group behind) {
    return router(behind::append, behind);
  }

  private Router router(Appends appends) {
    return router(appends, group);
  }

  private Router router(Appends appends, Group reads) {
    Group recorded =
        new Group() {
          @Override
          public CompletableFuture<byte[]> append(byte[] command, long timeoutNanos) {
            seen.add(command(command));
            return appends.append(command, timeoutNanos);
          }

          @Override
          public CompletableFuture<byte[]> read(byte[] query, long timeoutNanos) {
            queries.add(query);
            return reads.read(query, timeoutNanos);
          }
        };
    return new Router(loop, recorded, RouterOptions.defaults());
  }

  private List<Request> requests() {
    return seen.stream()
        .filter(KeyValueCommand::hasRequest)
        .map(KeyValueCommand::getRequest)
        .toList();
  }

  private Reply get(Router router) {
    CompletableFuture<Reply> answer = call(router, KeyValueCommands.get("k"), Optional.empty());
    loop.advance(DEADLINE);
    return answer.join();
  }

  private static CompletableFuture<Reply> add(Router router, long delta) {
    return call(router, KeyValueCommands.add("k", delta), Optional.empty());
  }

  private static CompletableFuture<Reply> call(
      Router router, Request operation, Optional<String> key) {
    return router.call(operation, key, DEADLINE);
  }

  private static RouterException failure(CompletableFuture<Reply> call) {
    assertThat(call).isCompletedExceptionally();
    try {
      throw new AssertionError("an answer: " + call.join());
    } catch (CompletionException e) {
      if (e.getCause() instanceof RouterException failure) {
        return failure;
      }
      throw new AssertionError("another failure", e);
    }
  }

  private static Request request(byte[] command) {
    return command(command).getRequest();
  }

  private static KeyValueCommand command(byte[] bytes) {
    try {
      return KeyValueCommand.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }
}
