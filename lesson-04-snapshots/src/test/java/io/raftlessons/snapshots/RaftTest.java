package io.raftlessons.snapshots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.core.HandRunHost;
import io.raftlessons.course.Bugs;
import io.raftlessons.course.Exercise;
import io.raftlessons.course.Points;
import io.raftlessons.course.Rule;
import io.raftlessons.course.Section;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.Envelope.BodyCase;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Whole servers that take snapshots, send them, and start from them. */
class RaftTest {
  private static final Duration PATIENT = Duration.ZERO;

  @Test
  void aSnapshotCutsTheLog() throws IOException {
    HandRunRafts group = HandRunRafts.running(3);
    group.write(1, 20);
    Raft leader = group.leader();
    SnapshotMeta meta = group.await(leader.snapshot());
    group.run(10);
    assertThat(meta.getIndex()).isEqualTo(leader.indexes().lastApplied());
    assertThat(meta.getConfiguration()).isEqualTo(leader.getConfiguration().committed());
    assertThat(meta.getConfigurationIndex()).isEqualTo(leader.getConfiguration().committedIndex());
    HandRunRafts.Stores stores = group.stores(leader.id());
    assertThat(stores.snapshots.list()).containsExactly(meta);
    assertThat(stores.log.lastIndex()).isZero();
    group.write(21, 22);
    assertThat(stores.log.firstIndex()).isEqualTo(meta.getIndex() + 1);
  }

  /** Then the newest may be damaged, and nothing is lost. */
  @Points(value = 4, section = Section.SCENARIOS)
  @Exercise("4.1")
  @Rule("UN-30")
  @Bugs("B28-cut")
  @Test
  void theLogGoesBackToTheOldestSnapshotThatIsKept() throws IOException {
    HandRunRafts group = HandRunRafts.running(1);
    Raft raft = group.leader();
    List<SnapshotMeta> taken = new ArrayList<>();
    for (int i = 1; i <= 30; i += 10) {
      group.write(i, i + 9);
      taken.add(group.await(raft.snapshot()));
    }
    group.run(10);
    HandRunRafts.Stores stores = group.stores(raft.id());
    assertThat(stores.snapshots.list()).containsExactly(taken.get(2), taken.get(1));
    assertThat(stores.log.firstIndex()).isEqualTo(taken.get(1).getIndex() + 1);
    String text = group.text(raft.id());
    group.kill(raft.id());
    stores.snapshots = new Damaged(stores.snapshots, new TreeSet<>(List.of(taken.get(2).getId())));
    group.start(raft.id());
    group.run(1_000);
    assertThat(group.text(raft.id())).isEqualTo(text);
  }

  /** Between the last chunk and the machine a snapshot of its own may be published. */
  @Test
  void aStoreMayLetGoOfASnapshotThatIsAboutToBeRestored() throws IOException {
    HandRunRafts group = HandRunRafts.running(3);
    String behind = group.follower();
    group.cutOff.add(behind);
    group.write(1, 10);
    SnapshotMeta taken = group.await(group.leader().snapshot());
    group.kill(behind);
    TreeSet<String> gone = new TreeSet<>();
    group.stores(behind).snapshots = new Damaged(group.stores(behind).snapshots, gone);
    group.stepped =
        (id, effects) -> {
          if (id.equals(behind) && !effects.of(SnapshotEffect.Restore.class).isEmpty()) {
            gone.add(taken.getId());
          }
        };
    group.start(behind);
    group.cutOff.clear();
    group.run(1_000);
    assertThat(group.raft(behind).failure()).isEmpty();
    assertThat(group.text(behind)).isEqualTo(group.text(group.leader().id()));
  }

  /** Some snapshots cannot be read any more. */
  private record Damaged(SnapshotStore store, Set<String> ids) implements SnapshotStore {
    @Override
    public SnapshotSink create(SnapshotMeta meta) throws IOException {
      return store.create(meta);
    }

    @Override
    public List<SnapshotMeta> list() throws IOException {
      return store.list();
    }

    @Override
    public List<DamagedSnapshot> damaged() throws IOException {
      return store.damaged();
    }

    @Override
    public SnapshotSource open(String opened) throws IOException {
      if (ids.contains(opened)) {
        throw new SnapshotDamagedException(opened, "a byte of it has changed");
      }
      return store.open(opened);
    }
  }

  @Test
  void aServerStartsFromItsSnapshot() throws IOException {
    HandRunRafts group = HandRunRafts.running(3);
    group.write(1, 20);
    String follower = group.follower();
    group.run(100);
    group.await(group.raft(follower).snapshot());
    group.run(10);
    group.kill(follower);
    group.write(21, 25);
    group.start(follower);
    assertThat(group.raft(follower).indexes().commitIndex()).isZero(); // nothing ran yet
    group.run(1_000);
    assertThat(group.text(follower)).isEqualTo(group.text(group.leader().id()));
    assertThat(group.chunks).as("its log was there").isZero();
  }

  @Test
  void whoIsTooFarBehindGetsTheSnapshot() throws IOException {
    HandRunRafts group = HandRunRafts.running(3);
    String behind = group.follower();
    group.kill(behind);
    group.write(1, 20);
    SnapshotMeta meta = group.await(group.leader().snapshot());
    group.write(21, 23);
    group.start(behind);
    group.run(2_000);
    assertThat(group.text(behind)).isEqualTo(group.text(group.leader().id()));
    assertThat(group.chunks).isEqualTo((int) ((meta.getSize() + 15) / 16));
    assertThat(group.stores(behind).snapshots.list()).containsExactly(meta);
    assertThat(group.raft(behind).getConfiguration()).isEqualTo(group.leader().getConfiguration());
    group.write(24, 24);
    group.run(200);
    assertThat(group.text(behind)).endsWith("command 24\n");
  }

  /** Lost are questions, chunks and answers. */
  @Test
  void aSnapshotArrivesThroughBadWeather() throws IOException {
    HandRunRafts group = HandRunRafts.running(3);
    String behind = group.follower();
    group.kill(behind);
    group.write(1, 50);
    group.await(group.leader().snapshot());
    SplittableRandom weather = new SplittableRandom(1);
    group.lost =
        message ->
            (message.getBodyCase() == BodyCase.INSTALL_SNAPSHOT
                    || message.getBodyCase() == BodyCase.INSTALL_SNAPSHOT_REPLY)
                && weather.nextInt(3) == 0;
    group.start(behind);
    for (int i = 0; i < 120 && !group.text(behind).equals(group.text(group.leader().id())); i++) {
      group.run(1_000);
    }
    assertThat(group.text(behind)).isEqualTo(group.text(group.leader().id()));
  }

  /** In the middle of it the receiver dies, and begins anew. */
  @Test
  void aReceiverThatDiesDoesNotHoldUpTheLeader() throws IOException {
    HandRunRafts group = HandRunRafts.running(3);
    String behind = group.follower();
    group.kill(behind);
    group.write(1, 50);
    group.await(group.leader().snapshot());
    group.start(behind);
    for (int i = 0; i < 1_000 && group.chunks < 5; i++) {
      group.run(1);
    }
    assertThat(group.chunks).isEqualTo(5);
    group.kill(behind);
    group.run(500);
    assertThat(group.stores(behind).snapshots.list()).isEmpty();
    group.write(51, 55);
    group.start(behind);
    group.run(3_000);
    assertThat(group.text(behind)).isEqualTo(group.text(group.leader().id()));
  }

  @Test
  void anotherLeaderGoesOn() throws IOException {
    HandRunRafts group = HandRunRafts.running(3);
    String behind = group.follower();
    group.kill(behind);
    group.write(1, 50);
    Raft first = group.leader();
    String second =
        group.rafts.keySet().stream()
            .filter(id -> !id.equals(first.id()))
            .findFirst()
            .orElseThrow();
    group.run(100);
    group.await(first.snapshot());
    group.await(group.raft(second).snapshot());
    group.start(behind);
    for (int i = 0; i < 1_000 && group.chunks < 5; i++) {
      group.run(1);
    }
    group.await(first.leadershipTransferToServer(second));
    group.run(3_000);
    assertThat(group.leader().id()).isEqualTo(second);
    assertThat(group.text(behind)).isEqualTo(group.text(second));
  }

  @Test
  void snapshotsAreTakenByThemselves() throws IOException {
    HandRunRafts group =
        HandRunRafts.running(3, new SnapshotConfig(10, Duration.ofSeconds(1), 2, 64, 1L << 40));
    group.write(1, 5);
    group.run(3_000);
    String leader = group.leader().id();
    assertThat(group.stores(leader).snapshots.list()).as("below the threshold").isEmpty();
    group.write(6, 20);
    group.run(3_000);
    List<SnapshotMeta> taken = group.stores(leader).snapshots.list();
    assertThat(taken).hasSize(1);
    assertThat(group.stores(leader).log.firstIndex()).isEqualTo(taken.get(0).getIndex() - 1);
  }

  @Test
  void twoRequestsAreTwoSnapshots() throws IOException {
    HandRunRafts group = HandRunRafts.running(1);
    group.write(1, 3);
    Raft raft = group.leader();
    CompletableFuture<SnapshotMeta> first = raft.snapshot();
    CompletableFuture<SnapshotMeta> second = raft.snapshot();
    assertThat(group.await(first).getIndex()).isEqualTo(group.await(second).getIndex());
    assertThat(first.join().getId()).isNotEqualTo(second.join().getId());
  }

  @Test
  void thereIsNothingToSnapshotAtFirst() throws IOException {
    HandRunRafts group = HandRunRafts.running(1);
    Raft empty = group.start("s9");
    CompletableFuture<SnapshotMeta> refused = empty.snapshot();
    group.run(10);
    assertThatThrownBy(refused::join).hasMessageContaining("nothing to snapshot");
  }

  /** As one that throws when it applies: nobody would ever hear otherwise. */
  @Test
  void aMachineThatThrowsInsteadOfASnapshotStopsTheServer() throws IOException {
    HandRunRafts group = HandRunRafts.running(1);
    group.write(1, 3);
    Raft raft = group.leader();
    group.machine(raft.id()).broken = true;
    CompletableFuture<SnapshotMeta> failed = raft.snapshot();
    group.run(10);
    assertThatThrownBy(failed::join).hasMessageContaining("no view");
    assertThat(raft.failure()).isPresent();
  }

  @Test
  void aNewServerGetsTheSnapshotAndItsVote() throws IOException {
    HandRunRafts group = HandRunRafts.running(3);
    group.write(1, 30);
    group.await(group.leader().snapshot());
    group.start("s4");
    group.await(group.leader().addVoter("s4", "s4", 0, PATIENT));
    assertThat(group.chunks).isPositive();
    group.run(200);
    assertThat(group.text("s4")).isEqualTo(group.text(group.leader().id()));
  }

  /** The machine may be behind what is committed. */
  @Points(value = 4, section = Section.SCENARIOS)
  @Exercise("4.1")
  @Rule("UN-28")
  @Bugs("S05")
  @Test
  void aSnapshotEndsWhereTheMachineIs() throws IOException {
    HandRunRafts group = HandRunRafts.running(1);
    group.write(1, 3);
    Raft raft = group.leader();
    HandRunHost host = group.host(raft.id());
    long applied = raft.indexes().lastApplied();
    CompletableFuture<SnapshotMeta> taken = raft.snapshot();
    host.loop("snapshot").run();
    raft.apply(new byte[] {'x'});
    host.raft().run();
    host.io().run();
    host.raft().run();
    assertThat(raft.indexes().commitIndex()).isEqualTo(applied + 1);
    host.settle();
    assertThat(taken.join().getIndex()).isEqualTo(applied);
    assertThat(group.text(raft.id())).endsWith("x\n");
    String text = group.text(raft.id());
    group.kill(raft.id());
    group.start(raft.id());
    group.run(1_000);
    assertThat(group.text(raft.id())).isEqualTo(text);
  }

  @Points(value = 4, section = Section.SCENARIOS)
  @Exercise("4.1")
  @Rule({"SN-8", "VS-1"})
  @Bugs("S06")
  @Test
  void aCrashBeforeTheLogIsCutAppliesNothingTwice() throws IOException {
    HandRunRafts group = HandRunRafts.running(1);
    group.write(1, 5);
    String id = group.leader().id();
    HandRunRafts.Stores stores = group.stores(id);
    List<Entry> uncut = stores.log.read(1, 1 << 20);
    group.await(group.raft(id).snapshot());
    group.run(10);
    String text = group.text(id);
    group.kill(id);
    HandRunRafts.Stores before = new HandRunRafts.Stores();
    before.stable.save(stores.stable.load());
    before.log.write(1, uncut);
    before.snapshots = stores.snapshots;
    group.stores.put(id, before);
    group.start(id);
    group.run(1_000);
    assertThat(group.text(id)).isEqualTo(text);
  }

  /** It is written while the term is on its way to the disk; nothing has left in that term. */
  @Test
  void aSnapshotMayBeDurableBeforeItsTerm() throws IOException {
    HandRunRafts group = HandRunRafts.running(3);
    group.write(1, 5);
    String follower = group.follower();
    group.run(100);
    SnapshotMeta taken = group.await(group.raft(follower).snapshot());
    group.kill(follower);
    HandRunRafts.Stores kept = group.stores(follower);
    HandRunRafts.Stores late = new HandRunRafts.Stores();
    late.stable.save(
        kept.stable.load().toBuilder()
            .setCurrentTerm(taken.getTerm() - 1)
            .setVotedFor("x")
            .build());
    TestSnapshots.publish(late.snapshots, taken, TestSnapshots.read(kept.snapshots, taken.getId()));
    group.stores.put(follower, late);
    group.start(follower);
    assertThat(late.stable.load().getCurrentTerm()).isEqualTo(taken.getTerm());
    assertThat(late.stable.load().getVotedFor()).isEmpty();
    group.write(6, 7);
    group.run(200);
    assertThat(group.text(follower)).isEqualTo(group.text(group.leader().id()));
  }

  @Test
  void aGapIsNamed() throws IOException {
    HandRunRafts group = HandRunRafts.running(3);
    group.write(1, 20);
    String follower = group.follower();
    group.run(100);
    group.await(group.raft(follower).snapshot());
    group.write(21, 22);
    group.run(100);
    group.kill(follower);
    HandRunRafts.Stores kept = group.stores(follower);
    HandRunRafts.Stores without = new HandRunRafts.Stores();
    without.stable.save(kept.stable.load());
    without.log.write(kept.log.firstIndex(), kept.log.read(kept.log.firstIndex(), 1 << 20));
    group.stores.put(follower, without);
    assertThatThrownBy(() -> group.start(follower))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("there is no snapshot")
        .hasMessageContaining("add it again");
  }
}
