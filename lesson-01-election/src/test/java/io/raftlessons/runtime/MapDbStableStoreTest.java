package io.raftlessons.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.raftlessons.wire.HardState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mapdb.DB;
import org.mapdb.DBException;
import org.mapdb.DBMaker;
import org.mapdb.Serializer;

class MapDbStableStoreTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void nameFile() {
    file = directory.resolve("hard-state.mapdb");
  }

  @Test
  void nothingSavedIsTheDefault() throws IOException {
    try (MapDbStableStore store = new MapDbStableStore(file)) {
      assertThat(store.load()).isEqualTo(HardState.getDefaultInstance());
    }
  }

  @Test
  void aReopenedStoreLoadsTheLastSave() throws IOException {
    for (int term = 1; term <= 5; term++) {
      HardState state = state(term);
      try (MapDbStableStore store = new MapDbStableStore(file)) {
        store.save(state);
        assertThat(store.load()).isEqualTo(state);
      }
      try (MapDbStableStore store = new MapDbStableStore(file)) {
        assertThat(store.load()).isEqualTo(state);
      }
    }
  }

  @Test
  void aCopyOfTheFilesOfAnOpenStoreHasTheLastSave() throws IOException {
    try (MapDbStableStore store = new MapDbStableStore(file)) {
      store.save(state(1));
      store.save(state(2));
      Path copies = Files.createDirectory(directory.resolve("copies"));
      try (var files = Files.newDirectoryStream(directory, "hard-state*")) {
        for (Path each : files) {
          Files.copy(each, copies.resolve(each.getFileName()));
        }
      }
      try (MapDbStableStore copy = new MapDbStableStore(copies.resolve(file.getFileName()))) {
        assertThat(copy.load()).isEqualTo(state(2));
      }
    }
  }

  @Test
  void aDamagedRecordIsRefused() throws IOException {
    new MapDbStableStore(file).close();
    byte[] bad = CheckedFile.frame(state(1).toByteArray(), HardStates.MAGIC, HardStates.VERSION);
    bad[bad.length - 1] ^= 1;
    try (DB db = DBMaker.fileDB(file.toFile()).transactionEnable().make()) {
      db.atomicVar("hard-state", Serializer.BYTE_ARRAY).open().set(bad);
      db.commit();
    }
    try (MapDbStableStore store = new MapDbStableStore(file)) {
      assertThatIOException().isThrownBy(store::load).withMessageContaining("checksum");
    }
  }

  @Test
  void aFileOfAnotherKindIsRefused() throws IOException {
    Files.writeString(file, "this is no database".repeat(1000));
    assertThatIOException()
        .isThrownBy(() -> new MapDbStableStore(file))
        .withMessageContaining(file.toString());
  }

  @Test
  void aFileOfMapDbThatIsNotOursIsRefused() throws IOException {
    try (DB db = DBMaker.fileDB(file.toFile()).transactionEnable().make()) {
      db.atomicString("somebody-elses").createOrOpen();
      db.commit();
    }
    assertThatIOException()
        .isThrownBy(() -> new MapDbStableStore(file))
        .withMessageContaining(file + " is a file of MapDB, but none of ours")
        .withMessageContaining("somebody-elses");
  }

  @Test
  void anUnknownFormatIsRefusedWithWhatToDo() throws IOException {
    new MapDbStableStore(file).close();
    try (DB db = DBMaker.fileDB(file.toFile()).transactionEnable().make()) {
      db.atomicInteger("format").open().set(2);
      db.commit();
    }
    assertThatIOException()
        .isThrownBy(() -> new MapDbStableStore(file))
        .withMessageContaining("has format 2, but this program knows format 1")
        .withMessageContaining("newer release");
  }

  /** Whatever MapDB stumbles over, an exception or an error, is a file that cannot be used. */
  @Test
  void aDamagedByteIsHarmlessOrReported() throws IOException {
    try (MapDbStableStore store = new MapDbStableStore(file)) {
      store.save(state(1));
    }
    byte[] good = Files.readAllBytes(file);
    int used = 0;
    int surprises = 0;
    for (int at = 0; at < good.length; at++) {
      if (good[at] != 0 && used++ % 5 == 0) {
        byte[] bad = good.clone();
        bad[at] ^= 0x55;
        Path copy = directory.resolve("copy-" + at);
        Files.write(copy, bad);
        try (MapDbStableStore store = new MapDbStableStore(copy)) {
          assertThat(store.load()).isEqualTo(state(1));
        } catch (IOException e) {
          assertThat(e).hasMessageContaining(copy.toString());
          surprises += e.getCause() instanceof DBException ? 0 : 1;
        }
        Files.delete(copy);
      }
    }
    assertThat(surprises).as("failures that are no DBException").isPositive();
  }

  @Test
  void aStoreInUseIsRefused() throws IOException {
    try (MapDbStableStore store = new MapDbStableStore(file)) {
      store.save(state(1));
      assertThatIOException()
          .isThrownBy(() -> new MapDbStableStore(file))
          .withMessageContaining(file.toString());
    }
  }

  @Test
  void aClosedStoreIsClosed() throws IOException {
    MapDbStableStore store = new MapDbStableStore(file);
    store.close();
    store.close();
    assertThatIOException().isThrownBy(store::load).withMessageContaining("closed");
    assertThatIOException().isThrownBy(() -> store.save(state(1))).withMessageContaining("closed");
  }

  private static HardState state(long term) {
    return HardState.newBuilder().setCurrentTerm(term).setVotedFor("server-" + term).build();
  }
}
