package io.raftlessons.cluster.ingress;

import static io.raftlessons.cluster.ingress.IngressFixture.assertError;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What the ingress does not take, and what it says when the group does not answer. */
class LimitsTest {
  private static final String POST = "POST /Counter/k/add HTTP/1.1\r\nHost: x\r\n";
  private static final int MAX = 1 << 20;

  @Test
  void bodiesHaveASizeWhetherDeclaredOrChunked() {
    try (IngressFixture http = new IngressFixture()) {
      byte[] largest = ("\"" + "x".repeat(MAX - 2) + "\"").getBytes(StandardCharsets.UTF_8);
      assertThat(put(http, BodyPublishers.ofByteArray(largest)).statusCode()).isEqualTo(200);
      assertThat(put(http, chunked(largest)).statusCode()).isEqualTo(200);
      assertThat(http.get("/KeyValue/k/get").body()).hasSize(MAX);
      byte[] larger = ("\"" + "x".repeat(MAX - 1) + "\"").getBytes(StandardCharsets.UTF_8);
      assertError(put(http, BodyPublishers.ofByteArray(larger)), 413, "ingress");
      assertError(put(http, chunked(larger)), 413, "ingress");
    }
  }

  @Test
  void aDeclaredSizeIsRefusedBeforeItComes() throws IOException {
    try (IngressFixture http = new IngressFixture()) {
      assertError(http.raw(POST + "Content-Length: 999999999999\r\n\r\n1"), 413, "ingress");
    }
  }

  @Test
  void whatIsNotHttpIsRefusedInJsonToo() throws IOException {
    try (IngressFixture http = new IngressFixture()) {
      assertError(http.raw("NONSENSE\r\n\r\n"), 400, "ingress");
      assertError(http.raw("GET / HTTP/9.9\r\nHost: x\r\n\r\n"), 505, "ingress");
      assertError(http.raw("GET / HTTP/1.1\r\n\r\n"), 400, "ingress");
      String header = "x: " + "y".repeat(9_000) + "\r\n\r\n";
      assertError(http.raw("GET / HTTP/1.1\r\nHost: x\r\n" + header), 431, "ingress");
      assertError(http.raw("GET /" + "y".repeat(9_000) + " HTTP/1.1\r\n\r\n"), 414, "ingress");
      String chunks = POST + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n1\r\n";
      assertError(http.raw(chunks), 400, "ingress");
    }
  }

  @Test
  void anEscapeThatIsNoneIsRefused() throws IOException {
    try (IngressFixture http = new IngressFixture()) {
      String end = "/get HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
      assertError(http.raw("GET /KeyValue/%u0041" + end), 400, "ingress");
      assertError(http.raw("GET /KeyValue/%zz" + end), 400, "ingress");
    }
  }

  @Test
  void aCharsetThatNobodyKnowsIsRefused() {
    try (IngressFixture http = new IngressFixture()) {
      BodyPublisher body = BodyPublishers.ofString("1");
      String type = "application/json; charset=nonsense";
      assertError(http.send("/Counter/k/add", "POST", body, "content-type", type), 415, "ingress");
    }
  }

  @Test
  void moreCallsThanAllowedAreRefused() {
    try (IngressFixture http = new IngressFixture(64, 3, IngressFixture.DEADLINE)) {
      assertThat(http.post("/Counter/k/add", "1").statusCode()).isEqualTo(200);
      http.group.hold();
      List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        calls.add(http.sendAsync("/Counter/k/add", "1"));
      }
      await().until(() -> http.group.held() == 3);
      HttpResponse<String> refused = http.post("/Counter/k/add", "1");
      assertError(refused, 429, "n1");
      assertThat(refused.headers().firstValue("retry-after")).hasValue("1");
      assertThat(refused.body()).contains("not done");
      http.group.release();
      for (CompletableFuture<HttpResponse<String>> call : calls) {
        assertThat(call.join().statusCode()).isEqualTo(200);
      }
      assertThat(http.get("/Counter/k/get").body()).isEqualTo("4");
    }
  }

  @Test
  void aGroupThatNeverAnswersIs503() {
    try (IngressFixture http = new IngressFixture(64, 64, Duration.ofMillis(300))) {
      http.group.hold();
      HttpResponse<String> withoutSession = http.post("/Counter/k/add", "1");
      assertError(withoutSession, 503, "n1");
      assertThat(withoutSession.headers().firstValue("retry-after")).hasValue("1");
      assertThat(withoutSession.body()).contains("it was not done");
      http.group.release();
      assertThat(http.post("/Counter/k/add", "1").statusCode()).isEqualTo(200);
      http.group.hold();
      HttpResponse<String> lost = http.post("/Counter/k/add", "1");
      assertError(lost, 503, "n1");
      assertThat(lost.body()).contains("unknown");
      assertThat(http.get("/Counter/k/get").body()).contains("not done");
    }
  }

  @Test
  void aClientCanWaitLessButNotLonger() {
    try (IngressFixture http = new IngressFixture(64, 64, Duration.ofSeconds(20))) {
      http.group.hold();
      long start = System.nanoTime();
      assertError(
          http.send("/Counter/k/add", "POST", BodyPublishers.ofString("1"), "x-deadline-ms", "100"),
          503,
          "n1");
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
      for (String bad : List.of("0", "-1", "1.5", "x", "12345678901")) {
        assertError(
            http.send("/Counter/k/add", "POST", BodyPublishers.ofString("1"), "x-deadline-ms", bad),
            400,
            "ingress");
      }
    }
    try (IngressFixture http = new IngressFixture(64, 64, Duration.ofMillis(100))) {
      http.group.hold();
      assertError(
          http.send(
              "/Counter/k/add", "POST", BodyPublishers.ofString("1"), "x-deadline-ms", "60000"),
          503,
          "n1");
    }
  }

  @Test
  void connectionsOverTheLimitWaitTheirTurn() throws IOException {
    try (IngressFixture http = new IngressFixture(2, 64, IngressFixture.DEADLINE)) {
      byte[] request =
          "GET /Counter/k/get HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
      List<Socket> connections = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        connections.add(http.connect());
        connections.get(i).getOutputStream().write(request);
        assertThat(connections.get(i).getInputStream().read()).isEqualTo('H');
      }
      try (Socket third = http.connect()) {
        third.getOutputStream().write(request);
        third.setSoTimeout(300);
        assertThatThrownBy(() -> third.getInputStream().read())
            .isInstanceOf(SocketTimeoutException.class);
        connections.get(0).close();
        third.setSoTimeout(30_000);
        assertThat(third.getInputStream().read()).isEqualTo('H');
      }
      connections.get(1).close();
    }
  }

  @Test
  void aConnectionIsNotIdleWhileItsCallIsUnderWay() throws IOException {
    try (IngressFixture http = withIdle(Duration.ofSeconds(1));
        Socket calling = http.connect();
        Socket idle = http.connect()) {
      http.group.hold();
      String call = POST + "Content-Length: 1\r\nConnection: close\r\n\r\n1";
      calling.getOutputStream().write(call.getBytes(StandardCharsets.US_ASCII));
      await().until(() -> http.group.held() > 0);
      assertThat(idle.getInputStream().read()).as("the idle one is closed").isNegative();
      await().pollDelay(Duration.ofSeconds(2)).until(() -> http.group.held() > 0);
      http.group.release();
      String answer = new String(calling.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 200 ").endsWith("1");
    }
  }

  @Test
  void aBodyThatStopsComingIsGivenUp() throws IOException {
    try (IngressFixture http = withIdle(Duration.ofSeconds(1))) {
      assertError(http.raw(POST + "Content-Length: 5\r\n\r\n1"), 408, "ingress");
      String chunked = POST + "Transfer-Encoding: chunked\r\n\r\n1\r\n1\r\n";
      assertError(http.raw(chunked), 408, "ingress");
    }
  }

  @Test
  void aBodyThatComesInDropsIsGivenUp() throws Exception {
    try (IngressFixture http = withIdle(Duration.ofSeconds(2));
        Socket slow = http.connect()) {
      String head = POST + "Content-Length: 100000\r\n\r\n";
      slow.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      CompletableFuture<Void> drops =
          CompletableFuture.runAsync(
              () ->
                  await()
                      .atMost(Duration.ofSeconds(30))
                      .pollInterval(Duration.ofMillis(200))
                      .until(
                          () -> {
                            slow.getOutputStream().write('1');
                            return slow.getInputStream().available() > 0;
                          }));
      drops.join();
      byte[] answer = new byte[12];
      assertThat(slow.getInputStream().readNBytes(answer, 0, 12)).isEqualTo(12);
      assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 408");
    }
  }

  @Test
  void ourOwnFaultsAreToldInJsonAndWithoutDetails() {
    try (IngressFixture http = new IngressFixture()) {
      http.loop.breakWith(
          () -> {
            throw new IllegalStateException("a secret");
          });
      HttpResponse<String> exception = http.post("/Counter/k/add", "1");
      assertError(exception, 500, "n1");
      assertThat(exception.body()).doesNotContain("secret");
      http.loop.breakWith(
          () -> {
            throw new StackOverflowError("a secret");
          });
      HttpResponse<String> error = http.post("/Counter/k/add", "1");
      assertError(error, 500, "ingress");
      assertThat(error.body()).doesNotContain("secret");
      http.loop.breakWith(() -> {});
    }
  }

  @Test
  void aRouterThatIsGoneIs503() {
    try (IngressFixture http = new IngressFixture(64, 64, Duration.ofMillis(100))) {
      http.loop.close();
      HttpResponse<String> response = http.post("/Counter/k/add", "1");
      assertError(response, 503, "n1");
      assertThat(response.body()).contains("unknown");
      assertThat(response.headers().firstValue("retry-after")).hasValue("1");
    }
  }

  @Test
  void closingLetsCallsUnderWayEnd() {
    IngressFixture http = new IngressFixture();
    assertThat(http.post("/Counter/k/add", "1").statusCode()).isEqualTo(200);
    http.group.hold();
    CompletableFuture<HttpResponse<String>> underWay = http.sendAsync("/Counter/k/add", "1");
    await().until(() -> http.group.held() == 1);
    CompletableFuture<Void> closing = CompletableFuture.runAsync(http.ingress::close);
    await()
        .until(
            () -> {
              try (Socket socket = http.connect()) {
                return socket.getInputStream().read() < 0;
              } catch (IOException e) {
                return true;
              }
            });
    assertThat(closing).isNotDone();
    http.group.release();
    assertThat(underWay.join().body()).isEqualTo("2");
    closing.join();
    http.close();
  }

  @Test
  void closingEndsCallsThatTakeTooLong() {
    IngressFixture http = new IngressFixture(64, 64, Duration.ofSeconds(60));
    assertThat(http.post("/Counter/k/add", "1").statusCode()).isEqualTo(200);
    http.group.hold();
    CompletableFuture<HttpResponse<String>> underWay = http.sendAsync("/Counter/k/add", "1");
    await().until(() -> http.group.held() > 0);
    http.ingress.close();
    assertError(underWay.join(), 503, "n1");
    assertThat(underWay.join().body()).contains("unknown");
    http.close();
  }

  private static IngressFixture withIdle(Duration idle) {
    return new IngressFixture(64, 64, Duration.ofSeconds(20), idle);
  }

  private static HttpResponse<String> put(IngressFixture http, BodyPublisher body) {
    return http.send("/KeyValue/k/put", "POST", body);
  }

  private static BodyPublisher chunked(byte[] body) {
    return BodyPublishers.ofInputStream(() -> (InputStream) new ByteArrayInputStream(body));
  }
}
