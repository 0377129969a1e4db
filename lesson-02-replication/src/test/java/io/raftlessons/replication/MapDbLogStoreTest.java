package io.raftlessons.replication;

import static io.raftlessons.replication.TestEntries.all;
import static io.raftlessons.replication.TestEntries.entries;
import static io.raftlessons.replication.TestEntries.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.raftlessons.runtime.MapDbStableStore;
import io.raftlessons.wire.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mapdb.DB;
import org.mapdb.DBMaker;
import org.mapdb.Serializer;

/** With real files: MapDB opens them itself. */
class MapDbLogStoreTest implements LogStoreContract {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void nameFile() {
    file = directory.resolve("log.mapdb");
  }

  @Override
  public LogStore create() throws IOException {
    return new MapDbLogStore(file);
  }

  @Override
  public LogStore between(LogStore store, Random random) throws IOException {
    store.close();
    return create();
  }

  @Test
  void aReopenedStoreHasWhatWasSynced() throws IOException {
    for (int i = 0; i < 5; i++) {
      try (LogStore store = create()) {
        assertThat(all(store)).isEqualTo(entries(1, 10L * i, 1));
        store.write(10L * i + 1, entries(10L * i + 1, 10L * i + 10, 1));
        store.sync();
      }
    }
  }

  @Test
  void aCopyOfTheFilesOfAnOpenStoreHasWhatWasSyncedAndNothingElse() throws IOException {
    try (LogStore store = create()) {
      store.write(1, entries(1, 20, 1));
      store.sync();
      store.write(11, entries(11, 30, 2));
      Path copies = Files.createDirectory(directory.resolve("copies"));
      try (var files = Files.newDirectoryStream(directory, "log*")) {
        for (Path each : files) {
          Files.copy(each, copies.resolve(each.getFileName()));
        }
      }
      try (LogStore copy = new MapDbLogStore(copies.resolve(file.getFileName()))) {
        assertThat(all(copy)).isEqualTo(entries(1, 20, 1));
      }
    }
  }

  @Test
  void aLargeEntryComesBack() throws IOException {
    List<Entry> large = List.of(entry(1, 1, 4 << 20), entry(2, 1, 0), entry(3, 1, 100_000));
    try (LogStore store = create()) {
      store.write(1, large);
      store.sync();
    }
    try (LogStore store = create()) {
      assertThat(store.read(1, Long.MAX_VALUE)).isEqualTo(large);
    }
  }

  @Test
  void everyFlippedBitOfAnEntryIsSeenByTheRead() throws IOException {
    fill();
    byte[] good = stored(3);
    for (int at = 0; at < good.length; at++) {
      byte[] bad = good.clone();
      bad[at] ^= (byte) (1 << at % 8);
      tamper(map -> map.put(3L, bad));
      try (LogStore store = create()) {
        assertThat(store.read(1, 1)).containsExactly(entry(1, 1, 40));
        assertThatIOException()
            .isThrownBy(() -> store.read(3, 100))
            .withMessageContaining(file + " is damaged: entry 3 is not what was written");
      }
    }
  }

  @Test
  void anEntryThatIsNoEntryOrAnotherOneIsRefused() throws IOException {
    fill();
    tamper(map -> map.put(3L, new byte[3]));
    assertThatReadFails(3, "checksum is wrong");
    byte[] fourth = stored(4);
    tamper(map -> map.put(3L, fourth));
    assertThatReadFails(3, "entry 4 in its place");
  }

  private void assertThatReadFails(long index, String message) throws IOException {
    try (LogStore store = create()) {
      assertThatIOException()
          .isThrownBy(() -> store.read(index, 100))
          .withMessageContaining(message)
          .withMessageContaining("Do not delete");
    }
  }

  @Test
  void aHoleIsRefused() throws IOException {
    fill();
    tamper(map -> map.remove(3L));
    assertThatIOException()
        .isThrownBy(this::create)
        .withMessageContaining(file + " is damaged: entry 3 is missing");
  }

  @Test
  void aFileOfAnotherKindIsRefused() throws IOException {
    Files.writeString(file, "this is no database".repeat(1000));
    assertThatIOException().isThrownBy(this::create).withMessageContaining(file.toString());
  }

  @Test
  void theFileOfAnotherStoreIsRefusedAndStaysUsable() throws IOException {
    new MapDbStableStore(file).close();
    assertThatIOException()
        .isThrownBy(this::create)
        .withMessageContaining(file + " holds a hard state and not a log");
    new MapDbStableStore(file).close();
  }

  @Test
  void aStoreInUseIsRefused() throws IOException {
    try (LogStore store = create()) {
      store.write(1, entries(1, 3, 1));
      assertThatIOException().isThrownBy(this::create).withMessageContaining(file.toString());
      store.sync();
      assertThat(all(store)).isEqualTo(entries(1, 3, 1));
    }
  }

  @Test
  void aClosedStoreIsClosed() throws IOException {
    LogStore store = create();
    store.write(1, entries(1, 3, 1));
    store.close();
    store.close();
    assertThatIOException().isThrownBy(store::lastIndex).withMessageContaining("closed");
    assertThatIOException().isThrownBy(store::firstIndex).withMessageContaining("closed");
    assertThatIOException().isThrownBy(() -> store.read(1, 1)).withMessageContaining("closed");
    assertThatIOException()
        .isThrownBy(() -> store.write(4, entries(4, 4, 1)))
        .withMessageContaining("closed");
    assertThatIOException().isThrownBy(store::sync).withMessageContaining("closed");
    assertThatIOException().isThrownBy(() -> store.deletePrefix(1)).withMessageContaining("closed");
  }

  private void fill() throws IOException {
    try (LogStore store = create()) {
      store.write(1, entries(1, 5, 1));
    }
  }

  private byte[] stored(long index) {
    List<byte[]> found = new ArrayList<>();
    tamper(map -> found.add(map.get(index)));
    return found.get(0);
  }

  /** Changes the file behind the store's back. */
  private void tamper(Consumer<NavigableMap<Long, byte[]>> change) {
    try (DB db = DBMaker.fileDB(file.toFile()).transactionEnable().make()) {
      change.accept(db.treeMap("entries", Serializer.LONG, Serializer.BYTE_ARRAY).open());
      db.commit();
    }
  }
}
