package io.raftlessons.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.raftlessons.sim.SimDisk.CrashMode;
import io.raftlessons.sim.TestDisk;
import io.raftlessons.wire.HardState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FileStableStoreTest {
  private static final HardState FIRST = state(1, "a");
  private static final HardState SECOND = state(2, "");

  private final TestDisk test = new TestDisk(1);

  @Test
  void nothingSavedIsTheDefault() throws IOException {
    assertThat(open().load()).isEqualTo(HardState.getDefaultInstance());
  }

  @Test
  void anotherStoreLoadsTheLastSave() throws IOException {
    FileStableStore store = open();
    store.save(FIRST);
    assertThat(store.load()).isEqualTo(FIRST);
    store.save(SECOND);
    store.close();
    assertThat(open().load()).isEqualTo(SECOND);
    assertThat(test.disk.list("n1")).containsExactly("hard-state");
    assertThatIOException().isThrownBy(store::load).withMessageContaining("closed");
    assertThatIOException().isThrownBy(() -> store.save(FIRST)).withMessageContaining("closed");
  }

  @Test
  void removesAStaleTemporaryFile() throws IOException {
    open().save(FIRST);
    write("n1/hard-state.tmp", new byte[5000]);
    FileStableStore store = open();
    assertThat(test.disk.list("n1")).containsExactly("hard-state");
    store.save(SECOND);
    assertThat(open().load()).isEqualTo(SECOND);
  }

  @Test
  void aLoadedStateIsDurableEvenIfItsSaverWasKilled() throws IOException {
    open().save(FIRST);
    write(
        "n1/hard-state.tmp",
        CheckedFile.frame(SECOND.toByteArray(), HardStates.MAGIC, HardStates.VERSION));
    test.disk.rename("n1/hard-state.tmp", "n1/hard-state");
    assertThat(open().load()).isEqualTo(SECOND);
    test.crash(CrashMode.DROP_ALL);
    assertThat(open().load()).isEqualTo(SECOND);
  }

  @Test
  void everyFlippedByteIsFound() throws IOException {
    open().save(FIRST);
    byte[] good = test.content("n1/hard-state");
    for (int at = 0; at < good.length; at++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] bad = good.clone();
        bad[at] ^= (byte) (1 << bit);
        write("n1/hard-state", bad);
        assertThatIOException()
            .isThrownBy(() -> open().load())
            .withMessageMatching("n1/hard-state is damaged at byte \\d+: .+\\. Do not delete.*");
      }
    }
    write("n1/hard-state", good);
    assertThat(open().load()).isEqualTo(FIRST);
  }

  @Test
  void everyOtherLengthIsFound() throws IOException {
    open().save(FIRST);
    byte[] good = test.content("n1/hard-state");
    for (int length = 0; length < good.length + 10; length++) {
      if (length != good.length) {
        write("n1/hard-state", Arrays.copyOf(good, length));
        assertThatIOException()
            .isThrownBy(() -> open().load())
            .withMessageContaining("n1/hard-state is damaged at byte");
      }
    }
    write("n1/hard-state", new byte[CheckedFile.MAX_PAYLOAD + 1000]);
    assertThatIOException().isThrownBy(() -> open().load()).withMessageContaining("too many");
  }

  @Test
  void aWellFormedFileWithNonsenseIsRefused() throws IOException {
    open().save(FIRST);
    for (byte[] payload : new byte[][] {{(byte) 0xff}, state(-1, "a").toByteArray()}) {
      write("n1/hard-state", CheckedFile.frame(payload, HardStates.MAGIC, HardStates.VERSION));
      assertThatIOException().isThrownBy(() -> open().load()).withMessageContaining("damaged");
    }
  }

  @Test
  void anUnknownFormatIsRefusedWithWhatToDo() throws IOException {
    open().save(FIRST);
    for (int version : new int[] {0, 2}) {
      write("n1/hard-state", CheckedFile.frame(FIRST.toByteArray(), HardStates.MAGIC, version));
      assertThatIOException()
          .isThrownBy(() -> open().load())
          .withMessageContaining("has format " + version + ", but this program knows format 1")
          .withMessageContaining(version == 2 ? "newer release" : "older");
    }
  }

  @Test
  void aFailedSyncPoisonsTheStore() throws IOException {
    FileStableStore store = open();
    store.save(FIRST);
    test.faults.syncErrorProbability = 1;
    assertThatIOException().isThrownBy(() -> store.save(SECOND));
    test.faults.syncErrorProbability = 0;
    assertPoisoned(store, "input/output error: sync n1/hard-state.tmp");
    assertThat(open().load()).isEqualTo(FIRST);
  }

  @Test
  void aFullDiskPoisonsTheStore() throws IOException {
    FileStableStore store = open();
    store.save(FIRST);
    test.faults.capacityBytes = 30;
    assertThatIOException().isThrownBy(() -> store.save(SECOND));
    test.faults.capacityBytes = Long.MAX_VALUE;
    assertPoisoned(store, "no space left");
    assertThat(open().load()).isEqualTo(FIRST);
  }

  private static void assertPoisoned(FileStableStore store, String why) {
    for (int i = 0; i < 2; i++) {
      assertThatIOException()
          .isThrownBy(() -> store.save(SECOND))
          .withMessageContaining("First failure: " + why);
      assertThatIOException()
          .isThrownBy(store::load)
          .withMessageContaining("First failure: " + why);
    }
  }

  @Test
  void aFailedReadIsNoDamage() throws IOException {
    FileStableStore store = open();
    store.save(FIRST);
    test.faults.readErrorProbability = 1;
    assertThatIOException().isThrownBy(store::load).withMessageContaining("input/output error");
    test.faults.readErrorProbability = 0;
    assertThat(store.load()).isEqualTo(FIRST);
  }

  private FileStableStore open() throws IOException {
    return new FileStableStore(test.disk, "n1");
  }

  private void write(String name, byte[] content) throws IOException {
    try (Disk.File file = test.disk.open(name)) {
      file.truncate(0);
      file.writeAt(0, ByteBuffer.wrap(content));
      file.sync();
    }
  }

  private static HardState state(long term, String vote) {
    return HardState.newBuilder().setCurrentTerm(term).setVotedFor(vote).build();
  }
}
