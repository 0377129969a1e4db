package io.raftlessons.cluster.s3;

import static io.raftlessons.cluster.s3.InmemS3SnapshotStoreTest.OPTIONS;
import static io.raftlessons.cluster.s3.InmemS3SnapshotStoreTest.OWNER;
import static io.raftlessons.snapshots.TestSnapshots.content;
import static io.raftlessons.snapshots.TestSnapshots.meta;
import static io.raftlessons.snapshots.TestSnapshots.publish;
import static io.raftlessons.snapshots.TestSnapshots.read;
import static io.raftlessons.snapshots.TestSnapshots.received;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.raftlessons.runtime.RealDisk;
import io.raftlessons.runtime.UnknownFormatException;
import io.raftlessons.snapshots.DamagedSnapshot;
import io.raftlessons.snapshots.FileSnapshotStore;
import io.raftlessons.snapshots.SnapshotDamagedException;
import io.raftlessons.snapshots.SnapshotSink;
import io.raftlessons.snapshots.SnapshotSource;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class S3SnapshotStoreTest {
  private static final String GROUP = "snapshots/group/";
  private static final SnapshotOwner OTHER = new SnapshotOwner("of-tests", 0xdefL);

  @TempDir Path directory;
  private final InmemObjectStore objects = new InmemObjectStore();
  private RealDisk disk;
  private S3SnapshotStore store;

  @BeforeEach
  void open() throws IOException {
    disk = new RealDisk(directory);
    store = store(OWNER);
  }

  private S3SnapshotStore store(SnapshotOwner owner) throws IOException {
    return S3SnapshotStore.open(objects, disk, () -> 5, owner, OPTIONS);
  }

  private String text(String key) {
    return new String(objects.bytes(GROUP + key), StandardCharsets.UTF_8);
  }

  private void change(String key, String from, String to) {
    assertThat(text(key)).contains(from);
    objects.put(GROUP + key, text(key).replace(from, to).getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void theObjectsAreWhereTheyAreSaidToBe() throws IOException {
    publish(store, meta(7), content(3000, 1));
    String key = "lsn_00000000000000000007-snap_3-7-5";
    assertThat(objects.all())
        .containsOnlyKeys(
            GROUP + "latest.json",
            GROUP + key + "/meta.json",
            GROUP + key + "/state.bin",
            GROUP + "retained_00000000000000000002.json");
    assertThat(objects.bytes(GROUP + key + "/state.bin")).isEqualTo(content(3000, 1));
    assertThat(text(key + "/meta.json")).contains("\"index\": 7");
    assertThat(text("latest.json"))
        .isEqualTo(text("retained_00000000000000000002.json"))
        .contains("\"clusterName\" : \"of-tests\"", "\"clusterFingerprint\" : \"0000000000000abc\"")
        .contains("\"index\" : 7", "\"size\" : 3000", "\"key\" : \"" + key + "\"");
    assertThat(directory.resolve("spool")).isEmptyDirectory();
  }

  @Test
  void whatIsBeingWrittenIsNoFileThatCouldBeLeft() throws IOException {
    Files.writeString(directory.resolve("spool/content"), "of a process that was killed");
    store(OWNER);
    assertThat(directory.resolve("spool")).isEmptyDirectory();
    try (SnapshotSink sink = store.create(meta(7))) {
      sink.write(content(5000, 1));
      assertThat(directory.resolve("spool")).isEmptyDirectory();
    }
  }

  @Test
  void aSnapshotOfAnotherStoreIsUploadedWithoutACopy() throws IOException {
    FileSnapshotStore local =
        FileSnapshotStore.open(disk, () -> 9, FileSnapshotStore.Options.defaults("node"));
    SnapshotMeta meta = publish(local, meta(7), content(3000, 1));
    for (int i = 0; i < 2; i++) {
      try (SnapshotSource source = local.open(meta.getId())) {
        assertThat(store.upload(source)).isEqualTo(meta);
      }
    }
    assertThat(store.list()).containsExactly(meta);
    assertThat(read(store, meta.getId())).isEqualTo(content(3000, 1));
  }

  @Test
  void whatIsNotReadBackAsItWasWrittenIsNotNamed() throws IOException {
    String key = GROUP + "lsn_00000000000000000007-snap_9-7-1/state.bin";
    SnapshotMeta meta = received("9-7-1", 7, content(3000, 1));
    for (byte[] other : List.of(content(2999, 1), content(3000, 2), content(3001, 1))) {
      objects.put(key, other);
      assertThatExceptionOfType(SnapshotDamagedException.class)
          .isThrownBy(() -> publish(store, meta, content(3000, 1)))
          .withMessageContaining(key);
      assertThat(store.list()).isEmpty();
      assertThat(store.mayCutTo()).isZero();
    }
    // A request that failed was done, or another server of the same id was faster.
    objects.put(key, content(3000, 1));
    publish(store, meta, content(3000, 1));
    assertThat(store.list()).containsExactly(meta);
  }

  @Test
  void whatIsOpenedWasVerified() throws IOException {
    publish(store, meta(7), content(3000, 1));
    String key = GROUP + "lsn_00000000000000000007-snap_3-7-5/";
    for (byte[] other : List.of(content(2999, 1), content(3000, 2), content(3001, 1))) {
      objects.put(key + "state.bin", other);
      assertThatExceptionOfType(SnapshotDamagedException.class)
          .isThrownBy(() -> store.open("3-7-5"));
    }
    objects.delete(key + "state.bin");
    assertThatExceptionOfType(ObjectStoreException.NotFound.class)
        .isThrownBy(() -> store.open("3-7-5"));
    assertThat(store.damaged()).isEmpty();
    objects.put(key + "meta.json", new byte[9]);
    assertThat(store.list()).isEmpty();
    assertThat(store.damaged()).extracting(DamagedSnapshot::id).containsExactly("3-7-5");
    assertThat(store.mayCutTo()).isEqualTo(7);
    objects.delete(key + "meta.json");
    assertThat(store.damaged()).hasSize(1);
  }

  @Test
  void leftoversGoOnceTheyAreOlderThanAllThatIsNamed() throws IOException {
    String old = GROUP + "lsn_00000000000000000015-snap_9-15-1/state.bin";
    String young = GROUP + "lsn_00000000000000000025-snap_9-25-1/state.bin";
    objects.put(old, new byte[3]);
    objects.put(young, new byte[3]);
    for (int index = 10; index <= 20; index += 10) {
      publish(store, meta(index), content(1, index));
      assertThat(objects.all()).containsKeys(old, young);
    }
    publish(store, meta(30), content(1, 30));
    assertThat(objects.all()).doesNotContainKey(old).containsKey(young);
    publish(store, meta(40), content(1, 40));
    publish(store, meta(50), content(1, 50));
    assertThat(objects.all()).doesNotContainKey(young).hasSize(6);
  }

  @Test
  void anothersSnapshotsAreLeftAlone() throws IOException {
    SnapshotMeta meta = publish(store, meta(7), content(30, 1));
    var before = objects.all();
    S3SnapshotStore others = store(OTHER);
    for (S3SnapshotStore stranger :
        List.of(others, store(new SnapshotOwner("another", OWNER.fingerprint())))) {
      assertRefused(() -> stranger.create(meta(8)));
      assertRefused(stranger::list);
      assertRefused(stranger::damaged);
      assertRefused(stranger::mayCutTo);
      assertRefused(() -> stranger.open(meta.getId()));
      assertRefused(() -> stranger.claim(new SnapshotOwner("third", 3), meta.getId()));
      try (SnapshotSource source = store.open(meta.getId())) {
        assertRefused(() -> stranger.upload(source));
      }
    }
    assertThat(objects.all()).isEqualTo(before);
    assertThat(S3SnapshotStore.ownerOf(objects, OPTIONS)).contains(OWNER);
  }

  private static void assertRefused(Call call) {
    assertThatExceptionOfType(NotOurSnapshotsException.class)
        .isThrownBy(call::run)
        .withMessageContaining("0000000000000abc")
        .withMessageContaining("nothing is read or written")
        .satisfies(refused -> assertThat(refused.owner()).isEqualTo(OWNER));
  }

  private interface Call {
    void run() throws Exception;
  }

  /** Before it uploads gigabytes. */
  @Test
  void aPlaceIsOccupiedBeforeTheFirstSnapshotIsWritten() throws IOException {
    assertThat(S3SnapshotStore.ownerOf(objects, OPTIONS)).isEmpty();
    assertThat(store.list()).isEmpty();
    assertThat(objects.all()).isEmpty();
    try (SnapshotSink sink = store.create(meta(7))) {
      assertRefused(() -> store(OTHER).create(meta(7)));
      sink.write(1);
      sink.publish();
    }
  }

  @Test
  void aRestoredClusterClaimsThePlaceAndTheOldOneIsRefused() throws IOException {
    publish(store, meta(10), content(30, 1));
    publish(store, meta(20), content(30, 2));
    SnapshotSink late = store.create(meta(30));
    late.write(content(30, 3));

    store.claim(OTHER, "3-10-5");
    store.claim(OTHER, "3-10-5");

    assertThat(S3SnapshotStore.ownerOf(objects, OPTIONS)).contains(OTHER);
    assertThat(text("latest.json")).contains("0000000000000def").doesNotContain("3-20-5");
    assertThatExceptionOfType(NotOurSnapshotsException.class).isThrownBy(late::publish);
    assertThatExceptionOfType(NotOurSnapshotsException.class).isThrownBy(store::list);
    late.close();
    S3SnapshotStore restored = store(OTHER);
    assertThat(restored.list()).extracting(SnapshotMeta::getId).containsExactly("3-10-5");
    // Its history went on from there.
    publish(restored, received("4-15-1", 15, content(30, 4)), content(30, 4));
    assertThat(restored.list()).extracting(SnapshotMeta::getId).containsExactly("4-15-1", "3-10-5");
    publish(restored, meta(40), content(30, 5));
    publish(restored, meta(50), content(30, 6));
    assertThat(objects.all().keySet()).noneMatch(key -> key.contains("3-20-5"));
  }

  /** It could be removed at any moment. */
  @Test
  void nothingIsClaimedByASnapshotThatIsNotRetained() throws IOException {
    assertThatIOException().isThrownBy(() -> store.claim(OTHER, "3-10-5"));
    for (int index = 10; index <= 30; index += 10) {
      publish(store, meta(index), content(1, index));
    }
    assertThatIOException()
        .isThrownBy(() -> store.claim(OTHER, "3-10-5"))
        .withMessageContaining("3-10-5 is not retained any more");
    assertThat(S3SnapshotStore.ownerOf(objects, OPTIONS)).contains(OWNER);
  }

  @Test
  void aCopyThatIsDamagedOrBehindIsReplacedWithTheNextSnapshot() throws IOException {
    publish(store, meta(10), content(1, 1));
    String behind = text("latest.json");
    publish(store, meta(20), content(1, 2));
    objects.put(GROUP + "latest.json", behind.getBytes(StandardCharsets.UTF_8));
    assertThat(store.mayCutTo()).isEqualTo(10);
    assertThat(store.list()).hasSize(2);
    publish(store, meta(30), content(1, 3));
    assertThat(text("latest.json")).isEqualTo(text("retained_00000000000000000004.json"));
    objects.put(GROUP + "latest.json", "{".getBytes(StandardCharsets.UTF_8));
    publish(store, meta(40), content(1, 4));
    assertThat(text("latest.json")).isEqualTo(text("retained_00000000000000000005.json"));
  }

  @Test
  void whatIsBeingUploadedIsNoVersion() throws IOException {
    publish(store, meta(10), content(1, 1));
    objects.put(GROUP + "retained_00000000000000000003.json-0a1b", new byte[3]);
    objects.put(GROUP + "retained_00000000000000000009", new byte[3]);
    assertThat(store.mayCutTo()).isEqualTo(10);
    publish(store, meta(20), content(1, 2));
    assertThat(store.list()).hasSize(2);
  }

  /** As in a bucket that somebody copied by what latest.json names. */
  @Test
  void theCopyHoldsIfThereIsNothingElse() throws IOException {
    publish(store, meta(10), content(1, 1));
    objects.delete(GROUP + "retained_00000000000000000002.json");
    assertRefused(() -> store(OTHER).list());
    assertThat(store.list()).hasSize(1);
    publish(store, meta(20), content(1, 2));
    assertThat(objects.all()).containsKey(GROUP + "retained_00000000000000000003.json");
    assertThat(store.list()).hasSize(2);
  }

  @Test
  void whatHoldsMustBeWhatWasWritten() throws IOException {
    publish(store, meta(10), content(1, 1));
    String key = "retained_00000000000000000002.json";
    String written = text(key);
    for (String[] edit :
        new String[][] {
          {"\"index\" : 10", "\"index\" : 11"},
          {"\"snapshots\"", "\"snapshot\""},
          {"0abc", "0abd"},
          {"{", "["},
          {"\"term\" : 3,", ""},
          {"lsn_", "../"}
        }) {
      objects.put(GROUP + key, written.getBytes(StandardCharsets.UTF_8));
      change(key, edit[0], edit[1]);
      assertThatIOException().isThrownBy(store::list).withMessageContaining("is damaged");
      assertThatIOException().isThrownBy(() -> store.create(meta(20)));
    }
    objects.put(GROUP + key, new byte[0]);
    assertThatIOException().isThrownBy(store::list).withMessageContaining("is damaged");
    objects.put(GROUP + key, new byte[Retained.MAX_BYTES + 1]);
    assertThatIOException().isThrownBy(store::list).withMessageContaining("more than");
  }

  @Test
  void anotherFormatIsNotDamage() throws Exception {
    Retained retained = new Retained(1, OWNER, List.of());
    String text = new String(retained.encode(), StandardCharsets.UTF_8);
    byte[] newer = RetainedTest.sealed(text.replace("\"format\" : 1", "\"format\" : 2"));
    objects.put(GROUP + "retained_00000000000000000001.json", newer);
    assertThatExceptionOfType(UnknownFormatException.class)
        .isThrownBy(() -> store.create(meta(1)))
        .withMessageContaining("has format 2");
  }

  @Test
  void nothingLargerThanOnePieceIsBegun() throws IOException {
    assertThat(S3SnapshotStore.MAX_BYTES).isEqualTo(5_368_709_120L);
    SnapshotMeta large =
        received("9-7-1", 7, new byte[0]).toBuilder()
            .setSize(S3SnapshotStore.MAX_BYTES + 1)
            .build();
    assertThatIOException()
        .isThrownBy(() -> store.create(large))
        .withMessageContaining("9-7-1 has more than the 5368709120 bytes");
  }

  @Test
  void optionsHaveLimits() {
    S3SnapshotStore.Options defaults = S3SnapshotStore.Options.defaults("", "raft", "spool");
    assertThat(defaults.retain()).isEqualTo(2);
    Duration pause = Duration.ZERO;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new S3SnapshotStore.Options("", "g", 0, 2, pause, "d", 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new S3SnapshotStore.Options("", "g", 1, 1, pause, "d", 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new S3SnapshotStore.Options("", "g", 1, 2, pause, "d", 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new S3SnapshotStore.Options("", "a/b", 1, 2, pause, "d", 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new SnapshotOwner("a", 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new SnapshotOwner("", 1));
  }
}
