package io.raftlessons.cluster.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftlessons.cluster.config.Settings.Listener;
import io.raftlessons.cluster.launcher.ThreeNodes;
import io.raftlessons.cluster.s3.EmbeddedS3;
import io.raftlessons.cluster.s3.S3Credentials;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Processes whose directories are lost, and what brings them back. */
class SnapshotsTest {
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir Path temporary;

  private Path data;
  private ThreeNodes cluster;
  private Ingresses ingresses;
  private long counted;

  @BeforeEach
  void prepare() throws IOException {
    data = temporary.resolve("raft-data");
    cluster = new ThreeNodes(data);
    cluster.useS3();
    cluster.set("RAFT_WORKER__SNAPSHOTS__SNAPSHOT_INTERVAL_NUM_RECORDS", "10");
    ingresses = new Ingresses(cluster);
  }

  @AfterEach
  void noProcessIsLeft() {
    cluster.close();
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void aLostDirectoryIsFilledByTheLeaderAndALostClusterByTheBucketOrABackup() throws Exception {
    cluster.up("--detach");
    assertThat(cluster.run("restore", "--from-s3").err()).contains("nothing is overwritten");
    if (cluster.leaderOnceAllAgree(List.of(1, 2, 3)).equals("node-3")) {
      cluster.done("transfer", "1"); // who leads has the snapshots, and must stay
    }
    count(25);
    assertThat(cluster.done("snapshot")).contains("in s3://raft/snapshots");
    count(15); // the log is cut with the next one: then this one is in the bucket
    assertThat(cluster.done("snapshot")).contains("in s3://raft/snapshots");

    // one directory
    assertThat(cluster.done("kill", "3")).contains("was killed");
    cluster.loseDirectory(3);
    count(10);
    assertThat(cluster.done("remove", "3")).contains("node-3 is removed");
    assertThat(cluster.done("add", "3")).contains("node-3 is a voter");
    assertThat(value(3)).isEqualTo(counted);
    try (Stream<Path> snapshots = Files.list(data.resolve("node-3").resolve("snapshots"))) {
      assertThat(snapshots).as("the leader's snapshot, for its log was cut").isNotEmpty();
    }

    // all of them, with what was written after the last snapshot
    Path backup = temporary.resolve("backup.zip");
    assertThat(cluster.done("backup", backup.toString())).contains("is a backup of the cluster");
    assertThat(cluster.run("backup", backup.toString()).err()).contains("exists already");
    long inBackup = counted;
    count(1);
    assertThat(cluster.done("snapshot")).contains("in s3://raft/snapshots");
    long inBucket = counted;
    assertThat(cluster.done("down")).contains("stopped");
    assertThat(cluster.done("snapshots")).contains("cluster raft-lessons in s3://raft/snapshots");
    for (int node : List.of(1, 2, 3)) {
      cluster.loseDirectory(node);
    }
    assertThat(cluster.run("restore", backup.toString()).err()).contains("nothing is overwritten");
    Files.delete(data.resolve("cluster.json"));
    assertThat(cluster.done("restore", "--from-s3")).contains("restored cluster raft-lessons");
    cluster.up("--detach");
    for (int node : List.of(1, 2, 3)) {
      assertThat(value(node)).isEqualTo(inBucket);
    }
    counted = inBucket;
    count(1);
    assertThat(cluster.done("snapshot")).as("the bucket is the new cluster's").contains("in s3://");
    assertThat(cluster.done("down")).contains("stopped");

    // from a file, elsewhere
    assertThat(cluster.done("wipe", "--yes")).contains("deleted");
    assertThat(cluster.done("restore", backup.toString()))
        .contains("restored cluster raft-lessons");
    cluster.up("--detach");
    assertThat(value(2)).isEqualTo(inBackup);
    counted = inBackup;
    count(3);
    assertThat(value(1)).isEqualTo(inBackup + 3);
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void theClusterGoesOnWithoutItsBucketAndCatchesUp() throws Exception {
    S3Credentials user = new S3Credentials("somebody", "a-secret-of-somebody");
    cluster.set("RAFT_WORKER__SNAPSHOTS__AWS_ENDPOINT_URL", "http://127.0.0.1:" + cluster.s3Port());
    cluster.set("RAFT_WORKER__SNAPSHOTS__AWS_ACCESS_KEY_ID", user.accessKeyId());
    cluster.set("RAFT_WORKER__SNAPSHOTS__AWS_SECRET_ACCESS_KEY", user.secretAccessKey());
    cluster.up("--detach");
    count(25);
    int leader = ThreeNodes.numberOf(cluster.leaderOnceAllAgree(List.of(1, 2, 3)));
    await()
        .atMost(ThreeNodes.PATIENCE)
        .until(() -> !archive(leader).path("problem").asString("").isEmpty());
    assertThat(health(leader).path("status").asString("")).isEqualTo("ok");
    assertThat(health(leader).path("last_snapshot_index").asLong(0)).isPositive();
    assertThat(cluster.run("snapshot").err()).contains("it is not in s3://raft/snapshots");
    assertThat(metrics(leader)).containsPattern("raft_snapshot_archive_up\\{[^}]*} 0.0");
    count(1);

    try (EmbeddedS3 store =
        EmbeddedS3.start(
            temporary.resolve("s3"), cluster.s3Port(), Optional.of(user), List.of("raft"))) {
      assertThat(store.credentials()).isEqualTo(user);
      await()
          .atMost(ThreeNodes.PATIENCE)
          .until(() -> archive(leader).path("newest_index").asLong(0) > 0);
      assertThat(archive(leader).path("problem").isNull()).isTrue();
      assertThat(cluster.done("snapshots")).contains("cluster raft-lessons in s3://raft/snapshots");
    }
    for (int node : List.of(1, 2, 3)) {
      assertThat(cluster.done("logs", "" + node, "--lines", "5000"))
          .doesNotContain(user.secretAccessKey());
    }
    assertThat(cluster.done("down")).contains("stopped");
  }

  /** At whichever node; each addition counts once. */
  private void count(int additions) {
    for (int i = 0; i < additions; i++) {
      long next = counted + 1;
      String key = "count-" + next;
      await()
          .atMost(ThreeNodes.PATIENCE)
          .pollDelay(Duration.ZERO)
          .until(
              () -> ingresses.post(1 + (int) (next % 2), "Counter/c/add", "1", Optional.of(key)),
              new Ingresses.Attempt.Answered(Long.toString(next))::equals);
      counted = next;
    }
  }

  private long value(int node) {
    return await()
                .atMost(ThreeNodes.PATIENCE)
                .until(
                    () -> ingresses.post(node, "Counter/c/get", "", Optional.empty()),
                    Ingresses.Attempt.Answered.class::isInstance)
            instanceof Ingresses.Attempt.Answered answer
        ? Long.parseLong(answer.body())
        : -1;
  }

  private JsonNode health(int node) throws IOException, InterruptedException {
    return JSON.readTree(admin(node, "/health"));
  }

  private JsonNode archive(int node) throws IOException, InterruptedException {
    return health(node).path("archive");
  }

  private String metrics(int node) throws IOException, InterruptedException {
    return admin(node, "/metrics");
  }

  private String admin(int node, String path) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + cluster.port(node, Listener.ADMIN) + path);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
        .body();
  }
}
