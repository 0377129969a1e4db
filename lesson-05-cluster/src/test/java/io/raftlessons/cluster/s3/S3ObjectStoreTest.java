package io.raftlessons.cluster.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What it makes of servers that answer late, wrongly, or not at all. */
class S3ObjectStoreTest {
  private static final S3Credentials USER = new S3Credentials("somebody", "a-secret-of-somebody");

  /** Answers one request. */
  private interface Answer {
    void to(HttpExchange request) throws IOException;
  }

  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server;
  private S3ObjectStore objects;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.start();
    objects = at(server.getAddress().getPort(), Duration.ofSeconds(10));
  }

  private static S3ObjectStore at(int port, Duration timeout) {
    URI endpoint = URI.create("http://127.0.0.1:" + port);
    return new S3ObjectStore(
        new S3Config(Optional.of(endpoint), "us-east-1", "bucket", Optional.of(USER), timeout, 2));
  }

  @AfterEach
  void stop() {
    objects.close();
    threads.shutdownNow();
    server.stop(0);
  }

  private void serve(Answer answer) {
    server.createContext(
        "/bucket",
        request -> {
          String condition = request.getRequestHeaders().getFirst("If-Match");
          requests.add(request.getRequestMethod() + (condition == null ? "" : " if " + condition));
          request.getRequestBody().readAllBytes();
          answer.to(request);
          request.close();
        });
  }

  private static void answer(HttpExchange request, int status, String body) throws IOException {
    boolean empty = body.isEmpty() || request.getRequestMethod().equals("HEAD");
    request.sendResponseHeaders(status, empty ? -1 : body.length());
    if (!empty) {
      request.getResponseBody().write(body.getBytes(UTF_8));
    }
  }

  private static ObjectStore.Content text(String text) {
    return ObjectStore.Content.of(text.getBytes(UTF_8));
  }

  /** Says ETags without quotes, and knows them only so. */
  @Test
  void anETagGoesBackAsItCame() throws IOException {
    serve(
        request -> {
          request.getResponseHeaders().set("ETag", "abc");
          String condition = request.getRequestHeaders().getFirst("If-Match");
          answer(request, condition == null || condition.equals("abc") ? 200 : 412, "");
        });
    String etag = objects.get("key", 9).etag();
    objects.putIfMatch("key", etag, text("next"));
    assertThat(requests).containsExactly("GET", "PUT if abc");
  }

  /** Says them in quotes, and compares without. */
  @Test
  void anETagGoesWithoutQuotesIfTheObjectIsStillTheSame() throws IOException {
    serve(
        request -> {
          request.getResponseHeaders().set("ETag", "\"abc\"");
          String condition = request.getRequestHeaders().getFirst("If-Match");
          answer(request, condition == null || condition.equals("abc") ? 200 : 412, "");
        });
    objects.putIfMatch("key", "\"abc\"", text("next"));
    assertThat(requests).containsExactly("PUT if \"abc\"", "HEAD", "PUT if abc");
    requests.clear();
    assertThatExceptionOfType(ObjectStoreException.PreconditionFailed.class)
        .isThrownBy(() -> objects.putIfMatch("key", "\"old\"", text("next")));
    assertThat(requests).as("it has changed").containsExactly("PUT if \"old\"", "HEAD");
  }

  /** As whoever wrote it finds out: the second attempt meets the first. */
  @Test
  void whatWasDoneAndAnsweredWithAnErrorIsAFailedCondition() {
    serve(request -> answer(request, requests.size() == 1 ? 500 : 412, ""));
    assertThatExceptionOfType(ObjectStoreException.PreconditionFailed.class)
        .isThrownBy(() -> objects.putIfAbsent("key", text("x")));
    assertThat(requests).containsExactly("PUT", "PUT");
  }

  @Test
  void whatAnswersWithErrorsIsAskedAFewTimes() {
    int[] status = new int[1];
    serve(request -> answer(request, status[0], ""));
    for (int unavailable : new int[] {500, 503, 429}) {
      requests.clear();
      status[0] = unavailable;
      assertThatExceptionOfType(ObjectStoreException.Unavailable.class)
          .isThrownBy(() -> objects.list(""))
          .withMessageContaining("" + unavailable);
      assertThat(requests).hasSize(2);
    }
    for (int refused : new int[] {400, 401, 403}) {
      requests.clear();
      status[0] = refused;
      assertThatExceptionOfType(ObjectStoreException.Refused.class)
          .isThrownBy(() -> objects.delete("key"))
          .withMessageContaining("" + refused);
      assertThat(requests).hasSize(1);
    }
    requests.clear();
    status[0] = 409;
    assertThatExceptionOfType(ObjectStoreException.Unavailable.class)
        .as("another conditional write is under way")
        .isThrownBy(() -> objects.putIfAbsent("key", text("x")));
  }

  @Test
  void aBodyThatEndsEarlyIsNoObject() throws IOException {
    serve(
        request -> {
          request.sendResponseHeaders(200, 10);
          request.getResponseBody().write(new byte[4]);
          request.getResponseBody().flush();
          request.getHttpContext().getServer().stop(0);
        });
    assertThatExceptionOfType(ObjectStoreException.Unavailable.class)
        .isThrownBy(() -> objects.get("key", 100))
        .withMessageContaining("no answer about key from s3://bucket");
  }

  @Test
  void nobodyThereIsUnavailable() {
    server.stop(0);
    assertThatExceptionOfType(ObjectStoreException.Unavailable.class)
        .isThrownBy(() -> objects.list(""))
        .withMessageContaining("from s3://bucket at http://127.0.0.1:")
        .withMessageNotContaining(USER.secretAccessKey());
  }

  /** Accepts connections and says nothing. */
  @Test
  void aServerThatHangsTakesNoLongerThanItsAttempts() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        S3ObjectStore waiting = at(silent.getLocalPort(), Duration.ofMillis(100))) {
      for (Call call :
          List.<Call>of(
              () -> waiting.list(""),
              () -> waiting.get("key", 1),
              () -> waiting.read("key", 5),
              () -> waiting.putIfAbsent("key", text("x")))) {
        long before = System.nanoTime();
        assertThatExceptionOfType(ObjectStoreException.Unavailable.class).isThrownBy(call::run);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
      }
    }
  }

  private interface Call {
    void run() throws IOException;
  }

  /** Sends the headers, and then nothing. */
  @Test
  void aBodyThatDoesNotComeTakesNoLongerThanTheTimeout() throws IOException {
    serve(
        request -> {
          request.sendResponseHeaders(200, 10);
          request.getResponseBody().flush();
          waitUntilInterrupted();
        });
    try (S3ObjectStore waiting = at(server.getAddress().getPort(), Duration.ofMillis(300));
        InputStream in = waiting.read("key", 0)) {
      assertThatExceptionOfType(ObjectStoreException.Unavailable.class).isThrownBy(in::read);
    }
  }

  private static void waitUntilInterrupted() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A node that stops does not wait for a server that hangs. */
  @Test
  @SuppressWarnings("try") // what is under way when it is closed is what this is about
  void toCloseItEndsWhatIsUnderWay() throws Exception {
    objects.close();
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      objects = at(silent.getLocalPort(), Duration.ofMinutes(5));
      Future<?> list =
          threads.submit(
              () ->
                  assertThatExceptionOfType(ObjectStoreException.class)
                      .isThrownBy(() -> objects.list("")));
      silent.accept();
      objects.close();
      list.get(5, TimeUnit.SECONDS);
      assertThatExceptionOfType(ObjectStoreException.Refused.class)
          .isThrownBy(() -> objects.list(""))
          .withMessageContaining("is closed");
      assertThatCode(objects::close).doesNotThrowAnyException();
    }
  }
}
