package io.raftlessons.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.cluster.config.ClusterConfig;
import io.raftlessons.cluster.config.ConfigException;
import io.raftlessons.cluster.config.ConfigLoader;
import io.raftlessons.cluster.config.Settings;
import io.raftlessons.cluster.config.Settings.Listener;
import io.raftlessons.cluster.launcher.Commands;
import io.raftlessons.cluster.operator.OperatorClient;
import io.raftlessons.cluster.operator.OperatorException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a node makes of its directory when it starts. Its peers are not there. */
class NodeProcessTest {
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir Path temporary;

  private Commands cluster;

  @BeforeEach
  void prepare() throws IOException {
    Files.writeString(
        temporary.resolve(ClusterIdentity.FILE), ClusterIdentity.create("test").json());
    cluster = new Commands(temporary);
    cluster.environment.put(Settings.NODE_NAME.variable(), "node-2");
  }

  private ClusterConfig config() {
    return ConfigLoader.load(Map.of(), cluster.environment);
  }

  private JsonNode latestConfiguration(boolean bootstrap) throws Exception {
    try (NodeProcess node = NodeProcess.start(config(), bootstrap, RaftParts.of(List.of()))) {
      URI uri = URI.create("http://127.0.0.1:" + cluster.port(2, Listener.ADMIN) + "/cluster");
      HttpClient http = HttpClient.newHttpClient();
      String body = http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
      assertThat(node.failure()).isEmpty();
      return JSON.readTree(body).path("latest_configuration");
    }
  }

  @Test
  void theFirstNodesBeginWithTheSameConfigurationAndKeepIt() throws Exception {
    for (boolean bootstrap : List.of(true, true, false)) {
      JsonNode configuration = latestConfiguration(bootstrap);
      assertThat(configuration.path("index").asLong()).isEqualTo(1);
      List<String> members = new ArrayList<>();
      for (JsonNode member : configuration.path("members")) {
        members.add(
            member.path("name").asString("")
                + " "
                + member.path("address").asString("")
                + " "
                + member.path("suffrage").asString(""));
      }
      assertThat(members)
          .containsExactly(
              "node-1 127.0.0.1:" + cluster.port(1, Listener.NODE) + " voter",
              "node-2 127.0.0.1:" + cluster.port(2, Listener.NODE) + " voter",
              "node-3 127.0.0.1:" + cluster.port(3, Listener.NODE) + " voter");
    }
  }

  @Test
  void aNodeThatIsNotOneOfTheFirstWaitsToBeAdded() throws Exception {
    JsonNode configuration = latestConfiguration(false);
    assertThat(configuration.path("index").asLong()).isZero();
    assertThat(configuration.path("members").size()).isZero();
  }

  @Test
  void operatorsOfAnotherClusterAreRefused() throws Exception {
    String address = "127.0.0.1:" + cluster.port(2, Listener.NODE);
    long another = ClusterIdentity.read(temporary).fingerprint() + 1;
    try (NodeProcess node = NodeProcess.start(config(), true, RaftParts.of(List.of()));
        OperatorClient operator = new OperatorClient(another, List.of(address))) {
      assertThat(node.failure()).isEmpty();
      assertThatThrownBy(() -> operator.removeServer("node-1", 0, Duration.ofSeconds(1)))
          .isInstanceOf(OperatorException.class)
          .hasMessageContaining("belongs to another cluster");
    }
  }

  /** As an upload that takes minutes does: the launcher would have to kill the node. */
  @Test
  void aNodeStopsThoughItsS3StoreHangs() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Map<String, String> environment = cluster.environment;
      environment.put("RAFT_WORKER__SNAPSHOTS__DESTINATION", "s3://bucket/prefix");
      environment.put(
          "RAFT_WORKER__SNAPSHOTS__AWS_ENDPOINT_URL", "http://127.0.0.1:" + silent.getLocalPort());
      environment.put("RAFT_WORKER__SNAPSHOTS__AWS_ACCESS_KEY_ID", "somebody");
      environment.put("RAFT_WORKER__SNAPSHOTS__AWS_SECRET_ACCESS_KEY", "a-secret-of-somebody");
      NodeProcess node = NodeProcess.start(config(), true, RaftParts.of(List.of()));
      silent.accept(); // it waits for an answer now
      long before = System.nanoTime();
      node.close();
      assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
    }
  }

  @Test
  void aMemberThatWouldBeElsewhereThanTheOthersLookForItDoesNotStart() throws Exception {
    latestConfiguration(true);
    int known = cluster.port(2, Listener.NODE);
    cluster.environment.put(Settings.ADVERTISED_ADDRESS.variable(), "localhost");
    assertThatThrownBy(() -> NodeProcess.start(config(), false, RaftParts.of(List.of())))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("the cluster knows node-2 at 127.0.0.1:" + known)
        .hasMessageContaining("set node2-node-port");
  }
}
