package io.raftlessons.cluster.bench;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * One death of a leader under a steady trickle of writes. The writes begin at fixed times whether
 * or not earlier ones were answered, on enough connections, so a pause cannot hide by holding back
 * the requests that would have shown it.
 */
final class Failover {
  private static final long PACE_NANOS = Duration.ofMillis(5).toNanos();
  private static final int CONNECTIONS = 128;
  private static final int CLIENT_DEADLINE_MILLIS = 250;
  private static final int MAX_WRITES = 50_000;
  private static final int PATIENCE_MILLIS = 30_000;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Writes before the death, and again after the first new one. */
  private static final int STEADY = 200;

  /**
   * @param recoveryNanos from the death to the first answer to a write that began after it
   * @param gapNanos the longest time without an answer that ended after the death
   * @param elections terms begun, 1 at best
   * @param failures of writes; empty unless the ingress gave up
   * @param wrong acknowledged writes that are not there, and the like
   */
  record Trial(
      long recoveryNanos,
      long gapNanos,
      long elections,
      List<String> failures,
      List<String> wrong) {}

  private record Ack(long began, long at) {}

  private final BenchCluster cluster;
  private final Ledger ledger;
  private final boolean clientRetries;
  private final AtomicInteger acknowledged = new AtomicInteger();
  private final AtomicInteger ofNewWrites = new AtomicInteger();
  private final AtomicLong killedAt = new AtomicLong(Long.MAX_VALUE);
  private long start;
  private volatile boolean stopped;

  /**
   * @param number tells the keys of one trial from those of another
   * @param clientRetries whether the client sets a short deadline and asks again with an
   *     idempotency key, instead of leaving all of that to the ingress
   */
  Failover(BenchCluster cluster, int number, boolean clientRetries) {
    this.cluster = cluster;
    this.clientRetries = clientRetries;
    ledger = new Ledger("failover-" + number + "-", MAX_WRITES);
  }

  private final class Client extends Thread {
    final List<Ack> acks = new ArrayList<>();
    final List<String> failures = new ArrayList<>();
    private final int number;
    private final int port;
    private final PutRequest request =
        clientRetries
            ? new PutRequest(ledger.prefix, CLIENT_DEADLINE_MILLIS)
            : new PutRequest(ledger.prefix);

    Client(int number, int port) {
      super("client-" + number);
      this.number = number;
      this.port = port;
    }

    @Override
    public void run() {
      try (Http http = new Http(port, PATIENCE_MILLIS)) {
        for (int tick = number; tick < MAX_WRITES && !stopped; tick = next(tick)) {
          if (pauseUntil(start + tick * PACE_NANOS)) {
            put(http, tick);
          }
        }
      } catch (IOException e) {
        failures.add(e.toString());
      }
    }

    /** Ticks that passed while a write was under way are left out. */
    private int next(int tick) {
      long now = (System.nanoTime() - start) / PACE_NANOS;
      int next = tick + CONNECTIONS;
      while (next < now) {
        next += CONNECTIONS;
      }
      return next;
    }

    private void put(Http http, int key) throws IOException {
      long began = System.nanoTime();
      byte[] bytes = request.of(key, ledger.begin(key));
      int status = http.exchange(bytes);
      while (clientRetries
          && status == 503
          && System.nanoTime() - began < PATIENCE_MILLIS * 1_000_000L) {
        status = http.exchange(bytes);
      }
      if (status != 200) {
        failures.add(status + " " + http.body());
        return;
      }
      acks.add(new Ack(began, System.nanoTime()));
      ledger.acknowledged(key);
      acknowledged.incrementAndGet();
      if (began > killedAt.get()) {
        ofNewWrites.incrementAndGet();
      }
    }
  }

  /** Whether it came to that before the end. */
  private boolean pauseUntil(long time) {
    while (System.nanoTime() < time && !stopped) {
      LockSupport.parkNanos(time - System.nanoTime());
    }
    return !stopped;
  }

  /** Runs once, and ends with a complete cluster. */
  Trial run() throws InterruptedException {
    int leader = cluster.leader();
    int through = leader % 3 + 1;
    long term = cluster.term();
    ProcessHandle process = cluster.process(leader);
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      clients.add(new Client(i, cluster.ingress(through)));
    }
    start = System.nanoTime();
    clients.forEach(Thread::start);
    try {
      awaitCount(acknowledged, STEADY);
      killedAt.set(System.nanoTime());
      process.destroyForcibly();
      awaitCount(ofNewWrites, STEADY);
    } finally {
      stopped = true;
    }
    List<Ack> acks = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    for (Client client : clients) {
      client.join();
      acks.addAll(client.acks);
      failures.addAll(client.failures);
    }
    long elections = cluster.term() - term;
    cluster.restart(leader);
    List<String> wrong = ledger.check(cluster.ingress(leader));
    return new Trial(recovery(acks), longestGap(acks), elections, failures, wrong);
  }

  private static void awaitCount(AtomicInteger count, int enough) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(() -> count.get() >= enough);
  }

  private long recovery(List<Ack> acks) {
    return acks.stream()
            .filter(ack -> ack.began() > killedAt.get())
            .mapToLong(Ack::at)
            .min()
            .orElseThrow()
        - killedAt.get();
  }

  private long longestGap(List<Ack> acks) {
    long[] times = acks.stream().mapToLong(Ack::at).sorted().toArray();
    long longest = 0;
    for (int i = 1; i < times.length; i++) {
      if (times[i] > killedAt.get()) {
        longest = Math.max(longest, times[i] - times[i - 1]);
      }
    }
    return longest;
  }
}
