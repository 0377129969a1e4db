package io.raftlessons.cluster.s3;

import static io.raftlessons.cluster.s3.InmemS3SnapshotStoreTest.OPTIONS;
import static io.raftlessons.cluster.s3.InmemS3SnapshotStoreTest.OWNER;
import static io.raftlessons.snapshots.TestSnapshots.content;
import static io.raftlessons.snapshots.TestSnapshots.publish;
import static io.raftlessons.snapshots.TestSnapshots.received;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.raftlessons.runtime.RealDisk;
import io.raftlessons.snapshots.MetaJson;
import io.raftlessons.snapshots.SnapshotDamagedException;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * The old leader and the new one upload at once, in every order that some hundred seeds give.
 * Whatever goes wrong: what holds never goes back, and never names what is not there.
 */
class TwoWritersTest {
  private static final String GROUP = "snapshots/group/";
  private static final int SEEDS = 100;
  private static final int SNAPSHOTS = 4;

  @TempDir Path directory;

  /** The process died. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final Logger log = (Logger) LoggerFactory.getLogger("io.raftlessons.cluster.s3");
  private int superseded;
  private int failed;
  private int killed;
  private int published;
  private int wentBack;

  /** Hundreds of failures are meant. */
  @BeforeEach
  void quiet() {
    log.setLevel(Level.ERROR);
  }

  @AfterEach
  void loud() {
    log.setLevel(null);
  }

  @Test
  void onAStoreThatWorks() throws Exception {
    for (int seed = 0; seed < SEEDS; seed++) {
      new Run(seed, 0, false).run();
    }
    assertThat(published).isPositive();
    assertThat(superseded).isPositive();
    assertThat(killed).isPositive();
    assertThat(failed).isZero();
    assertThat(wentBack).isZero();
  }

  @Test
  void onAStoreThatFailsAndWhoseReplacementsAreAtomic() throws Exception {
    for (int seed = 0; seed < SEEDS; seed++) {
      new Run(seed, 0.1, false).run();
    }
    assertThat(published).isPositive();
    assertThat(superseded).isPositive();
    assertThat(failed).isPositive();
    assertThat(wentBack).isZero();
  }

  /** {@code latest.json} goes back there, as it does in s3proxy's files. What holds does not. */
  @Test
  void onAStoreThatComparesFirstAndReplacesLater() throws Exception {
    for (int seed = 0; seed < SEEDS; seed++) {
      new Run(seed, 0.02, true).run();
    }
    assertThat(published).isPositive();
    assertThat(superseded).isPositive();
    assertThat(wentBack).isPositive();
  }

  private final class Run {
    private final int seed;
    private final double faults;
    private final boolean comparesFirst;
    private final SplittableRandom random;
    private final InmemObjectStore objects = new InmemObjectStore();
    private long handedOut;
    private long acknowledged;
    private long heldVersion;
    private long heldIndex;
    private long latestVersion;
    private long checked;

    Run(int seed, double faults, boolean comparesFirst) {
      this.seed = seed;
      this.faults = faults;
      this.comparesFirst = comparesFirst;
      this.random = new SplittableRandom(seed);
    }

    void run() throws Exception {
      Turns.take(List.of(step -> write("a", step), step -> write("b", step)), random, this::check);
      Retained held = highest();
      assertThat(held.newestIndex()).as("seed %d", seed).isGreaterThanOrEqualTo(acknowledged);
    }

    private void write(String name, Runnable step) throws IOException {
      Runnable deadly =
          () -> {
            step.run();
            if (random.nextInt(100) == 0) {
              throw new Killed();
            }
          };
      ObjectStore broken = new BrokenObjectStore(objects, deadly, random, faults, comparesFirst);
      RealDisk disk = new RealDisk(directory.resolve(name));
      for (int i = 0; i < SNAPSHOTS; i++) {
        handedOut += random.nextInt(3);
        byte[] content = content(40, handedOut);
        SnapshotMeta meta = received(name + "-" + i, 1 + handedOut, content);
        boolean done = false;
        for (int attempt = 0; attempt < 3 && !done; attempt++) {
          done = published(broken, disk, meta, content);
        }
      }
    }

    private boolean published(ObjectStore broken, RealDisk disk, SnapshotMeta meta, byte[] content)
        throws IOException {
      try {
        publish(S3SnapshotStore.open(broken, disk, () -> 5, OWNER, OPTIONS), meta, content);
        acknowledged = Math.max(acknowledged, meta.getIndex());
        published++;
        return true;
      } catch (SupersededSnapshotException e) {
        superseded++;
        return true;
      } catch (SnapshotDamagedException e) {
        throw e;
      } catch (IOException e) {
        failed++;
        return false;
      } catch (Killed e) {
        killed++;
        return false;
      }
    }

    private void check() {
      if (objects.changes() == checked) {
        return;
      }
      checked = objects.changes();
      String[] keys =
          objects.all().keySet().stream()
              .filter(key -> key.startsWith(GROUP + "retained_"))
              .toArray(String[]::new);
      if (keys.length == 0) {
        return;
      }
      Retained held = highest();
      assertThat(held.version()).as("seed %d", seed).isGreaterThanOrEqualTo(heldVersion);
      assertThat(held.newestIndex()).as("seed %d", seed).isGreaterThanOrEqualTo(heldIndex);
      assertThat(held.newestIndex()).as("seed %d", seed).isGreaterThanOrEqualTo(acknowledged);
      heldVersion = held.version();
      heldIndex = held.newestIndex();
      assertNamesWhatIsThere(held);
      if (objects.all().containsKey(GROUP + "latest.json")) {
        Retained latest = named(GROUP + "latest.json");
        if (latest.version() < latestVersion) {
          wentBack++;
        }
        latestVersion = latest.version();
        if (!comparesFirst) {
          assertNamesWhatIsThere(latest);
        }
      }
    }

    private Retained highest() {
      NavigableMap<String, ObjectStore.Found> all = new TreeMap<>(objects.all());
      return named(all.floorKey(GROUP + "retained_~"));
    }

    private Retained named(String key) {
      try {
        return Retained.decode(key, objects.bytes(key));
      } catch (Exception e) {
        throw new AssertionError("seed " + seed, e);
      }
    }

    private void assertNamesWhatIsThere(Retained retained) {
      for (Retained.Entry entry : retained.snapshots()) {
        byte[] content = content(40, entry.index() - 1);
        SnapshotMeta meta = received(entry.id(), entry.index(), content);
        assertThat(objects.bytes(GROUP + entry.key() + "/state.bin")).isEqualTo(content);
        assertThat(objects.bytes(GROUP + entry.key() + "/meta.json"))
            .isEqualTo(MetaJson.encode(meta));
      }
    }
  }
}
