package io.raftlessons.cluster.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An ingress on a free port, a group behind it, and a client. */
final class IngressFixture implements AutoCloseable {
  static final Duration DEADLINE = Duration.ofSeconds(10);

  final LocalGroup group = new LocalGroup();
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final Ingress ingress;
  private boolean closed;
  final ThreadLoop loop = new ThreadLoop();

  // Upgrading to HTTP/2 in clear text changes how a refused body ends.
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  IngressFixture() {
    this(64, 64, DEADLINE);
  }

  IngressFixture(int maxConnections, int maxConcurrent, Duration deadline) {
    this(maxConnections, maxConcurrent, deadline, Duration.ofSeconds(10));
  }

  IngressFixture(int maxConnections, int maxConcurrent, Duration deadline, Duration idle) {
    ingress =
        new Ingress(
            new IngressOptions("127.0.0.1", 0, "n1", maxConnections, maxConcurrent, deadline),
            group,
            loop,
            registry,
            idle);
  }

  HttpResponse<String> post(String path, String body) {
    return send(path, "POST", BodyPublishers.ofString(body));
  }

  HttpResponse<String> get(String path) {
    return send(path, "GET", BodyPublishers.noBody());
  }

  HttpResponse<String> send(String path, String method, BodyPublisher body, String... headers) {
    try {
      return client.send(request(path, method, body, headers), BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(method + " " + path, e);
    }
  }

  CompletableFuture<HttpResponse<String>> sendAsync(String path, String body) {
    return client.sendAsync(
        request(path, "POST", BodyPublishers.ofString(body)), BodyHandlers.ofString());
  }

  private HttpRequest request(String path, String method, BodyPublisher body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ingress.port() + path))
            .timeout(Duration.ofSeconds(30))
            .method(method, body);
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return request.build();
  }

  Socket connect() throws IOException {
    Socket socket = new Socket("127.0.0.1", ingress.port());
    socket.setSoTimeout(30_000);
    return socket;
  }

  /** Sends bytes as they are and reads all until the server closes. */
  String raw(String text) throws IOException {
    try (Socket socket = connect()) {
      OutputStream out = socket.getOutputStream();
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  static void assertError(String raw, int code, String source) {
    Matcher status = Pattern.compile("HTTP/1.1 ([0-9]{3}) ").matcher(raw);
    assertThat(status.find()).as(raw).isTrue();
    assertThat(status.group(1)).as(raw).isEqualTo(Integer.toString(code));
    assertErrorBody(raw.substring(raw.indexOf("\r\n\r\n") + 4), code, source);
  }

  static void assertError(HttpResponse<String> response, int code, String source) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(code);
    assertThat(response.headers().firstValue("content-type")).contains("application/json");
    assertErrorBody(response.body(), code, source);
  }

  private static void assertErrorBody(String body, int code, String source) {
    JsonNode error = JsonMapper.shared().readTree(body);
    assertThat(error.propertyNames()).containsExactly("code", "message", "source");
    assertThat(error.get("code").asInt()).isEqualTo(code);
    assertThat(error.get("message").asString()).isNotBlank().doesNotContain("Exception", "at io.");
    assertThat(error.get("source").asString()).isEqualTo(source);
  }

  /** Idempotent, as the ingress is; the loop stays until then. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      ingress.close();
      loop.close();
    }
  }
}
