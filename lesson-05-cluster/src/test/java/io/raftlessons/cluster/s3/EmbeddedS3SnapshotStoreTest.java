package io.raftlessons.cluster.s3;

import static io.raftlessons.cluster.s3.InmemS3SnapshotStoreTest.OWNER;
import static io.raftlessons.snapshots.TestSnapshots.content;
import static io.raftlessons.snapshots.TestSnapshots.received;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.runtime.RealDisk;
import io.raftlessons.snapshots.SnapshotSink;
import io.raftlessons.snapshots.TestSnapshots;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same contract, over HTTP and with real files. */
class EmbeddedS3SnapshotStoreTest implements S3SnapshotStoreContract {
  private static final int SEEDS = Integer.getInteger("s3.seeds", 2);
  private static final int SNAPSHOTS = 4;

  @TempDir static Path files;
  private static EmbeddedS3 server;
  private static S3ObjectStore objects;
  private static int places;

  @BeforeAll
  static void start() throws IOException {
    server = EmbeddedS3.start(files.resolve("s3"), 0, Optional.empty(), List.of("bucket"));
    objects = new S3ObjectStore(EmbeddedS3Test.config(server, "bucket"));
  }

  @AfterAll
  static void stop() throws IOException {
    objects.close();
    server.close();
  }

  private static S3SnapshotStore.Options place(int number, String directory) {
    return new S3SnapshotStore.Options(
        "place-" + number, "group", 2, 8, Duration.ofMillis(1), directory, 1000);
  }

  private static S3SnapshotStore open(int place, String directory, LongSupplier millis)
      throws IOException {
    return S3SnapshotStore.open(
        objects, new RealDisk(files), millis, OWNER, place(place, directory));
  }

  @Override
  public S3SnapshotStore create(LongSupplier millis) throws IOException {
    places++;
    return open(places, "spool", millis);
  }

  /** What one writer was told, and what it was not. */
  private record Written(List<SnapshotMeta> published, int superseded) {}

  private static Written write(String name, int place, int seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed + name.hashCode());
    S3SnapshotStore store = open(place, "spool-" + name, () -> 5);
    List<SnapshotMeta> published = new ArrayList<>();
    int superseded = 0;
    for (long index = 1; published.size() + superseded < SNAPSHOTS; index += random.nextInt(3)) {
      byte[] content = content(3000, index);
      SnapshotMeta meta = received(name + "-" + (published.size() + superseded), index, content);
      try (SnapshotSink sink = store.create(meta)) {
        sink.write(content);
        published.add(sink.publish());
      } catch (SupersededSnapshotException e) {
        superseded++;
      }
    }
    return new Written(published, superseded);
  }

  @Test
  void twoWritersAtOnceAndWhatIsNamedIsThere() throws Exception {
    int superseded = 0;
    int published = 0;
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      for (int seed = 0; seed < SEEDS; seed++) {
        places++;
        int place = places;
        int now = seed;
        Future<Written> one = threads.submit(() -> write("a", place, now));
        Future<Written> two = threads.submit(() -> write("b", place, now));
        long newest = 0;
        for (Written written : List.of(one.get(), two.get())) {
          superseded += written.superseded();
          published += written.published().size();
          for (SnapshotMeta meta : written.published()) {
            newest = Math.max(newest, meta.getIndex());
          }
        }
        assertWhole(place, newest);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(published).isPositive();
    assertThat(superseded).isPositive();
  }

  private static void assertWhole(int place, long newest) throws IOException {
    S3SnapshotStore store = open(place, "spool", () -> 5);
    List<SnapshotMeta> named = store.list();
    assertThat(named.get(0).getIndex()).isEqualTo(newest);
    for (SnapshotMeta meta : named) {
      assertThat(TestSnapshots.read(store, meta.getId())).isEqualTo(content(3000, meta.getIndex()));
    }
    Path group = files.resolve("s3/objects/bucket/place-" + place + "/group");
    List<String> versions;
    try (var names = Files.list(group)) {
      versions =
          names
              .map(name -> name.getFileName().toString())
              .filter(name -> name.startsWith("retained_"))
              .sorted()
              .toList();
    }
    assertThat(Files.readString(group.resolve("latest.json"), StandardCharsets.UTF_8))
        .isEqualTo(Files.readString(group.resolve(versions.get(versions.size() - 1))));
  }
}
