package io.raftlessons.cluster.launcher;

import static io.raftlessons.snapshots.TestSnapshots.content;
import static io.raftlessons.snapshots.TestSnapshots.meta;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.raftlessons.cluster.backup.SnapshotBucket;
import io.raftlessons.cluster.config.ClusterConfig;
import io.raftlessons.cluster.config.ConfigLoader;
import io.raftlessons.cluster.launcher.Commands.Result;
import io.raftlessons.cluster.node.ClusterIdentity;
import io.raftlessons.cluster.s3.EmbeddedS3;
import io.raftlessons.cluster.s3.NotOurSnapshotsException;
import io.raftlessons.cluster.s3.S3Credentials;
import io.raftlessons.runtime.RealDisk;
import io.raftlessons.snapshots.FileSnapshotStore;
import io.raftlessons.snapshots.SnapshotSource;
import io.raftlessons.snapshots.TestSnapshots;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commands do with snapshots in S3. No node is started here. */
class S3CommandsTest {
  private static final S3Credentials USER = new S3Credentials("somebody", "a-secret-of-somebody");

  @TempDir Path temporary;

  private Path data;
  private Commands cluster;

  @BeforeEach
  void prepare() throws IOException {
    data = temporary.resolve("raft-data");
    cluster = new Commands(data);
    cluster.useS3();
  }

  private void assertFails(Result result, String... messages) {
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err().strip()).startsWith("error: ").contains(messages);
    assertThat(result.err().strip().lines()).hasSize(1);
  }

  @Test
  void whereThePortIsTakenItIsSaidHowToGiveAnother() throws IOException {
    int port = cluster.s3Port();
    try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      assertThat(taken.isBound()).isTrue();
      assertFails(
          cluster.run("up"),
          "the S3 store for snapshots does not start: cannot listen on port " + port,
          "Give it another with --s3-port or S3_PORT_OVERRIDE");
      assertFails(cluster.run("snapshots"), "--s3-port");
      assertThat(data.resolve("node-1")).doesNotExist();
    }
  }

  @Test
  void whereNoStoreWasNoneIsMade() {
    assertFails(cluster.run("snapshots"), "there never was an S3 store in " + data);
    assertFails(cluster.run("restore", "--from-s3"), "there never was an S3 store in " + data);
    cluster.environment.put("RAFT_WORKER__SNAPSHOTS__DESTINATION", "none");
    assertFails(cluster.run("snapshots"), "RAFT_WORKER__SNAPSHOTS__DESTINATION is 'none'");
  }

  @Test
  void wipeSaysThatSnapshotsGo() throws IOException {
    new ClusterDirectory(data).create();
    new ClusterDirectory(data).identity("raft-lessons");
    assertThat(cluster.answering("n\n", "wipe").out())
        .endsWith("Delete all data of the cluster in " + data + "? [y/N] ");
    Files.createDirectories(data.resolve("s3/objects/raft"));
    assertThat(cluster.answering("n\n", "wipe").out())
        .endsWith(", and all snapshots in its S3 store? [y/N] ");
    assertThat(cluster.run("wipe", "--help").out()).contains("with all snapshots in it");
    assertThat(cluster.answering("y\n", "wipe").code()).isZero();
    assertThat(data).doesNotExist();
  }

  /** Killed when all was done but to give the nodes their names: the place was claimed already. */
  @Test
  void aRestoreThatWasInterruptedIsRepeatedAndTheOldClusterIsRefused() throws Exception {
    try (EmbeddedS3 store = storeOfSomebody()) {
      assertThat(store.credentials()).isEqualTo(USER);
      assertFails(
          cluster.run("restore", "--from-s3"), "there are no snapshots in s3://raft/snapshots");

      ClusterConfig config = ConfigLoader.load(Map.of(), cluster.environment);
      ClusterIdentity old = ClusterIdentity.create("raft-lessons");
      try (SnapshotBucket bucket =
          SnapshotBucket.of(config, old, temporary.resolve("old")).orElseThrow()) {
        upload(bucket, 10);
        upload(bucket, 20);

        Path unfinished = data.resolve("restore.tmp");
        try (SnapshotBucket same =
            SnapshotBucket.ofLostCluster(config, temporary.resolve("killed"))) {
          same.restore(config, ClusterIdentity.create("raft-lessons"), unfinished);
        }
        assertThat(unfinished.resolve("node-3")).exists();
        Result again = cluster.run("restore", "--from-s3");
        assertThat(again.err()).isEmpty();
        assertThat(again.out()).contains("restored cluster raft-lessons up to index 20");
        assertThat(unfinished).doesNotExist();
        assertThat(data.resolve("node-3")).exists();

        assertThatExceptionOfType(NotOurSnapshotsException.class)
            .isThrownBy(() -> upload(bucket, 30))
            .withMessageContaining("Give this cluster another destination");
      }
      assertThat(cluster.run("snapshots").out())
          .contains("snapshots of cluster raft-lessons in s3://raft/snapshots", " 20 ")
          .doesNotContain(USER.secretAccessKey(), USER.accessKeyId());
    }
  }

  @Test
  void whatIsLostInTheStoreIsSkippedForAnOlderOne() throws Exception {
    try (EmbeddedS3 store = storeOfSomebody()) {
      assertThat(store.credentials()).isEqualTo(USER);
      ClusterConfig config = ConfigLoader.load(Map.of(), cluster.environment);
      ClusterIdentity old = ClusterIdentity.create("raft-lessons");
      try (SnapshotBucket bucket =
          SnapshotBucket.of(config, old, temporary.resolve("old")).orElseThrow()) {
        upload(bucket, 10);
        upload(bucket, 20);
      }
      Path newest;
      try (var files = Files.walk(temporary.resolve("s3/objects"))) {
        newest =
            files
                .filter(file -> file.toString().contains("lsn_00000000000000000020"))
                .filter(file -> file.endsWith("state.bin"))
                .findFirst()
                .orElseThrow();
      }
      Files.delete(newest);
      assertThat(cluster.run("restore", "--from-s3").out()).contains("up to index 10");
    }
  }

  /** One that goes on while clusters come and go. */
  private EmbeddedS3 storeOfSomebody() throws IOException {
    EmbeddedS3 store =
        EmbeddedS3.start(temporary.resolve("s3"), 0, Optional.of(USER), List.of("raft"));
    String prefix = "RAFT_WORKER__SNAPSHOTS__";
    cluster.environment.put(prefix + "AWS_ENDPOINT_URL", store.endpoint().toString());
    cluster.environment.put(prefix + "AWS_ACCESS_KEY_ID", USER.accessKeyId());
    cluster.environment.put(prefix + "AWS_SECRET_ACCESS_KEY", USER.secretAccessKey());
    return store;
  }

  private void upload(SnapshotBucket bucket, long index) throws IOException {
    FileSnapshotStore local =
        FileSnapshotStore.open(
            new RealDisk(temporary.resolve("local-" + index)),
            () -> 5,
            FileSnapshotStore.Options.defaults(""));
    String id = TestSnapshots.publish(local, meta(index), content(3000, index)).getId();
    try (SnapshotSource source = local.open(id)) {
      bucket.upload(source);
    }
  }
}
