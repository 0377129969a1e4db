package io.raftlessons.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mapdb.Atomic;

class MapDbFileTest {
  @TempDir Path directory;
  private Path path;

  @BeforeEach
  void namePath() {
    path = directory.resolve("numbers.mapdb");
  }

  private MapDbFile open() throws IOException {
    return new MapDbFile(path, "number", 1);
  }

  private static Atomic.Long number(MapDbFile file) throws IOException {
    return file.part(db -> db.atomicLong("number").createOrOpen());
  }

  @Test
  void whatWasNotCommittedIsGoneUnlessTheCloseCommitsIt() throws IOException {
    MapDbFile file = open();
    Atomic.Long number = number(file);
    file.write(() -> number.set(1));
    file.commit();
    file.write(() -> number.set(2));
    file.close();

    MapDbFile again = open();
    Atomic.Long found = number(again);
    assertThat(again.read(found::get)).isEqualTo(1);
    again.write(() -> found.set(3));
    again.commitAndClose();
    again.commitAndClose();

    try (MapDbFile last = open()) {
      assertThat(last.read(number(last)::get)).isEqualTo(3);
    }
  }

  @Test
  void afterAFailedWriteNothingIsPromisedAnyMore() throws IOException {
    MapDbFile file = open();
    Atomic.Long number = number(file);
    assertThatIOException()
        .isThrownBy(
            () ->
                file.write(
                    () -> {
                      number.set(7);
                      throw new IllegalAccessError("as MapDB does");
                    }))
        .withMessageContaining("cannot write " + path)
        .withMessageContaining("as MapDB does");
    for (int i = 0; i < 2; i++) {
      assertThatIOException()
          .isThrownBy(file::commit)
          .withMessageContaining("failed earlier and is not used any more");
      assertThatIOException().isThrownBy(() -> file.read(number::get));
    }
    file.commitAndClose();
    try (MapDbFile again = open()) {
      assertThat(again.read(number(again)::get)).as("not committed").isZero();
    }
  }
}
