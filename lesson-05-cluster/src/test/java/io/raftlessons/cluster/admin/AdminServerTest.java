package io.raftlessons.cluster.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.cluster.archive.ArchiveStatus;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AdminServerTest {
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final FakeNode node = new FakeNode();
  private NodeMetrics metrics;
  private AdminServer admin;

  @BeforeEach
  void start() {
    metrics = new NodeMetrics(node);
    admin = AdminServer.start("127.0.0.1", 0, node, metrics);
  }

  @AfterEach
  void stop() {
    admin.close();
    metrics.close();
  }

  private HttpResponse<String> send(String method, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + admin.port() + path);
    HttpRequest request =
        HttpRequest.newBuilder(uri).method(method, BodyPublishers.noBody()).build();
    return http.send(request, BodyHandlers.ofString());
  }

  private void assertError(HttpResponse<String> response, int code, String message) {
    assertThat(response.statusCode()).isEqualTo(code);
    assertThat(response.headers().firstValue("content-type")).contains("application/json");
    JsonNode body = JSON.readTree(response.body());
    assertThat(body.path("code").asInt()).isEqualTo(code);
    assertThat(body.path("message").asString()).contains(message);
    assertThat(body.path("source").asString()).isEqualTo("admin");
  }

  @Test
  void healthSaysThatTheProcessIsUpAndReadinessThatALeaderIsKnown() throws Exception {
    assertThat(send("GET", "/health").statusCode()).isEqualTo(200);
    assertThat(send("GET", "/health?ready").statusCode()).isEqualTo(200);
    node.state = new NodeView.State("candidate", 8, Optional.empty());
    assertThat(send("GET", "/health").statusCode()).isEqualTo(200);
    assertError(send("GET", "/health?ready"), 503, "no leader is known");
    assertError(send("GET", "/health?ready=true"), 503, "no leader is known");
  }

  /** Not a reason to be unhealthy: the cluster goes on. */
  @Test
  void healthHasTheSnapshotsAndWhatIsWrongWithTheirArchive() throws Exception {
    JsonNode body = JSON.readTree(send("GET", "/health").body());
    assertThat(body.path("last_snapshot_index").asLong()).isEqualTo(40);
    JsonNode archive = body.path("archive");
    assertThat(archive.path("place").asString()).isEqualTo("s3://b/p");
    assertThat(archive.path("newest_index").asLong()).isEqualTo(30);
    assertThat(archive.path("oldest_index").asLong()).isEqualTo(20);
    assertThat(archive.path("problem").isNull()).isTrue();
    node.archive = new ArchiveStatus("s3://b/p", 30, 20, 2, 5, Optional.of("no answer"));
    assertThat(send("GET", "/health?ready").statusCode()).isEqualTo(200);
    body = JSON.readTree(send("GET", "/health").body());
    assertThat(body.path("archive").path("problem").asString()).isEqualTo("no answer");
    assertThat(send("GET", "/metrics").body())
        .containsPattern("raft_snapshot_archive_up\\{[^}]*} 0.0")
        .containsPattern("raft_snapshot_archive_failures\\{[^}]*} 5.0")
        .containsPattern("raft_snapshot_index\\{[^}]*} 40.0");
  }

  @Test
  void aSnapshotOnItsWayIsSeen() throws Exception {
    JsonNode sending = JSON.readTree(send("GET", "/cluster").body()).path("snapshots_sending");
    assertThat(sending.size()).isEqualTo(1);
    assertThat(sending.path(0).path("to").asString()).isEqualTo("node-3");
    assertThat(sending.path(0).path("bytes_sent").asLong()).isEqualTo(1024);
    assertThat(sending.path(0).path("bytes_total").asLong()).isEqualTo(4096);
  }

  @Test
  void clusterShowsThisNodesViewAndBothConfigurations() throws Exception {
    JsonNode body = JSON.readTree(send("GET", "/cluster").body());
    assertThat(body.path("cluster_name").asString()).isEqualTo("test");
    assertThat(body.path("node").asString()).isEqualTo("node-1");
    assertThat(body.path("role").asString()).isEqualTo("follower");
    assertThat(body.path("term").asLong()).isEqualTo(7);
    assertThat(body.path("leader").asString()).isEqualTo("node-2");
    JsonNode latest = body.path("latest_configuration");
    assertThat(latest.path("index").asLong()).isEqualTo(9);
    assertThat(latest.path("members").size()).isEqualTo(2);
    JsonNode second = latest.path("members").path(1);
    assertThat(second.path("name").asString()).isEqualTo("node-2");
    assertThat(second.path("address").asString()).isEqualTo("10.0.0.2:2");
    assertThat(second.path("suffrage").asString()).isEqualTo("nonvoter");
    assertThat(second.path("ports").path("admin").asInt()).isEqualTo(2);
    JsonNode committed = body.path("committed_configuration");
    assertThat(committed.path("index").asLong()).isEqualTo(3);
    assertThat(committed.path("members").size()).isEqualTo(1);

    node.state = new NodeView.State("candidate", 8, Optional.empty());
    assertThat(JSON.readTree(send("GET", "/cluster").body()).path("leader").isNull()).isTrue();
  }

  @Test
  void metricsFollowTheState() throws Exception {
    HttpResponse<String> response = send("GET", "/metrics");
    assertThat(response.headers().firstValue("content-type").orElseThrow())
        .startsWith("text/plain");
    assertThat(response.body())
        .contains("raft_term{cluster_name=\"test\",node_name=\"node-1\"} 7.0")
        .contains("raft_role{cluster_name=\"test\",node_name=\"node-1\",role=\"follower\"} 1.0")
        .contains("raft_role{cluster_name=\"test\",node_name=\"node-1\",role=\"leader\"} 0.0")
        .contains("jvm_memory_used_bytes", "process_uptime_seconds");
    node.state = new NodeView.State("leader", 9, Optional.of("node-1"));
    assertThat(send("GET", "/metrics").body())
        .contains("raft_term{cluster_name=\"test\",node_name=\"node-1\"} 9.0")
        .contains("role=\"leader\"} 1.0", "role=\"follower\"} 0.0");
  }

  @Test
  void errorsAreJson() throws Exception {
    assertError(send("GET", "/nowhere"), 404, "/nowhere");
    assertError(send("POST", "/health"), 405, "POST /health");
    assertError(send("DELETE", "/cluster"), 405, "DELETE /cluster");
    node.state = new NodeView.State("follower", -1, Optional.empty());
    HttpResponse<String> failed = send("GET", "/cluster");
    assertError(failed, 500, "internal error");
    assertThat(failed.body()).doesNotContain("broken on purpose");
  }
}
