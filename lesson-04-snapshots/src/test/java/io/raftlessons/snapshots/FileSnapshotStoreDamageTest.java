package io.raftlessons.snapshots;

import static io.raftlessons.snapshots.KeepingStoreContract.ids;
import static io.raftlessons.snapshots.TestSnapshots.content;
import static io.raftlessons.snapshots.TestSnapshots.meta;
import static io.raftlessons.snapshots.TestSnapshots.publish;
import static io.raftlessons.snapshots.TestSnapshots.read;
import static io.raftlessons.snapshots.TestSnapshots.received;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.raftlessons.runtime.Disk;
import io.raftlessons.runtime.UnknownFormatException;
import io.raftlessons.sim.SimDisk.CrashMode;
import io.raftlessons.sim.TestDisk;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Snapshots that are not what was written, and disks that are full or fail. */
class FileSnapshotStoreDamageTest {
  private static final String STATE = "n/snapshots/3-20-5/state.bin";
  private static final String META = "n/snapshots/3-20-5/meta.json";

  private final TestDisk test = new TestDisk(1);
  private final Logger log = (Logger) LoggerFactory.getLogger(FileSnapshotStore.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private FileSnapshotStore store;

  FileSnapshotStoreDamageTest() throws IOException {
    store = open();
  }

  private FileSnapshotStore open() throws IOException {
    return FileSnapshotStore.open(test.disk, () -> 5, SnapshotLife.SMALL);
  }

  @BeforeEach
  void aNewOneAndAnOldOne() throws IOException {
    publish(store, meta(10), content(700, 10));
    publish(store, meta(20), content(700, 20));
    lines.start();
    log.addAppender(lines);
    log.setAdditive(false);
    log.setLevel(Level.WARN);
  }

  @AfterEach
  void logAsBefore() {
    log.setAdditive(true);
    log.setLevel(Level.ERROR);
    log.detachAppender(lines);
  }

  @Test
  void everyFlippedByteOfTheContentIsSeen() throws IOException {
    byte[] content = test.content(STATE);
    for (int at = 0; at < content.length; at++) {
      overwrite(STATE, at, (byte) (content[at] ^ 0x10));
      assertDamaged("has checksum");
      overwrite(STATE, at, content[at]);
    }
    assertThat(read(store, "3-20-5")).isEqualTo(content(700, 20));
  }

  @Test
  void aContentOfAnotherLengthIsSeen() throws IOException {
    for (int size : new int[] {0, 699, 701, 1 << 20}) {
      try (Disk.File file = test.disk.open(STATE)) {
        file.truncate(size);
      }
      assertDamaged("has " + size + " bytes, and should have 700");
    }
    test.disk.delete(STATE);
    assertDamaged("there is no " + STATE);
  }

  private void assertDamaged(String how) throws IOException {
    assertThatExceptionOfType(SnapshotDamagedException.class)
        .isThrownBy(() -> store.open("3-20-5"))
        .withMessageContaining("snapshot 3-20-5 is damaged")
        .withMessageContaining(how);
    assertThat(ids(store)).containsExactly("3-20-5", "3-10-5");
  }

  @Test
  void everyFlippedByteOfTheMetaIsSeenAndSaid() throws IOException {
    byte[] text = test.content(META);
    for (int at = 0; at < text.length; at++) {
      overwrite(META, at, (byte) (text[at] ^ 0x01));
      assertMetaDamaged(META);
      overwrite(META, at, text[at]);
    }
    assertThat(ids(store)).containsExactly("3-20-5", "3-10-5");
    assertThat(store.damaged()).isEmpty();
  }

  private void assertMetaDamaged(String reason) throws IOException {
    lines.list.clear();
    FileSnapshotStore again = open();
    assertThat(ids(again)).containsExactly("3-10-5");
    assertThat(again.damaged())
        .singleElement()
        .satisfies(
            damaged -> {
              assertThat(damaged.id()).isEqualTo("3-20-5");
              assertThat(damaged.reason()).contains(reason);
            });
    assertThat(lines.list)
        .as("said, and said once")
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.getLevel()).isEqualTo(Level.WARN);
              assertThat(line.getFormattedMessage()).startsWith("n/snapshots/3-20-5 is damaged");
            });
    assertThatExceptionOfType(SnapshotDamagedException.class)
        .isThrownBy(() -> again.open("3-20-5"))
        .withMessageContaining(reason);
  }

  @Test
  void aMetaThatIsMissingEmptyHugeOrAnothersIsDamage() throws IOException {
    byte[] text = test.content(META);
    byte[] others = test.content("n/snapshots/3-10-5/meta.json");
    try (Disk.File file = test.disk.open(META)) {
      for (int size : new int[] {0, 10, text.length - 1}) {
        file.truncate(size);
        assertMetaDamaged(META);
      }
      file.truncate(FileSnapshotStore.MAX_META_BYTES + 1);
      assertMetaDamaged("1048577 bytes, too many");
      file.truncate(0);
    }
    overwrite(META, 0, others);
    assertMetaDamaged("is that of 3-10-5");
    test.disk.delete(META);
    assertMetaDamaged("there is no " + META);
  }

  /** It may be the newest, and somebody may still mend it. */
  @Test
  void aDamagedOneCountsForNothingAndIsNeverRemoved() throws IOException {
    overwrite(META, 3, (byte) 'x');
    publish(store, meta(30), content(700, 30));
    publish(store, meta(40), content(700, 40));
    publish(store, meta(50), content(700, 50));
    assertThat(ids(store)).containsExactly("3-50-5", "3-40-5");
    assertThat(store.damaged()).extracting(DamagedSnapshot::id).containsExactly("3-20-5");
    assertThat(test.content(STATE)).isEqualTo(content(700, 20));
  }

  /** With one to keep, the one that stays is the one that is whole. */
  @Test
  void theOnlyReadableOneIsNotRemovedForADamagedNewerOne() throws IOException {
    overwrite(META, 3, (byte) 'x');
    FileSnapshotStore one =
        FileSnapshotStore.open(test.disk, () -> 6, new FileSnapshotStore.Options("n", 1, 400, 800));
    publish(one, meta(5), content(700, 5));
    assertThat(ids(one)).containsExactly("3-10-5", "3-5-6");
    assertThat(read(one, "3-10-5")).isEqualTo(content(700, 10));
  }

  @Test
  void whatIsReceivedAgainMendsWhatWasDamaged() throws IOException {
    SnapshotMeta sent = received("9-50-8", 50, content(700, 50));
    for (String file : new String[] {"state.bin", "meta.json"}) {
      publish(store, sent, content(700, 50));
      overwrite("n/snapshots/9-50-8/" + file, 9, (byte) 'x');
      assertThatExceptionOfType(SnapshotDamagedException.class)
          .isThrownBy(() -> store.open("9-50-8"));
      publish(store, sent, content(700, 50));
      test.crash(CrashMode.DROP_ALL);
      store = open();
      assertThat(read(store, "9-50-8")).isEqualTo(content(700, 50));
    }
  }

  @Test
  void anotherFormatStopsTheStore() throws IOException {
    String text = new String(test.content(META), StandardCharsets.US_ASCII);
    String newer = text.substring(0, text.indexOf("  \"crc32c\"")).replace("1,", "2,");
    test.disk.delete(META);
    overwrite(META, 0, MetaJsonTest.sealed(newer));
    assertThatExceptionOfType(UnknownFormatException.class)
        .isThrownBy(this::open)
        .withMessageContaining(META + " has format 2")
        .withMessageContaining("start that release");
    assertThatExceptionOfType(UnknownFormatException.class).isThrownBy(store::list);
    assertThat(lines.list).as("it is not damaged").isEmpty();
  }

  @Test
  void aFailedReadIsNoDamageOfTheContentAndPasses() throws IOException {
    InputStream stream = store.open("3-20-5").stream();
    test.faults.readErrorProbability = 1;
    assertThatIOException().isThrownBy(stream::read).withMessageContaining("input/output error");
    assertThat(store.list()).isEmpty();
    assertThat(store.damaged()).hasSize(2);
    assertThatIOException()
        .isThrownBy(() -> store.open("3-20-5"))
        .isNotInstanceOf(SnapshotDamagedException.class);
    test.faults.readErrorProbability = 0;
    assertThat(ids(store)).containsExactly("3-20-5", "3-10-5");
    assertThat(stream.readAllBytes()).isEqualTo(content(700, 20));
  }

  @Test
  void afterAFullDiskThereIsSpaceForTheNext() throws IOException {
    byte[] large = content(5000, 30);
    test.faults.capacityBytes = 6000;
    try (SnapshotSink sink = store.create(meta(30))) {
      assertThatIOException()
          .isThrownBy(() -> sink.write(large))
          .withMessageContaining("no space left");
      assertThatIOException().isThrownBy(() -> sink.write(1)).withMessageContaining("failed");
      assertThatIOException().isThrownBy(sink::publish).withMessageContaining("failed before");
      assertThat(ids(store)).containsExactly("3-20-5", "3-10-5");
    }
    assertThat(test.disk.listDirectories("n/snapshots")).containsExactly("3-10-5", "3-20-5");
    publish(store, meta(40), content(3000, 40));
    assertThat(ids(store)).containsExactly("3-40-5", "3-20-5");
  }

  /** The sync of a file that failed may lie the next time, so that file is not used again. */
  @Test
  void afterAFailedSyncAnotherFileIsWritten() throws IOException {
    test.faults.dropAfterSyncErrorProbability = 1;
    try (SnapshotSink sink = store.create(meta(30))) {
      sink.write(content(700, 30));
      test.faults.syncErrorProbability = 1;
      assertThatIOException().isThrownBy(sink::publish);
      test.faults.syncErrorProbability = 0;
      assertThatIOException().isThrownBy(sink::publish).withMessageContaining("failed before");
    }
    SnapshotMeta next = publish(store, meta(30), content(700, 30));
    test.crash(CrashMode.DROP_ALL);
    store = open();
    assertThat(store.list().get(0)).isEqualTo(next);
    assertThat(read(store, next.getId())).isEqualTo(content(700, 30));
  }

  @Test
  void aConfigurationThatCouldNotBeReadBackIsNotPublished() throws IOException {
    SnapshotMeta.Builder huge = meta(30).toBuilder();
    huge.getConfigurationBuilder().addServersBuilder().setId("x".repeat(1 << 20));
    assertThatIOException().isThrownBy(() -> publish(store, huge.build(), new byte[1]));
    assertThat(ids(store)).containsExactly("3-20-5", "3-10-5");
    assertThat(store.damaged()).isEmpty();
  }

  @Test
  void theMetaHasAllOfTheConfiguration() throws IOException {
    SnapshotMeta found = open().list().get(0);
    assertThat(found.getConfiguration()).isEqualTo(meta(20).getConfiguration());
    assertThat(found.getConfigurationIndex()).isEqualTo(19);
    assertThat(Arrays.asList(found.getIndex(), found.getTerm())).containsExactly(20L, 3L);
  }

  private void overwrite(String name, long position, byte... bytes) throws IOException {
    try (Disk.File file = test.disk.open(name)) {
      file.writeAt(position, ByteBuffer.wrap(bytes));
      file.sync();
    }
    test.disk.syncDirectory("n/snapshots/3-20-5");
  }
}
