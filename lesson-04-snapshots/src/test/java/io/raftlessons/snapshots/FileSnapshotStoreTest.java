package io.raftlessons.snapshots;

import static io.raftlessons.snapshots.KeepingStoreContract.ids;
import static io.raftlessons.snapshots.TestSnapshots.content;
import static io.raftlessons.snapshots.TestSnapshots.meta;
import static io.raftlessons.snapshots.TestSnapshots.publish;
import static io.raftlessons.snapshots.TestSnapshots.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.raftlessons.runtime.RealDisk;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a real disk, where files are what they are. */
class FileSnapshotStoreTest implements KeepingStoreContract {
  @TempDir Path directory;

  @Override
  public FileSnapshotStore create(LongSupplier millis) throws IOException {
    return FileSnapshotStore.open(
        new RealDisk(directory), millis, FileSnapshotStore.Options.defaults("server"));
  }

  @Test
  void theFilesAreWhereTheyAreSaidToBe() throws IOException {
    FileSnapshotStore store = create(() -> 5);
    byte[] content = content(3 << 20, 1);
    publish(store, meta(7), content);
    Path snapshot = directory.resolve("server/snapshots/3-7-5");
    assertThat(snapshot).isDirectoryContaining("glob:**meta.json");
    assertThat(snapshot.resolve("state.bin")).hasBinaryContent(content);
    assertThat(snapshot.resolve("meta.json")).content().contains("\"index\": 7");
    try (SnapshotSink unfinished = store.create(meta(8))) {
      assertThat(unfinished.id()).isEqualTo("3-8-5");
      assertThat(directory.resolve("server/snapshots/3-8-5.tmp")).isDirectory();
    }
    assertThat(snapshot.getParent()).isDirectoryNotContaining("glob:**3-8-5*");
  }

  @Test
  void anotherProcessFindsWhatOneLeft() throws IOException {
    SnapshotMeta first = publish(create(() -> 5), meta(7), content(100, 1));
    FileSnapshotStore again = create(() -> 6);
    assertThat(again.list()).containsExactly(first);
    assertThat(read(again, "3-7-5")).isEqualTo(content(100, 1));
    publish(again, meta(8), content(100, 2));
    publish(again, meta(9), content(100, 3));
    assertThat(ids(create(() -> 7))).containsExactly("3-9-6", "3-8-6");
  }

  @Test
  void whatWasNotFinishedIsRemovedAtTheNextStart() throws IOException {
    FileSnapshotStore store = create(() -> 5);
    store.create(meta(7)).write(content(100, 1));
    Path snapshots = directory.resolve("server/snapshots");
    Files.createDirectories(snapshots.resolve("3-1-5.old.tmp"));
    Files.writeString(snapshots.resolve("3-1-5.old.tmp/state.bin"), "x");
    assertThat(create(() -> 6).list()).isEmpty();
    assertThat(snapshots).isEmptyDirectory();
  }

  @Test
  void optionsHaveLimits() {
    assertThat(FileSnapshotStore.Options.defaults("d").retain()).isEqualTo(2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FileSnapshotStore.Options("d", 0, 1, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FileSnapshotStore.Options("d", 1, 0, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FileSnapshotStore.Options("d", 1, 1, 0));
  }
}
