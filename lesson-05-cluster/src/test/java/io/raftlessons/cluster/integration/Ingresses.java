package io.raftlessons.cluster.integration;

import io.raftlessons.cluster.config.Settings.Listener;
import io.raftlessons.cluster.launcher.ThreeNodes;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The three ingresses as clients see them. Thread-safe. */
final class Ingresses {
  /** What became of an attempt. */
  sealed interface Attempt {
    record Answered(String body) implements Attempt {}

    /** The key has no value. */
    record Absent() implements Attempt {}

    /**
     * @param changedNothing whether that is sure
     */
    record Failed(boolean changedNothing) implements Attempt {}

    /** An answer that is none of those that are documented. */
    record Wrong(String complaint) implements Attempt {}
  }

  private static final Duration LONGEST = Duration.ofSeconds(3);
  private static final String DEADLINE_MILLIS = "2500";
  private static final JsonMapper JSON = new JsonMapper();

  private final ThreeNodes cluster;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(LONGEST).build();

  private final AtomicInteger tooLate = new AtomicInteger();

  Ingresses(ThreeNodes cluster) {
    this.cluster = cluster;
  }

  /** How many requests were answered 408. */
  int tooLate() {
    return tooLate.get();
  }

  /** One attempt at one node. */
  Attempt post(int node, String path, String body, Optional<String> idempotencyKey)
      throws InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + cluster.port(node, Listener.INGRESS) + "/" + path);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .timeout(LONGEST)
            .header("content-type", "application/json")
            .header("x-deadline-ms", DEADLINE_MILLIS)
            .POST(BodyPublishers.ofString(body));
    idempotencyKey.ifPresent(key -> request.header("idempotency-key", key));
    try {
      return attempt(http.send(request.build(), BodyHandlers.ofString()));
    } catch (ConnectException e) {
      return new Attempt.Failed(true);
    } catch (IOException e) {
      return new Attempt.Failed(false);
    }
  }

  private Attempt attempt(HttpResponse<String> response) {
    int code = response.statusCode();
    if (code == 200) {
      return new Attempt.Answered(response.body());
    }
    String message = message(code, response.body());
    if (code == 408 && !message.isEmpty()) {
      // The connection had been idle until it was too late: the request was not read.
      tooLate.incrementAndGet();
      return new Attempt.Failed(true);
    }
    if (message.isEmpty() || (code != 503 && code != 404)) {
      return new Attempt.Wrong(response.uri() + " was answered " + code + ": " + response.body());
    }
    return code == 404
        ? new Attempt.Absent()
        : new Attempt.Failed(message.endsWith("it was not done"));
  }

  /** Empty if the body is not that of an error. */
  private static String message(int code, String body) {
    try {
      JsonNode error = JSON.readTree(body);
      boolean complete =
          error.isObject()
              && List.copyOf(error.propertyNames()).equals(List.of("code", "message", "source"))
              && error.path("code").asInt(0) == code
              && !error.path("source").asString("").isEmpty();
      return complete ? error.path("message").asString("") : "";
    } catch (JacksonException e) {
      return "";
    }
  }
}
