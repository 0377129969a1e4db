package io.raftlessons.cluster.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftlessons.cluster.ingress.HttpFuzzer.Good;
import io.raftlessons.sim.SimRandom;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Spoilt requests to the ingress. {@code -Dfuzz.requests=N} says how many, {@code -Dfuzz.seed=N}
 * which.
 */
class HttpFuzzTest {
  private static final Logger log = LoggerFactory.getLogger("io.raftlessons.reach");
  private static final int CONNECTIONS = 16;
  private static final int CALLS = 8;
  private static final int WARM_UP = 500;
  private static final long HEAP_GROWTH = 24L << 20;

  private static final List<Good> GOOD =
      List.of(
          new Good("POST", "/KeyValue/k/put", "{\"a\":[1,2]}"),
          new Good("POST", "/KeyValue/k/get", "null"),
          new Good("GET", "/KeyValue/k/get", ""),
          new Good("POST", "/KeyValue/k/delete", ""),
          new Good("POST", "/KeyValue/k/cas", "{\"expect\":1,\"value\":2}"),
          new Good("POST", "/Counter/k/add", "1"),
          new Good("GET", "/Counter/k/get", ""),
          new Good("POST", "/Greeter/greet", "\"World\""));

  @Test
  @Timeout(3_600)
  void whateverIsAskedIsAnsweredAndNothingIsLeftBehind() throws IOException {
    long requests = Long.getLong("fuzz.requests", 3_000);
    long seed = Long.getLong("fuzz.seed", 1);
    try (IngressFixture http =
        new IngressFixture(CONNECTIONS, CALLS, Duration.ofSeconds(10), Duration.ofSeconds(5))) {
      fuzz(http, seed, WARM_UP); // what is made once is made now
      long heap = usedHeap();
      long start = System.nanoTime();
      Map<String, Long> counts = fuzz(http, seed + 1, requests);
      log.info(
          "{} requests in {} ms: {}", requests, (System.nanoTime() - start) / 1_000_000, counts);
      assertThat(counts).containsKeys("200", "400", "404", "405", "415", "431", "505");
      allConnectionsAreFree(http);
      allCallsAreFree(http);
      await().untilAsserted(() -> assertThat(usedHeap() - heap).as("heap").isLessThan(HEAP_GROWTH));
      assertThat(threads("ingress")).isLessThanOrEqualTo(16);
    }
    await().untilAsserted(() -> assertThat(threads("ingress")).isZero());
  }

  private static Map<String, Long> fuzz(IngressFixture http, long seed, long requests)
      throws IOException {
    HttpFuzzer fuzzer = new HttpFuzzer(new SimRandom(seed), GOOD);
    try (HttpFuzzRun run = new HttpFuzzRun(http.ingress.port())) {
      for (long i = 0; i < requests; i++) {
        run.send(fuzzer.next());
        if (i % 10_000 == 9_999) {
          log.info("{} requests: {}", i + 1, run.counts());
        }
      }
      assertThat(http.post("/Greeter/greet", "\"World\"").body()).isEqualTo("\"Hello World!\"");
      return run.counts();
    }
  }

  /** As many as are allowed, all at once. */
  private static void allConnectionsAreFree(IngressFixture http) throws IOException {
    List<Socket> connections = new ArrayList<>();
    byte[] request =
        "GET /Counter/k/get HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    try {
      for (int i = 0; i < CONNECTIONS - 1; i++) { // one is the fixture's own
        connections.add(http.connect());
        connections.get(i).getOutputStream().write(request);
      }
      for (Socket connection : connections) {
        assertThat(connection.getInputStream().read()).isEqualTo('H');
      }
    } finally {
      for (Socket connection : connections) {
        connection.close();
      }
    }
  }

  /** As many as are allowed, all at once. */
  private static void allCallsAreFree(IngressFixture http) {
    http.group.hold();
    List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      calls.add(http.sendAsync("/Counter/calls/add", "1"));
    }
    await().until(() -> http.group.held() == CALLS);
    http.group.release();
    for (CompletableFuture<HttpResponse<String>> call : calls) {
      assertThat(call.join().statusCode()).isEqualTo(200);
    }
  }

  private static long threads(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith(name))
        .count();
  }

  private static long usedHeap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
