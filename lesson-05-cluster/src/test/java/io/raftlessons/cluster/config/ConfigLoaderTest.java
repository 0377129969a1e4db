package io.raftlessons.cluster.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.cluster.config.Settings.Listener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.Model.CommandSpec;

class ConfigLoaderTest {
  @TempDir Path directory;

  private final Map<String, String> flags = new TreeMap<>();
  private final Map<String, String> environment = new TreeMap<>();

  private ClusterConfig load() {
    return ConfigLoader.load(flags, environment);
  }

  private Path file(String content) throws IOException {
    Path file = directory.resolve("cluster.properties");
    Files.writeString(file, content);
    environment.put("RAFT_CONFIG_FILE", file.toString());
    return file;
  }

  @Test
  void defaultsAreUsedWhenNothingIsGiven() {
    ClusterConfig config = load();
    assertThat(config.clusterName()).isEqualTo("raft-lessons");
    assertThat(config.bindAddress()).isEqualTo("127.0.0.1");
    assertThat(config.electionTimeout()).isEqualTo(Duration.ofMillis(300));
    assertThat(config.heap()).isEqualTo("256m");
    assertThat(config.logFileSize()).isEqualTo(4 << 20);
  }

  @Test
  void flagsGoBeforeEnvironmentBeforeFileBeforeDefaults() throws IOException {
    assertThat(load().clusterName()).isEqualTo("raft-lessons");
    file("cluster-name = of-file\n");
    assertThat(load().clusterName()).isEqualTo("of-file");
    environment.put("RAFT_CLUSTER_NAME", "of-environment");
    assertThat(load().clusterName()).isEqualTo("of-environment");
    flags.put("cluster-name", "of-flag");
    assertThat(load().clusterName()).isEqualTo("of-flag");
  }

  @Test
  void theFileIsNamedByFlagRatherThanByEnvironment() throws IOException {
    file("cluster-name = one\n");
    Path other = directory.resolve("other.properties");
    Files.writeString(other, "cluster-name = two\n");
    flags.put("config", other.toString());
    assertThat(load().clusterName()).isEqualTo("two");
  }

  @ParameterizedTest
  @CsvSource({
    "1, INGRESS, 8080", "2, INGRESS, 28080", "3, INGRESS, 38080",
    "1, ADMIN, 9070", "2, ADMIN, 29070", "3, ADMIN, 39070",
    "1, NODE, 5122", "2, NODE, 25122", "3, NODE, 35122"
  })
  void everyPortHasItsDefaultAndItsOverride(int node, Listener listener, int port) {
    assertThat(load().port(node, listener)).isEqualTo(port);
    environment.put("NODE" + node + "_" + listener + "_PORT_OVERRIDE", "4444");
    assertThat(load().port(node, listener)).isEqualTo(4444);
    assertThat(load().advertised(node, listener)).isEqualTo("127.0.0.1:4444");
  }

  @Test
  void anEmptyVariableIsNotSet() {
    environment.put("RAFT_CLUSTER_NAME", "");
    assertThat(load().clusterName()).isEqualTo("raft-lessons");
  }

  @Test
  void anUnknownKeyIsNamedTogetherWithTheNearestKnownOne() throws IOException {
    file("election-timout = 300ms\n");
    assertThatThrownBy(this::load)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("no setting 'election-timout'")
        .hasMessageContaining("nearest is 'election-timeout'");
  }

  @Test
  void aFileCannotNameAnotherFile() throws IOException {
    file("config = x\n");
    assertThatThrownBy(this::load).hasMessageContaining("no setting 'config'");
  }

  @Test
  void aMissingFileIsReported() {
    flags.put("config", directory.resolve("none").toString());
    assertThatThrownBy(this::load).hasMessageContaining("no such file");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "election-timeout, 10ms",
        "election-timeout, 61s",
        "election-timeout, 5",
        "election-timeout, -1s",
        "heap, 256",
        "heap, 1k",
        "heap, 999999g",
        "node1-admin-port, 0",
        "node1-admin-port, 65536",
        "node1-admin-port, 9e3",
        "node1-admin-port, 99999999999999999999",
        "cluster-name, a b",
        "cluster-name, ''",
        "node-name, node-10",
        "force-node-id, 0",
        "bind-address, a;b",
        "log-files, 0",
        "reads, LEASE",
        "reads, leader|lease",
        "reads, ''",
        "max-clock-drift, 1",
        "max-clock-drift, -0.1",
        "max-clock-drift, 1e-3",
        "max-clock-drift, NaN",
        "max-clock-drift, .5",
        "max-clock-drift, 1%",
        "max-staleness, 0ms",
        "max-staleness, 1441m",
        "max-staleness, 5",
        "worker.snapshots.destination, s3://raft/",
        "worker.snapshots.destination, s3://r",
        "worker.snapshots.destination, file:///tmp/snapshots",
        "worker.snapshots.destination, ''",
        "worker.snapshots.aws-endpoint-url, s3.example.com",
        "worker.snapshots.aws-endpoint-url, http://user:password@host",
        "worker.snapshots.num-retained, 0",
        "worker.snapshots.snapshot-interval-num-records, 0",
        "s3-port, 0"
      })
  void aValueOutOfRangeIsRefusedAndItsOriginNamed(String name, String value) {
    flags.put(name, value);
    assertThatThrownBy(this::load)
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("flag --" + name + ": ")
        .hasMessageContaining("'" + value + "', but it must be ");
  }

  @Test
  void theOriginOfAWrongValueIsTheVariableOrTheFile() throws IOException {
    environment.put("RAFT_HEAP", "lots");
    assertThatThrownBy(this::load).hasMessageStartingWith("environment variable RAFT_HEAP: heap");
    environment.clear();
    Path file = file("heap = lots\n");
    assertThatThrownBy(this::load).hasMessageStartingWith("file " + file + ": heap");
  }

  @Test
  void heartbeatsMustBeTwiceAsFrequentAsElections() {
    flags.put("election-timeout", "119ms");
    assertThatThrownBy(this::load).hasMessageContaining("at most half of election-timeout (119ms)");
    flags.put("election-timeout", "120ms");
    assertThat(load().electionTimeout()).isEqualTo(Duration.ofMillis(120));
  }

  @Test
  void readsAreTheLeadersUnlessItIsSaidOtherwise() {
    assertThat(load().reads()).isEqualTo(Reads.LEADER);
    assertThat(load().maxClockDrift()).isEqualTo(0.01);
    assertThat(load().maxStaleness()).isEqualTo(Duration.ofSeconds(1));
    for (Reads reads : Reads.values()) {
      environment.put("RAFT_READS", reads.label());
      assertThat(load().reads()).isEqualTo(reads);
    }
    environment.put("RAFT_MAX_CLOCK_DRIFT", "0.000200");
    environment.put("RAFT_MAX_STALENESS", "1440m");
    assertThat(load().maxClockDrift()).isEqualTo(0.0002);
    assertThat(load().maxStaleness()).isEqualTo(Duration.ofDays(1));
    environment.put("RAFT_READS", "nearest");
    assertThatThrownBy(this::load)
        .hasMessage(
            "environment variable RAFT_READS: reads is 'nearest', but it must be one of"
                + " leader, lease, follower, stale");
  }

  @Test
  void noPortIsGivenTwice() {
    environment.put("NODE3_NODE_PORT_OVERRIDE", "9070");
    assertThatThrownBy(this::load)
        .hasMessage("port 9070 is given to both node1-admin-port and node3-node-port");
  }

  @Test
  void aWildcardIsBoundButNotAdvertised() {
    flags.put("bind-address", "0.0.0.0");
    assertThat(load().bindAddress()).isEqualTo("0.0.0.0");
    flags.put("advertised-address", "0.0.0.0");
    assertThatThrownBy(this::load).hasMessageContaining("nobody can connect to");
  }

  @Test
  void anIpv6AddressIsAdvertisedInBrackets() {
    flags.put("advertised-address", "::1");
    assertThat(load().advertised(1, Listener.NODE)).isEqualTo("[::1]:5122");
  }

  @Test
  void aNodeIsNamedByNameOrNumberOrBothInAgreement() {
    assertThatThrownBy(() -> load().thisNode()).hasMessageContaining("RAFT_NODE_NAME");
    flags.put("force-node-id", "3");
    assertThat(load().thisNode()).isEqualTo(3);
    flags.put("node-name", "node-3");
    assertThat(load().thisNode()).isEqualTo(3);
    flags.put("node-name", "node-2");
    assertThatThrownBy(() -> load().thisNode())
        .hasMessage("node-name is node-2, but force-node-id is 3");
    flags.remove("force-node-id");
    assertThat(load().thisNode()).isEqualTo(2);
  }

  @Test
  void snapshotsGoToTheLaunchersOwnStoreUnlessItIsSaidOtherwise() {
    assertThat(load().snapshotDestination()).contains(new SnapshotDestination("raft", "snapshots"));
    assertThat(load().snapshotInterval()).isEqualTo(1000);
    assertThat(load().snapshotsRetained()).isEqualTo(2);
    assertThat(load().embedsS3()).isTrue();
    environment.put("S3_PORT_OVERRIDE", "9444");
    assertThat(load().s3Endpoint()).hasToString("http://127.0.0.1:9444");

    environment.put("RAFT_WORKER__SNAPSHOTS__AWS_ENDPOINT_URL", "https://s3.example.com");
    environment.put("RAFT_WORKER__SNAPSHOTS__AWS_REGION", "eu-central-1");
    environment.put("RAFT_WORKER__SNAPSHOTS__DESTINATION", "s3://a.bucket/a/b");
    environment.put("RAFT_WORKER__SNAPSHOTS__SNAPSHOT_INTERVAL_NUM_RECORDS", "50");
    environment.put("RAFT_WORKER__SNAPSHOTS__NUM_RETAINED", "7");
    assertThat(load().embedsS3()).isFalse();
    assertThat(load().s3Endpoint()).hasToString("https://s3.example.com");
    assertThat(load().s3Region()).isEqualTo("eu-central-1");
    assertThat(load().snapshotDestination()).contains(new SnapshotDestination("a.bucket", "a/b"));
    assertThat(load().snapshotDestination().orElseThrow()).hasToString("s3://a.bucket/a/b");
    assertThat(load().snapshotInterval()).isEqualTo(50);
    assertThat(load().snapshotsRetained()).isEqualTo(7);
  }

  @Test
  void snapshotsMayHaveNoDestination() {
    environment.put("RAFT_WORKER__SNAPSHOTS__DESTINATION", "none");
    assertThat(load().snapshotDestination()).isEmpty();
    assertThat(load().embedsS3()).isFalse();
    environment.put("RAFT_WORKER__SNAPSHOTS__DESTINATION", "s3://raft");
    assertThat(load().snapshotDestination()).contains(new SnapshotDestination("raft", ""));
  }

  @Test
  void thePortOfTheStoreIsNoOthers() {
    environment.put("S3_PORT_OVERRIDE", "9070");
    assertThatThrownBy(this::load)
        .hasMessage("port 9070 is given to both node1-admin-port and s3-port");
    environment.put("RAFT_WORKER__SNAPSHOTS__AWS_ENDPOINT_URL", "https://s3.example.com");
    assertThat(load().embedsS3()).isFalse();
  }

  @Test
  void secretsComeInPairsAndAreNotShown() throws IOException {
    assertThat(load().s3Keys()).isEmpty();
    environment.put("RAFT_WORKER__SNAPSHOTS__AWS_ACCESS_KEY_ID", "somebody");
    assertThatThrownBy(this::load)
        .hasMessage(
            "worker.snapshots.aws-access-key-id and worker.snapshots.aws-secret-access-key must be"
                + " set both, or neither");
    file("worker.snapshots.aws-secret-access-key = a-secret-of-ours\n");
    assertThat(load().s3Keys()).contains(List.of("somebody", "a-secret-of-ours"));
    environment.put("MINIO_ROOT_USER", "root-user");
    environment.put("MINIO_ROOT_PASSWORD", "short");
    assertThatThrownBy(this::load)
        .hasMessageContaining("MINIO_ROOT_PASSWORD")
        .hasMessageContaining("8 to 256 characters")
        .hasMessageNotContaining("short");
    environment.put("MINIO_ROOT_PASSWORD", "long enough?no-spaces");
    assertThatThrownBy(this::load).hasMessageNotContaining("enough");
    environment.put("MINIO_ROOT_PASSWORD", "long-enough");
    assertThat(load().s3Root()).contains(List.of("root-user", "long-enough"));

    ClusterConfig found = ConfigLoader.load(Map.of(), load().environmentOf(1));
    assertThat(found.s3Keys()).isEqualTo(load().s3Keys());
    assertThat(found.s3Root()).isEqualTo(load().s3Root());
  }

  @Test
  void noCommandHasAFlagForASecret() {
    CommandSpec command = CommandSpec.create();
    SettingFlags.add(command, Settings.ALL);
    for (Setting setting : Settings.ALL) {
      assertThat(command.optionsMap().containsKey(setting.flag()))
          .as(setting.name())
          .isNotEqualTo(setting.secret());
    }
    assertThat(Settings.ALL.stream().filter(Setting::secret)).hasSize(4);
    assertThat(ConfigDocs.markdown()).doesNotContain("--minio");
  }

  @Test
  void aNodeFindsTheLaunchersConfigurationInItsEnvironment() throws IOException {
    file("election-timeout = 1s\nnode2-ingress-port = 1234\n");
    flags.put("data", directory.toString());
    ClusterConfig given = load();

    ClusterConfig found = ConfigLoader.load(Map.of(), given.environmentOf(2));

    assertThat(found.thisNode()).isEqualTo(2);
    assertThat(found.electionTimeout()).isEqualTo(Duration.ofSeconds(1));
    assertThat(found.port(2, Listener.INGRESS)).isEqualTo(1234);
    assertThat(found.dataDirectory()).isEqualTo(given.dataDirectory());
  }
}
