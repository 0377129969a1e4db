package io.raftlessons.snapshots;

import static io.raftlessons.snapshots.SnapshotsFixture.entry;
import static io.raftlessons.snapshots.TestSnapshots.content;
import static io.raftlessons.snapshots.TestSnapshots.meta;
import static io.raftlessons.snapshots.TestSnapshots.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.replication.InmemLogStore;
import io.raftlessons.runtime.Disk;
import io.raftlessons.sim.TestDisk;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What is found at a start, and whether the log goes on from there. */
class RestartTest {
  private final TestDisk test = new TestDisk(1);
  private final FileSnapshotStore store =
      FileSnapshotStore.open(test.disk, () -> 5, SnapshotLife.SMALL);
  private final SnapshotMeta older = publish(store, meta(10), content(20, 1));
  private final SnapshotMeta newer = publish(store, meta(20), content(20, 2));
  private final InmemLogStore log = new InmemLogStore();

  RestartTest() throws IOException {}

  private void flip(SnapshotMeta of, String file) throws IOException {
    try (Disk.File damaged = test.disk.open("n/snapshots/" + of.getId() + "/" + file)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      damaged.read(5, one);
      damaged.writeAt(5, ByteBuffer.wrap(new byte[] {(byte) ~one.get(0)}));
    }
  }

  private void log(long first, long last) {
    List<Entry> entries = new ArrayList<>();
    LongStream.rangeClosed(first, last).forEach(i -> entries.add(entry(i, 3)));
    log.write(first, entries);
  }

  private SnapshotMeta restart() throws IOException {
    Restart restart = Restart.from(store, new HandRunRafts.Lines());
    restart.align(log);
    return restart.snapshot().orElseThrow();
  }

  @Test
  void theNewestIsUsed() throws IOException {
    assertThat(restart()).isEqualTo(newer);
    log(15, 25);
    assertThat(restart()).isEqualTo(newer);
    assertThat(log.lastIndex()).isEqualTo(25);
  }

  @Test
  void anOlderOneIsUsedIfTheLogGoesBackAsFar() throws IOException {
    flip(newer, FileSnapshotStore.STATE);
    log(11, 25);
    assertThat(restart()).isEqualTo(older);
    assertThat(log.firstIndex()).isEqualTo(11);
  }

  @Test
  void aLogThatBeginsTooLateStopsTheStart() throws IOException {
    flip(newer, FileSnapshotStore.STATE);
    log(12, 25);
    assertThatThrownBy(this::restart)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the newest snapshot ends at 10")
        .hasMessageContaining(newer.getId())
        .hasMessageContaining("add it again");
  }

  /** What the damaged one covered was in the log once, and was promised. */
  @Test
  void anEmptyLogBehindADamagedOneStopsTheStart() throws IOException {
    flip(newer, FileSnapshotStore.STATE);
    assertThatThrownBy(this::restart)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the log is empty")
        .hasMessageContaining(newer.getId())
        .hasMessageContaining("add it again");
    flip(newer, FileSnapshotStore.META);
    assertThatThrownBy(this::restart)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the log is empty")
        .hasMessageContaining("add it again");
  }

  @Test
  void anOlderDamagedOneDoesNotMatter() throws IOException {
    flip(older, FileSnapshotStore.META);
    assertThat(restart()).isEqualTo(newer);
    flip(older, FileSnapshotStore.STATE);
    assertThat(restart()).isEqualTo(newer);
  }
}
