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
 * One end of a leader under a steady trickle of writes. The writes begin at fixed times whether or
 * not earlier ones were answered, on enough connections, so a pause cannot hide by holding back the
 * requests that would have shown it.
 */
final class Failover {
  /** How the leader ends, and who repeats a write that got no answer. */
  enum Kind {
    KILLED("ingress", 5, 200, false),
    /** The client sets a short deadline and asks again with an idempotency key. */
    KILLED_CLIENT_REPEATS("client and ingress", 5, 200, true),
    STOPPED("ingress", 20, 100, false);

    final String whoRepeats;
    private final long paceNanos;

    /** Writes before the end, and again after the first new one. */
    private final int steady;

    private final boolean clientRepeats;

    Kind(String whoRepeats, int paceMillis, int steady, boolean clientRepeats) {
      this.whoRepeats = whoRepeats;
      this.paceNanos = Duration.ofMillis(paceMillis).toNanos();
      this.steady = steady;
      this.clientRepeats = clientRepeats;
    }
  }

  private static final int CONNECTIONS = 128;
  private static final int CLIENT_DEADLINE_MILLIS = 250;
  private static final int MAX_WRITES = 50_000;
  private static final int PATIENCE_MILLIS = 30_000;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /**
   * @param recoveryNanos from its end to the first answer to a write that began after it
   * @param gapNanos the longest time without an answer that ended after that
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
  private final Kind kind;
  private final AtomicInteger acknowledged = new AtomicInteger();
  private final AtomicInteger ofNewWrites = new AtomicInteger();
  private final AtomicLong endedAt = new AtomicLong(Long.MAX_VALUE);
  private long start;
  private volatile boolean stopped;

  /**
   * @param number tells the keys of one trial from those of another
   */
  Failover(BenchCluster cluster, int number, Kind kind) {
    this.cluster = cluster;
    this.kind = kind;
    ledger = new Ledger("failover-" + number + "-", MAX_WRITES);
  }

  private final class Client extends Thread {
    final List<Ack> acks = new ArrayList<>();
    final List<String> failures = new ArrayList<>();
    private final int number;
    private final int port;
    private final PutRequest request =
        kind.clientRepeats
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
          if (pauseUntil(start + tick * kind.paceNanos)) {
            put(http, tick);
          }
        }
      } catch (IOException e) {
        failures.add(e.toString());
      }
    }

    /** Ticks that passed while a write was under way are left out. */
    private int next(int tick) {
      long now = (System.nanoTime() - start) / kind.paceNanos;
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
      while (kind.clientRepeats
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
      if (began > endedAt.get()) {
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
      awaitCount(acknowledged, kind.steady);
      endedAt.set(System.nanoTime());
      if (kind == Kind.STOPPED) {
        cluster.stop(leader);
      } else {
        process.destroyForcibly();
      }
      awaitCount(ofNewWrites, kind.steady);
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
            .filter(ack -> ack.began() > endedAt.get())
            .mapToLong(Ack::at)
            .min()
            .orElseThrow()
        - endedAt.get();
  }

  private long longestGap(List<Ack> acks) {
    long[] times = acks.stream().mapToLong(Ack::at).sorted().toArray();
    long longest = 0;
    for (int i = 1; i < times.length; i++) {
      if (times[i] > endedAt.get()) {
        longest = Math.max(longest, times[i] - times[i - 1]);
      }
    }
    return longest;
  }
}
