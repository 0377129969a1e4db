package io.raftlessons.replication;

import static io.raftlessons.replication.ReplicationFixture.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.wire.Entry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class ApplierTest {
  private final ManualLoop loop = new ManualLoop();
  private final List<List<StateMachine.Command>> batches = new ArrayList<>();
  private final List<Applier.Batch> done = new ArrayList<>();
  private final List<Throwable> failures = new ArrayList<>();
  private final List<String> reads = new ArrayList<>();
  private Function<List<StateMachine.Command>, List<byte[]>> answers =
      batch -> batch.stream().map(StateMachine.Command::data).toList();
  private boolean snapshots;
  private final Applier applier = new Applier(loop, new EchoMachine(), done::add, failures::add);

  private final class EchoMachine extends TestMachine {
    @Override
    public List<byte[]> apply(List<Command> batch) {
      batches.add(batch);
      return answers.apply(batch);
    }

    @Override
    public Snapshot snapshot() {
      return snapshots ? out -> {} : super.snapshot();
    }
  }

  private static Entry noop(long index) {
    return entry(index, 1).toBuilder().setType(Entry.Type.NOOP).build();
  }

  @Test
  void theMachineIsAskedOnTheApplyLoopOnly() {
    applier.apply(List.of(entry(1, 1)));
    assertThat(batches).isEmpty();
    loop.runAll();
    assertThat(batches).hasSize(1);
    assertThat(done).hasSize(1);
  }

  @Test
  void aCommandHasItsIndexItsTimeAndItsData() {
    applier.apply(List.of(entry(7, 1).toBuilder().setTime(55).build()));
    loop.runAll();
    StateMachine.Command command = batches.get(0).get(0);
    assertThat(command.index()).isEqualTo(7);
    assertThat(command.timeMillis()).isEqualTo(55);
    assertThat(new String(command.data(), StandardCharsets.UTF_8)).isEqualTo("7:1");
  }

  @Test
  void onlyCommandsReachTheMachineButAllEntriesHaveAResult() {
    applier.apply(List.of(noop(1), entry(2, 1), noop(3), entry(4, 1)));
    loop.runAll();
    assertThat(batches.get(0).stream().map(StateMachine.Command::index)).containsExactly(2L, 4L);
    assertThat(done.get(0).results().stream().map(r -> new String(r, StandardCharsets.UTF_8)))
        .containsExactly("", "2:1", "", "4:1");
  }

  @Test
  void withoutACommandTheMachineIsNotAsked() {
    applier.apply(List.of(noop(1)));
    loop.runAll();
    assertThat(batches).isEmpty();
    assertThat(done).hasSize(1);
  }

  @Test
  void tooFewResultsAreAFailure() {
    answers = batch -> List.of();
    applier.apply(List.of(entry(1, 1)));
    loop.runAll();
    assertThat(done).isEmpty();
    assertThat(failures)
        .singleElement()
        .asString()
        .contains("the state machine gave 0 results for 1 commands");
  }

  private void read(long index, String name) {
    applier.read(index, () -> reads.add(name));
  }

  @Test
  void aReadWaitsUntilItsIndexIsApplied() {
    read(0, "at 0");
    read(2, "at 2");
    read(3, "at 3");
    assertThat(reads).as("on the apply loop only").isEmpty();
    loop.runAll();
    assertThat(reads).containsExactly("at 0");
    applier.apply(List.of(entry(1, 1)));
    loop.runAll();
    assertThat(reads).containsExactly("at 0");
    applier.apply(List.of(noop(2), entry(3, 1), entry(4, 1)));
    loop.runAll();
    assertThat(reads).containsExactly("at 0", "at 2", "at 3");
    read(4, "at 4");
    loop.runAll();
    assertThat(reads).endsWith("at 4");
  }

  /** A read of an old index, which a server may answer alone, is not held up by the others. */
  @Test
  void aReadDoesNotWaitForOneOfALaterIndex() {
    read(2, "at 2");
    read(1, "at 1");
    read(1, "at 1 too");
    applier.apply(List.of(entry(1, 1)));
    loop.runAll();
    assertThat(reads).containsExactly("at 1", "at 1 too");
    applier.apply(List.of(entry(2, 1)));
    loop.runAll();
    assertThat(reads).endsWith("at 2");
  }

  @Test
  void nothingIsReadWhenTheServerHasStopped() {
    read(2, "waits");
    loop.runAll();
    applier.stop();
    read(0, "comes late");
    loop.runAll();
    assertThat(reads).isEmpty();
  }

  /** Its state is unknown, so not even what it had applied before may be read. */
  @Test
  void aMachineThatThrewIsNotReadAnyMore() {
    answers =
        batch -> {
          throw new IllegalArgumentException("bad command");
        };
    applier.apply(List.of(entry(1, 1)));
    read(0, "at 0");
    loop.runAll();
    assertThat(reads).isEmpty();
  }

  private static Entry part(long index) {
    return entry(index, 1).toBuilder().setType(Entry.Type.RESTORE).build();
  }

  private final List<String> kept = new ArrayList<>();

  private void keepParts() {
    applier.onPart(entry -> kept.add("part " + entry.getIndex()));
  }

  private List<Long> applied() {
    return done.stream().flatMap(b -> b.entries().stream()).map(Entry::getIndex).toList();
  }

  @Test
  void whatIsBehindAPartWaitsUntilItIsKept() {
    keepParts();
    applier.apply(List.of(entry(1, 1), part(2), part(3), entry(4, 1)));
    applier.apply(List.of(entry(5, 1)));
    loop.runAll();
    assertThat(kept).containsExactly("part 2");
    assertThat(applied()).containsExactly(1L);
    applier.partKept();
    loop.runAll();
    assertThat(kept).containsExactly("part 2", "part 3");
    assertThat(applied()).containsExactly(1L, 2L);
    applier.restoreParts(machine -> kept.add("restored"));
    loop.runAll();
    assertThat(kept).endsWith("restored");
    assertThat(applied()).containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(failures).isEmpty();
  }

  /** A server of lesson 2 or 3 cannot follow a leader of lesson 4 there. */
  @Test
  void aPartThatNobodyKeepsIsAFailure() {
    applier.apply(List.of(entry(1, 1), part(2), entry(3, 1)));
    loop.runAll();
    assertThat(applied()).containsExactly(1L);
    assertThat(failures).singleElement().asString().contains("entry 2 is of a later lesson");
  }

  private void view() {
    applier.view(view -> kept.add("view at " + view.at().index()));
  }

  @Test
  void nobodySeesTheMachineBetweenTwoParts() {
    snapshots = true;
    keepParts();
    applier.apply(List.of(part(1)));
    view();
    loop.runAll();
    applier.partKept();
    loop.runAll();
    view();
    applier.apply(List.of(part(2)));
    loop.runAll();
    assertThat(kept).containsExactly("part 1", "part 2");
    applier.restoreParts(machine -> {});
    loop.runAll();
    assertThat(kept).endsWith("part 2", "view at 2", "view at 2");
    assertThat(failures).isEmpty();
  }

  /** Nobody goes on with the parts: the next leader has other plans. */
  @Test
  void partsThatNobodyGoesOnWithEndWithTheNextEntry() {
    snapshots = true;
    keepParts();
    applier.apply(List.of(part(1)));
    loop.runAll();
    applier.partKept();
    view();
    loop.runAll();
    assertThat(kept).containsExactly("part 1");
    applier.apply(List.of(noop(2)));
    loop.runAll();
    assertThat(kept).containsExactly("part 1", "view at 2");
  }

  /** R09: what failed must not be skipped, so nothing after it may be applied either. */
  @Test
  void aMachineThatThrewIsNotAskedAgain() {
    answers =
        batch -> {
          throw new IllegalArgumentException("bad command");
        };
    applier.apply(List.of(entry(1, 1)));
    applier.apply(List.of(entry(2, 1)));
    loop.runAll();
    assertThat(batches).hasSize(1);
    assertThat(failures).singleElement().asString().contains("bad command");
    assertThat(done).isEmpty();
  }

  /** Out of stack or memory, or an assertion: the machine's state is as unknown. */
  @Test
  void anErrorOfTheMachineIsAFailureToo() {
    answers =
        batch -> {
          throw new StackOverflowError("too deep");
        };
    applier.apply(List.of(entry(1, 1)));
    applier.apply(List.of(entry(2, 1)));
    loop.runAll();
    assertThat(failures).singleElement().asString().contains("too deep");
    assertThat(batches).hasSize(1);
  }
}
