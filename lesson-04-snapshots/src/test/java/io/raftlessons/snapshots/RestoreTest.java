package io.raftlessons.snapshots;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.core.Role;
import io.raftlessons.membership.ChangeResult;
import io.raftlessons.replication.Applied;
import io.raftlessons.replication.RaftException;
import io.raftlessons.wire.SnapshotMeta;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A user's snapshot becomes the state of the group, on all servers or on none. */
class RestoreTest {
  private static final Duration PATIENT = Duration.ZERO;

  /** Of 16 bytes. */
  private static final int PARTS = 15;

  private static final String OLD_TIMES =
      IntStream.range(0, 24)
          .mapToObj(i -> "old " + (10 + i) + "...\n")
          .collect(Collectors.joining());

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static SnapshotMeta meta(long index, String state) {
    SnapshotChecksum checksum = new SnapshotChecksum();
    checksum.update(ByteBuffer.wrap(bytes(state)));
    return SnapshotMeta.newBuilder()
        .setIndex(index)
        .setTerm(77)
        .setSize(bytes(state).length)
        .setChecksum(checksum.value())
        .build();
  }

  private static InputStream stream(String state) {
    return new ByteArrayInputStream(bytes(state));
  }

  /** Something happens when this much was read. */
  private static InputStream stream(String state, int after, Runnable happens) {
    return new InputStream() {
      private final InputStream all = stream(state);
      private int count;

      @Override
      public int read() throws IOException {
        if (count++ == after) {
          happens.run();
        }
        return all.read();
      }
    };
  }

  private static CompletableFuture<Applied> restore(Raft raft) {
    return raft.restore(meta(3, OLD_TIMES), stream(OLD_TIMES), PATIENT);
  }

  private static Throwable failure(CompletableFuture<?> call) {
    assertThat(call).isCompletedExceptionally();
    try {
      call.join();
      throw new AssertionError("it did not fail");
    } catch (CompletionException e) {
      return requireNonNull(e.getCause());
    }
  }

  private static void assertAllHave(HandRunRafts group, String text) {
    assertThat(group.rafts.keySet())
        .allSatisfy(id -> assertThat(group.text(id)).as(id).isEqualTo(text));
  }

  @Test
  void allServersComeToHaveTheState() throws IOException {
    HandRunRafts group = HandRunRafts.running(3);
    group.write(1, 20);
    Raft leader = group.leader();
    long last = leader.indexes().lastLogIndex();
    Applied restored = group.await(restore(leader));
    assertThat(restored.index()).isEqualTo(last + PARTS);
    group.run(100);
    assertAllHave(group, OLD_TIMES);
    assertThat(leader.getConfiguration().latest().getServersCount()).isEqualTo(3);
    group.write(21, 21);
    group.run(100);
    assertAllHave(group, OLD_TIMES + "command 21\n");
    assertThat(group.stores(leader.id()).snapshots.list().get(0).getIndex())
        .isEqualTo(restored.index());
  }

  @Test
  void theIndexesUpToThoseOfTheSnapshotAreBurned() throws IOException {
    HandRunRafts group = HandRunRafts.running(3);
    group.write(1, 5);
    Applied restored =
        group.await(group.leader().restore(meta(25_000, OLD_TIMES), stream(OLD_TIMES), PATIENT));
    assertThat(restored.index()).isEqualTo(25_001);
    group.run(200);
    assertAllHave(group, OLD_TIMES);
    CompletableFuture<Applied> tooFar =
        group.leader().restore(meta(1_026_000, OLD_TIMES), stream(OLD_TIMES), PATIENT);
    group.run(10);
    assertThat(failure(tooFar)).isInstanceOf(RestoreException.class).hasMessageContaining("ahead");
  }

  @Test
  void anEmptyStateIsOneToo() throws IOException {
    HandRunRafts group = HandRunRafts.running(3);
    group.write(1, 5);
    group.await(group.leader().restore(meta(0, ""), stream(""), PATIENT));
    group.run(100);
    assertAllHave(group, "");
  }

  @Test
  void whatWasAppendedBeforeIsAnsweredAndNothingComesBetween() throws IOException {
    HandRunRafts group = HandRunRafts.running(3);
    Raft leader = group.leader();
    CompletableFuture<Applied> before = leader.apply(bytes("before"));
    CompletableFuture<Applied>[] between = newCalls();
    CompletableFuture<Applied> restored =
        leader.restore(
            meta(3, OLD_TIMES),
            stream(OLD_TIMES, 100, () -> between[0] = leader.apply(bytes("between"))),
            PATIENT);
    group.await(restored);
    assertThat(group.await(before).index()).isEqualTo(restored.join().index() - PARTS);
    assertThat(failure(between[0])).isInstanceOf(RaftException.AbortedByRestore.class);
    group.await(leader.apply(bytes("after")));
    assertThat(group.text(leader.id())).isEqualTo(OLD_TIMES + "after\n");
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static CompletableFuture<Applied>[] newCalls() {
    return new CompletableFuture[1];
  }

  /** Both wait for the leader's first entry: seed 49 of the simulation. */
  @Test
  void aConfigurationThatIsAppendedInTheSameStepComesBeforeTheParts() throws IOException {
    HandRunRafts group = HandRunRafts.running(3);
    group.write(1, 5);
    Raft next = group.raft(group.follower());
    group.leader().leadershipTransferToServer(next.id());
    for (int i = 0; i < 1_000 && next.state() != Role.LEADER; i++) {
      group.run(1);
    }
    CompletableFuture<ChangeResult> change = next.addNonvoter("s4", "s4", 0, Duration.ZERO);
    CompletableFuture<Applied> restored = restore(next);
    long changed = group.await(change).index();
    assertThat(group.await(restored).index()).isGreaterThan(changed);
    SnapshotMeta meta = group.stores(next.id()).snapshots.list().get(0);
    assertThat(meta.getConfigurationIndex()).isEqualTo(changed);
    assertThat(meta.getConfiguration()).isEqualTo(next.getConfiguration().committed());
  }

  @Test
  void aStreamThatIsNotTheSnapshotChangesNothing() throws IOException {
    HandRunRafts group = HandRunRafts.running(3);
    group.write(1, 20);
    String text = group.text(group.leader().id());
    assertRefused(group, OLD_TIMES.substring(1), "the stream ends after");
    assertRefused(group, OLD_TIMES + "x", "the stream goes on");
    assertRefused(group, OLD_TIMES.replace("old 20", "old 2O"), "the stream has checksum");
    group.run(100);
    assertAllHave(group, text);
    for (Raft raft : group.rafts.values()) {
      SnapshotMeta meta = group.await(raft.snapshot());
      assertThat(meta.getIndex()).isEqualTo(raft.indexes().lastLogIndex());
    }
  }

  private static void assertRefused(HandRunRafts group, String content, String why) {
    CompletableFuture<Applied> call =
        group.leader().restore(meta(3, OLD_TIMES), stream(content), PATIENT);
    group.run(100);
    assertThat(failure(call))
        .isInstanceOf(RestoreException.class)
        .hasMessageContaining(why)
        .hasMessageEndingWith("nothing was restored");
    assertThat(((RestoreException) failure(call)).outcomeUnknown()).isFalse();
  }

  @Test
  void onlyTheLeaderRestoresAndOneAtATime() throws IOException {
    HandRunRafts group = HandRunRafts.running(3);
    CompletableFuture<Applied> first = restore(group.leader());
    CompletableFuture<Applied> second = restore(group.leader());
    CompletableFuture<Applied> elsewhere = restore(group.raft(group.follower()));
    group.await(first);
    assertThat(failure(second)).isInstanceOf(RaftException.Busy.class);
    assertThat(failure(elsewhere)).isInstanceOf(RaftException.NotLeader.class);
    group.await(restore(group.leader()));
  }

  @Test
  void itWaitsForTheConfigurationBefore() throws IOException {
    HandRunRafts group = HandRunRafts.running(3);
    Raft leader = group.leader();
    group.rafts.keySet().stream().filter(id -> !id.equals(leader.id())).forEach(group.cutOff::add);
    leader.addNonvoter("s4", "s4", 0, PATIENT);
    group.run(1);
    CompletableFuture<Applied> call =
        leader.restore(meta(3, OLD_TIMES), stream(OLD_TIMES), Duration.ofMillis(20));
    CompletableFuture<Applied> patient =
        leader.restore(meta(3, OLD_TIMES), stream(OLD_TIMES), PATIENT);
    group.run(19);
    assertThat(failure(patient)).as("the other one waits").isInstanceOf(RaftException.Busy.class);
    assertThat(call).isNotDone();
    group.run(2);
    assertThat(failure(call)).hasMessageContaining("configuration was not settled");
    CompletableFuture<Applied> next = restore(leader);
    group.run(10);
    CompletableFuture<Applied> before = leader.apply(bytes("nothing keeps this one out"));
    group.cutOff.clear();
    assertThat(group.await(next).index()).isEqualTo(group.await(before).index() + PARTS);
    assertThat(leader.getConfiguration().committed().getServersCount()).isEqualTo(4);
    assertThat(group.text(leader.id())).isEqualTo(OLD_TIMES);
  }

  /** When the first one is committed the second is appended, in the same step. */
  @Test
  void itWaitsForTheConfigurationThatWaitsForOneBefore() throws IOException {
    HandRunRafts group = HandRunRafts.running(3);
    Raft leader = group.leader();
    group.rafts.keySet().stream().filter(id -> !id.equals(leader.id())).forEach(group.cutOff::add);
    leader.addNonvoter("s4", "s4", 0, PATIENT);
    group.run(1);
    leader.addNonvoter("s5", "s5", 0, PATIENT);
    CompletableFuture<Applied> call = restore(leader);
    group.run(10);
    group.cutOff.clear();
    group.await(call);
    SnapshotMeta restored = group.stores(leader.id()).snapshots.list().get(0);
    assertThat(restored.getConfiguration()).isEqualTo(leader.getConfiguration().latest());
    assertThat(restored.getConfiguration().getServersCount()).isEqualTo(5);
  }

  @Test
  void theTimeIsForAllOfIt() throws IOException {
    HandRunRafts group = HandRunRafts.running(3);
    Raft leader = group.leader();
    group.rafts.keySet().stream().filter(id -> !id.equals(leader.id())).forEach(group.cutOff::add);
    CompletableFuture<Applied> call =
        leader.restore(meta(3, OLD_TIMES), stream(OLD_TIMES), Duration.ofMillis(50));
    group.run(51);
    assertThat(((RestoreException) failure(call)).outcomeUnknown()).isTrue();
  }

  /** B38: where the log goes back to its first entry, it must give the whole state. */
  @Test
  void whoJoinsLaterHasWhatWasRestored() throws IOException {
    HandRunRafts group = keepingItsLog();
    group.write(1, 5);
    group.await(restore(group.leader()));
    group.write(6, 7);
    group.start("s4");
    group.await(group.leader().addVoter("s4", "s4", 0, PATIENT));
    group.run(200);
    assertThat(group.chunks).as("the log was enough").isZero();
    assertAllHave(group, OLD_TIMES + "command 6\ncommand 7\n");
  }

  @Test
  void whoWasAwayGetsASnapshotOfIt() throws IOException {
    HandRunRafts group = HandRunRafts.running(3);
    group.write(1, 5);
    String away = group.follower();
    group.kill(away);
    group.await(restore(group.leader()));
    group.start(away);
    group.run(1_000);
    assertThat(group.chunks).isPositive();
    assertAllHave(group, OLD_TIMES);
  }

  /** Half of the parts are not in it, and the log before its end is cut. */
  @Test
  void aSnapshotInTheMiddleWaitsForTheEnd() throws IOException {
    HandRunRafts group = HandRunRafts.running(1);
    group.write(1, 5);
    Raft raft = group.leader();
    CompletableFuture<Applied> restored =
        raft.restore(meta(3, OLD_TIMES), stream(OLD_TIMES, 100, () -> raft.snapshot()), PATIENT);
    group.await(restored);
    group.run(100);
    assertThat(group.stores("s1").snapshots.list())
        .extracting(SnapshotMeta::getIndex)
        .containsOnly(restored.join().index());
    group.kill("s1");
    group.start("s1");
    group.run(1_000);
    assertThat(group.text("s1")).isEqualTo(OLD_TIMES);
  }

  /** Some parts are committed, others not, and nobody goes on with them. */
  @ParameterizedTest
  @ValueSource(ints = {0, 16, 100, 200})
  void aLeaderThatIsDeposedInTheMiddleHasRestoredNothing(int after) throws IOException {
    HandRunRafts group = HandRunRafts.running(3);
    group.write(1, 20);
    Raft leader = group.leader();
    String text = group.text(leader.id());
    CompletableFuture<Applied> call =
        leader.restore(
            meta(3, OLD_TIMES),
            stream(
                OLD_TIMES,
                after,
                () -> {
                  group.cutOff.add(leader.id());
                  throw new IllegalStateException("the user's stream breaks too");
                }),
            PATIENT);
    group.run(1_000);
    assertThat(call).isCompletedExceptionally();
    assertThat(leader.state()).isNotEqualTo(Role.LEADER);
    group.write(21, 22);
    group.cutOff.clear();
    group.run(1_000);
    assertAllHave(group, text + "command 21\ncommand 22\n");
    group.await(group.leader().snapshot());
    group.await(restore(group.leader()));
    group.run(200);
    assertAllHave(group, OLD_TIMES);
  }

  /**
   * All of it is in the leader's log and nowhere else. HashiCorp's leader has the new state by now,
   * and would keep it.
   */
  @Test
  void aLeaderThatIsDeposedBeforeTheEndIsCommittedHasTheStateOfTheOthers() throws IOException {
    HandRunRafts group = HandRunRafts.running(3);
    group.write(1, 20);
    Raft leader = group.leader();
    String text = group.text(leader.id());
    group.cutOff.add(leader.id());
    CompletableFuture<Applied> call = restore(leader);
    group.run(1_000);
    assertThat(failure(call)).isInstanceOf(RaftException.LeadershipLost.class);
    assertThat(group.stores(leader.id()).snapshots.list()).isEmpty();
    assertThat(group.text(leader.id())).isEqualTo(text);
    group.write(21, 22);
    group.kill(leader.id());
    group.start(leader.id());
    group.cutOff.clear();
    group.run(1_000);
    assertAllHave(group, text + "command 21\ncommand 22\n");
  }

  private static HandRunRafts keepingItsLog() throws IOException {
    return HandRunRafts.running(
        3, new SnapshotConfig(1_000_000, Duration.ofHours(1), 1_000_000, 16, 1L << 40));
  }

  /** The parts were committed by the others, and this one applied them before it had them. */
  @ParameterizedTest
  @ValueSource(ints = {1, 7, 14, 16})
  void aSnapshotThatIsAheadOfTheLogIsGoodEnough(int lacking) throws IOException {
    HandRunRafts group = keepingItsLog();
    group.write(1, 20);
    group.await(restore(group.leader()));
    group.run(100);
    String dies = group.follower();
    group.kill(dies);
    HandRunRafts.Stores stores = group.stores(dies);
    stores.log.write(stores.log.lastIndex() + 1 - lacking, List.of());
    group.start(dies);
    assertThat(group.text(dies)).as("at once").isEqualTo(OLD_TIMES);
    group.run(1_000);
    group.write(21, 21);
    group.run(100);
    assertAllHave(group, OLD_TIMES + "command 21\n");
  }

  /** The crash came before it was durable, or it is damaged: the log has it all. */
  @Test
  void withoutTheSnapshotTheLogIsGoodEnough() throws IOException {
    HandRunRafts group = keepingItsLog();
    group.write(1, 20);
    group.await(restore(group.leader()));
    group.run(100);
    String dies = group.follower();
    group.kill(dies);
    group.stores(dies).snapshots = new InmemSnapshotStore(() -> 1, 2);
    group.start(dies);
    group.run(1_000);
    assertThat(group.chunks).as("nobody sent it").isZero();
    assertAllHave(group, OLD_TIMES);
  }

  /** At every millisecond of it one server dies, and starts again on what it has stored. */
  @Test
  void aServerMayDieAtAnyTime() throws IOException {
    TreeSet<String> outcomes = new TreeSet<>();
    for (boolean leaderDies : List.of(true, false)) {
      for (int after = 0; after < 8; after++) {
        HandRunRafts group = HandRunRafts.running(3);
        group.write(1, 20);
        String text = group.text(group.leader().id());
        Raft leader = group.leader();
        CompletableFuture<Applied> call = restore(leader);
        group.run(after);
        String dies = leaderDies ? leader.id() : group.follower();
        group.kill(dies);
        group.run(2_000);
        group.start(dies);
        group.run(2_000);
        String now = group.text(group.leader().id());
        assertThat(now).isIn(text, OLD_TIMES);
        outcomes.add(now);
        assertThat(call.isDone() && !call.isCompletedExceptionally() && now.equals(text)).isFalse();
        group.write(21, 21);
        group.run(200);
        assertAllHave(group, now + "command 21\n");
      }
    }
    assertThat(outcomes).as("both were seen").hasSize(2);
  }

  @Test
  void aStoreThatKeepsNothingIsNotEnough() throws IOException {
    HandRunRafts group = HandRunRafts.running(1);
    group.kill("s1");
    group.stores("s1").snapshots = new DiscardSnapshotStore(() -> 1);
    Raft raft = group.start("s1");
    assertThatThrownBy(() -> restore(raft)).isInstanceOf(IllegalStateException.class);
  }
}
