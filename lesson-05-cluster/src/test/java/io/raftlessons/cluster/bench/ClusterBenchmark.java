package io.raftlessons.cluster.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Measures a cluster of three processes on this machine, clients included. It asserts that no
 * acknowledged write is lost, and nothing about time: that depends on the machine.
 *
 * <p>{@code ./mvnw -q -pl lesson-05-cluster -am -Pbench test} runs all of it; {@code
 * -Dtest='ClusterBenchmark#failover' -Dsurefire.failIfNoSpecifiedTests=false} a part. {@code
 * -Dbench.seconds}, {@code -Dbench.trials}, {@code -Dbench.minutes} and {@code -Dbench.starts} say
 * how much is measured.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterBenchmark {
  private static final int SECONDS = Integer.getInteger("bench.seconds", 10);
  private static final int TRIALS = Integer.getInteger("bench.trials", 20);
  private static final int MINUTES = Integer.getInteger("bench.minutes", 1);
  private static final int STARTS = Integer.getInteger("bench.starts", 3);
  private static final int KEYS = 10_000;

  /** Compilers take half of the nodes' processor time for longer than one measurement. */
  private static final Duration WARM_UP = Duration.ofSeconds(3L * SECONDS);

  private static final Duration SHORT_WARM_UP = Duration.ofSeconds(1);
  private static final int[] CONNECTIONS = {1, 16, 128};
  private static final int PATIENCE_MILLIS = 30_000;

  /** On the disk of the build: a temporary directory may be memory, where a sync costs nothing. */
  private static Path data(String part) throws IOException {
    Path directory = Path.of("target", "bench").toAbsolutePath();
    Files.createDirectories(directory);
    return Files.createTempDirectory(directory, part);
  }

  @Test
  @Order(1)
  void puts() throws Exception {
    try (BenchCluster cluster = BenchCluster.up(data("puts"))) {
      Ledger ledger = new Ledger("bench-", KEYS);
      new Load(ledger, 64, cluster.ingresses()).run(Duration.ZERO, WARM_UP);
      title("put, %d bytes, %d keys, %d s each", PutRequest.VALUE_CHARS, KEYS, SECONDS);
      print(
          "%-22s %12s %12s %9s %9s %9s",
          "through", "connections", "puts/s", "p50 ms", "p99 ms", "max ms");
      List<String> failures = new ArrayList<>();
      for (int connections : CONNECTIONS) {
        failures.addAll(row("all nodes", ledger, connections, cluster.ingresses()));
      }
      for (int connections : CONNECTIONS) {
        int leader = cluster.ingress(cluster.leader());
        failures.addAll(row("the leader", ledger, connections, leader));
      }
      int follower = cluster.ingress(cluster.leader() % 3 + 1);
      failures.addAll(row("a follower", ledger, 1, follower));
      assertThat(failures).isEmpty();
      assertThat(ledger.check(cluster.ingress(1))).isEmpty();
    }
  }

  private static List<String> row(String through, Ledger ledger, int connections, int... ports)
      throws InterruptedException {
    return row(through, connections, new Load(ledger, connections, ports));
  }

  private static List<String> row(String what, int connections, Load load)
      throws InterruptedException {
    Load.Result result = load.run(SHORT_WARM_UP, Duration.ofSeconds(SECONDS));
    Samples taken = result.latencies();
    print(
        "%-22s %12d %12.0f %9.2f %9.2f %9.2f",
        what,
        connections,
        result.perSecond(),
        taken.millis(0.5),
        taken.millis(0.99),
        taken.millis(1));
    return result.failures();
  }

  @Test
  @Order(2)
  void failover() throws Exception {
    try (BenchCluster cluster = BenchCluster.up(data("failover"))) {
      title("kill -9 of the leader, a put every 5 ms through another node, %d trials each", TRIALS);
      print(
          "%-22s %12s %9s %9s %9s %9s",
          "who repeats", "elections", "recovery", "max ms", "gap ms", "max ms");
      trials(cluster, 0, Failover.Kind.KILLED);
      trials(cluster, TRIALS, Failover.Kind.KILLED_CLIENT_REPEATS);
    }
  }

  @Test
  @Order(6)
  void gracefulStop() throws Exception {
    try (BenchCluster cluster = BenchCluster.up(data("stop"))) {
      title(
          "'cluster stop' of the leader, a put every 20 ms through another node, %d trials;"
              + " the aim is no failure and no gap above 300 ms",
          TRIALS);
      print(
          "%-22s %12s %9s %9s %9s %9s",
          "who repeats", "elections", "recovery", "max ms", "gap ms", "max ms");
      trials(cluster, 0, Failover.Kind.STOPPED);
    }
  }

  private static void trials(BenchCluster cluster, int first, Failover.Kind kind)
      throws InterruptedException {
    Samples recovery = new Samples();
    Samples gaps = new Samples();
    long elections = 0;
    List<String> failures = new ArrayList<>();
    for (int i = 0; i < TRIALS; i++) {
      Failover.Trial trial = new Failover(cluster, first + i, kind).run();
      assertThat(trial.wrong()).isEmpty();
      failures.addAll(trial.failures());
      recovery.add(trial.recoveryNanos());
      gaps.add(trial.gapNanos());
      elections += trial.elections();
    }
    print(
        "%-22s %12d %9.0f %9.0f %9.0f %9.0f",
        kind.whoRepeats,
        elections,
        recovery.millis(0.5),
        recovery.millis(1),
        gaps.millis(0.5),
        gaps.millis(1));
    assertThat(failures).isEmpty();
  }

  @Test
  @Order(3)
  void electionsUnderLoad() throws Exception {
    try (BenchCluster cluster = BenchCluster.up(data("elections"))) {
      Ledger ledger = new Ledger("bench-", KEYS);
      long term = cluster.term();
      Load.Result result =
          new Load(ledger, 128, cluster.ingresses())
              .run(Duration.ZERO, Duration.ofMinutes(MINUTES));
      title("elections in %d min of full load, 128 connections; the aim is 0", MINUTES);
      print("%12s %12s %9s %9s", "elections", "puts/s", "p99 ms", "max ms");
      print(
          "%12d %12.0f %9.2f %9.2f",
          cluster.term() - term,
          result.perSecond(),
          result.latencies().millis(0.99),
          result.latencies().millis(1));
      assertThat(result.failures()).isEmpty();
      assertThat(ledger.check(cluster.ingress(1))).isEmpty();
    }
  }

  @Test
  @Order(4)
  void start() throws Exception {
    Samples answered = new Samples();
    Samples returned = new Samples();
    for (int i = 0; i < STARTS; i++) {
      try (BenchCluster cluster = new BenchCluster(data("start"))) {
        long start = System.nanoTime();
        Process up = cluster.upInAnotherProcess();
        await()
            .atMost(Duration.ofMinutes(2))
            .pollInterval(Duration.ofMillis(10))
            .until(() -> putIsAnswered(cluster.ingress(1)));
        answered.add(System.nanoTime() - start);
        assertThat(up.waitFor(2, TimeUnit.MINUTES)).isTrue();
        returned.add(System.nanoTime() - start);
        assertThat(up.exitValue()).isZero();
      }
    }
    title("cluster up --detach, empty directory, %d times", STARTS);
    print("%-32s %9s %9s", "until", "median ms", "max ms");
    print(
        "%-32s %9.0f %9.0f", "the first put is answered", answered.millis(0.5), answered.millis(1));
    print("%-32s %9.0f %9.0f", "the command returns", returned.millis(0.5), returned.millis(1));
  }

  private static boolean putIsAnswered(int port) {
    try (Http http = new Http(port, PATIENCE_MILLIS)) {
      return http.exchange(new PutRequest("start-").of(1, 1)) == 200;
    } catch (IOException e) {
      return false; // nobody listens yet
    }
  }

  /** A linearizable read costs a round of small messages where a write costs a sync as well. */
  @Test
  @Order(5)
  void gets() throws Exception {
    try (BenchCluster cluster = BenchCluster.up(data("gets"))) {
      Ledger ledger = new Ledger("bench-", KEYS);
      new Load(ledger, 64, cluster.ingresses()).run(Duration.ZERO, WARM_UP);
      Load.ofGets(ledger, 64, cluster.ingresses()).run(Duration.ZERO, SHORT_WARM_UP);
      title("get and put, %d bytes, all nodes, %d s each", PutRequest.VALUE_CHARS, SECONDS);
      print(
          "%-22s %12s %12s %9s %9s %9s",
          "what", "connections", "calls/s", "p50 ms", "p99 ms", "max ms");
      List<String> failures = new ArrayList<>();
      for (int connections : CONNECTIONS) {
        failures.addAll(row("put", ledger, connections, cluster.ingresses()));
        failures.addAll(
            row("get", connections, Load.ofGets(ledger, connections, cluster.ingresses())));
      }
      assertThat(failures).isEmpty();
    }
  }

  private static void title(String format, Object... arguments) throws IOException {
    print("");
    print(format, arguments);
    print(
        "(%d processors, load average %.1f, Java %s, %s)",
        Runtime.getRuntime().availableProcessors(),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
        System.getProperty("java.version"),
        Files.getFileStore(Path.of("target")).type());
  }

  private static void print(String format, Object... arguments) {
    System.out.println(String.format(Locale.ROOT, format, arguments));
  }
}
