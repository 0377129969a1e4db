package io.raftlessons.cluster.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.cluster.ingress.HttpFuzzRun;
import io.raftlessons.cluster.ingress.HttpFuzzer;
import io.raftlessons.cluster.ingress.HttpFuzzer.Good;
import io.raftlessons.sim.SimRandom;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Spoilt requests to the operators' view. {@code -Dfuzz.requests=N} says how many, {@code
 * -Dfuzz.seed=N} which.
 */
class AdminFuzzTest {
  private static final Logger log = LoggerFactory.getLogger("io.raftlessons.reach");

  private static final List<Good> GOOD =
      List.of(
          new Good("GET", "/health", ""),
          new Good("GET", "/health?ready", ""),
          new Good("GET", "/cluster", ""),
          new Good("GET", "/metrics", ""));

  @Test
  @Timeout(3_600)
  void whateverIsAskedIsAnswered() throws IOException {
    FakeNode node = new FakeNode();
    NodeMetrics metrics = new NodeMetrics(node);
    HttpFuzzer fuzzer = new HttpFuzzer(new SimRandom(Long.getLong("fuzz.seed", 1)), GOOD);
    try (AdminServer admin = AdminServer.start("127.0.0.1", 0, node, metrics);
        HttpFuzzRun run = new HttpFuzzRun(admin.port())) {
      for (long i = Long.getLong("fuzz.requests", 1_000); i > 0; i--) {
        run.send(fuzzer.next());
      }
      log.info("{}", run.counts());
      assertThat(run.counts()).containsKeys("200", "400", "404", "405", "414", "431", "505");
    } finally {
      metrics.close();
    }
  }
}
