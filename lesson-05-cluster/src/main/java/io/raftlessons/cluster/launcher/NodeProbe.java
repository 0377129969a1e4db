package io.raftlessons.cluster.launcher;

import io.raftlessons.cluster.config.ClusterConfig;
import io.raftlessons.cluster.config.Settings.Listener;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks nodes for their view of the cluster. Thread-safe. */
final class NodeProbe {
  private static final Duration TIME_LIMIT = Duration.ofSeconds(2);
  private static final JsonMapper JSON = new JsonMapper();

  private final ClusterConfig config;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(TIME_LIMIT)
          .build();

  NodeProbe(ClusterConfig config) {
    this.config = config;
  }

  /** The answer of its {@code GET /cluster}; empty if there is none within two seconds. */
  CompletableFuture<Optional<JsonNode>> ask(int node) {
    HttpRequest request = HttpRequest.newBuilder(uri(node)).timeout(TIME_LIMIT).GET().build();
    return http.sendAsync(request, BodyHandlers.ofString())
        .thenApply(NodeProbe::body)
        .exceptionally(failure -> Optional.empty());
  }

  private static Optional<JsonNode> body(HttpResponse<String> response) {
    return response.statusCode() == 200
        ? Optional.of(JSON.readTree(response.body()))
        : Optional.empty();
  }

  private URI uri(int node) {
    String bound = config.bindAddress();
    String host = bound.equals("0.0.0.0") || bound.equals("::") ? "127.0.0.1" : bound;
    String literal = host.contains(":") ? "[" + host + "]" : host;
    return URI.create("http://" + literal + ":" + config.port(node, Listener.ADMIN) + "/cluster");
  }
}
