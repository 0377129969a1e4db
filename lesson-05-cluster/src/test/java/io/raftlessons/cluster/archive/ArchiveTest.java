package io.raftlessons.cluster.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.cluster.router.VirtualLoop;
import io.raftlessons.membership.Configurations;
import io.raftlessons.snapshots.InmemSnapshotStore;
import io.raftlessons.snapshots.SnapshotSink;
import io.raftlessons.snapshots.SnapshotSource;
import io.raftlessons.snapshots.SnapshotStore;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ArchiveTest {
  private static final long SECOND = 1_000_000_000;

  /** Cannot be reached for a while, and counts who tried. */
  private static final class Remote implements Archive.Place {
    final InmemSnapshotStore store = new InmemSnapshotStore(() -> 1, 2);
    boolean down;
    int asked;

    private void ask() throws IOException {
      asked++;
      if (down) {
        throw new IOException("the store is down");
      }
    }

    @Override
    public void upload(SnapshotSource source) throws IOException {
      ask();
      try (SnapshotSink sink = store.create(source.meta())) {
        source.stream().transferTo(sink);
        sink.publish();
      }
    }

    @Override
    public List<SnapshotMeta> list() throws IOException {
      ask();
      return store.list();
    }

    @Override
    public String toString() {
      return "the place";
    }
  }

  private static final class LocalNode implements Archive.Node {
    final InmemSnapshotStore store = new InmemSnapshotStore(() -> 1, 2);
    boolean leads = true;

    @Override
    public boolean isLeader() {
      return leads;
    }

    @Override
    public List<SnapshotMeta> snapshots() {
      return store.list();
    }

    @Override
    public SnapshotSource openSnapshot(String id) throws IOException {
      return store.open(id);
    }
  }

  private final VirtualLoop loop = new VirtualLoop();
  private final Remote remote = new Remote();
  private final LocalNode node = new LocalNode();
  private final Archive archive =
      new Archive(loop, remote, new Archive.Options(Duration.ofSeconds(1), 10));
  private final SnapshotStore own =
      new ArchivedSnapshotStore(node.store, () -> archive.status().oldestIndex());

  private static void take(SnapshotStore store, long index) throws IOException {
    SnapshotMeta meta =
        SnapshotMeta.newBuilder()
            .setIndex(index)
            .setTerm(1)
            .setConfiguration(Configurations.ofVoters(List.of("n")))
            .setConfigurationIndex(1)
            .build();
    try (SnapshotSink sink = store.create(meta)) {
      sink.write(("state at " + index).getBytes(java.nio.charset.StandardCharsets.UTF_8));
      sink.publish();
    }
  }

  private void run(int seconds) {
    loop.advance(seconds * SECOND);
  }

  @Test
  void whatALeaderTakesIsCopied() throws IOException {
    archive.begin(node);
    run(3);
    assertThat(remote.store.list()).isEmpty();
    take(node.store, 10);
    run(2);
    take(node.store, 20);
    run(2);
    assertThat(remote.store.list()).isEqualTo(node.store.list());
    assertThat(archive.status().newestIndex()).isEqualTo(20);
    assertThat(archive.status().oldestIndex()).isEqualTo(10);
    assertThat(archive.status().copies()).isEqualTo(2);
    assertThat(archive.status().problem()).isEmpty();
  }

  @Test
  void aFollowerCopiesNothingAndHearsOfWhatThereIs() throws IOException {
    node.leads = false;
    archive.begin(node);
    take(node.store, 10);
    run(2);
    assertThat(remote.store.list()).isEmpty();
    take(remote.store, 8);
    run(12);
    assertThat(remote.store.list()).hasSize(1);
    assertThat(archive.status().newestIndex()).isEqualTo(8);
    node.leads = true;
    run(2);
    assertThat(archive.status().newestIndex()).isEqualTo(10);
  }

  /** Whatever is lost then, archive and log fit together. */
  @Test
  void theLogStaysForTheOldestSnapshotOfTheArchive() throws IOException {
    take(node.store, 10);
    take(node.store, 20);
    assertThat(own.mayCutTo()).as("nothing is known of the archive").isZero();
    archive.begin(node);
    run(1);
    assertThat(archive.status().oldestIndex()).as("only the newest was copied").isEqualTo(20);
    assertThat(own.mayCutTo()).as("nor is the node's own older one given up").isEqualTo(10);
    take(node.store, 30);
    assertThat(own.mayCutTo()).isEqualTo(20);
    remote.down = true;
    take(node.store, 40);
    take(node.store, 50);
    run(20);
    assertThat(own.mayCutTo()).as("the archive has no more").isEqualTo(20);
  }

  @Test
  void anArchiveThatIsDownIsNamedAndCaughtUpLater() throws IOException {
    remote.down = true;
    take(node.store, 10);
    archive.begin(node);
    run(100);
    assertThat(archive.status().problem()).contains("the store is down");
    assertThat(archive.status().failures()).isBetween(10L, 20L); // it waits longer and longer
    assertThat(remote.asked).isLessThan(60);
    remote.down = false;
    run(9);
    assertThat(archive.status().problem()).isEmpty();
    assertThat(archive.status().newestIndex()).isEqualTo(10);
  }

  @Test
  void anotherLeaderMayBeFaster() throws IOException {
    archive.begin(node);
    run(1);
    take(remote.store, 30);
    take(node.store, 30); // the same id, other content
    run(2);
    assertThat(archive.status().problem()).isEmpty();
    assertThat(archive.status().newestIndex()).isEqualTo(30);
  }

  @Test
  void anOperatorIsToldWhatCameOfIt() throws IOException {
    archive.begin(node);
    run(1);
    take(node.store, 10);
    CompletableFuture<ArchiveStatus> done = archive.copyNow();
    run(0);
    assertThat(done).isCompletedWithValueMatching(status -> status.newestIndex() == 10);
    remote.down = true;
    take(node.store, 20);
    CompletableFuture<ArchiveStatus> failed = archive.copyNow();
    run(0);
    assertThat(failed).isCompletedExceptionally();
    remote.down = false;
    CompletableFuture<ArchiveStatus> again = archive.copyNow();
    run(0);
    assertThat(again).isCompletedWithValueMatching(status -> status.newestIndex() == 20);
  }

  @Test
  void whatIsClosedLooksNoMore() throws IOException {
    archive.begin(node);
    run(2);
    archive.close();
    run(2);
    int asked = remote.asked;
    take(node.store, 10);
    run(30);
    assertThat(remote.asked).isEqualTo(asked);
  }
}
