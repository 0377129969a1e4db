package io.raftlessons.cluster.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts, or gets, as fast as the answers come: one thread a connection, one request at a time on
 * each.
 */
final class Load {
  private static final int PATIENCE_MILLIS = 30_000;

  /**
   * What was measured after the warm-up.
   *
   * @param failures also those of the warm-up
   */
  record Result(Samples latencies, double perSecond, List<String> failures) {}

  private final Ledger ledger;
  private final int connections;
  private final int[] ports;
  private final boolean gets;
  private long measureFrom;
  private long end;

  /**
   * @param ports to which the connections go in turn
   */
  Load(Ledger ledger, int connections, int... ports) {
    this(ledger, false, connections, ports);
  }

  private Load(Ledger ledger, boolean gets, int connections, int... ports) {
    this.ledger = ledger;
    this.gets = gets;
    this.connections = connections;
    this.ports = ports.clone();
  }

  /** Gets, while nobody puts; a value that is not the last acknowledged one is a failure. */
  static Load ofGets(Ledger ledger, int connections, int... ports) {
    return new Load(ledger, true, connections, ports);
  }

  private final class Client extends Thread {
    final Samples latencies = new Samples();
    final List<String> failures = new ArrayList<>();
    private final int number;

    Client(int number) {
      super("client-" + number);
      this.number = number;
    }

    @Override
    public void run() {
      PutRequest request = new PutRequest(ledger.prefix);
      try (Http http = new Http(ports[number % ports.length], PATIENCE_MILLIS)) {
        for (int key = number; System.nanoTime() - end < 0; key = next(key)) {
          if (gets) {
            get(http, key);
          } else {
            put(http, request, key);
          }
        }
      } catch (IOException e) {
        failures.add(e.toString());
      }
    }

    /** No key has two writers. */
    private int next(int key) {
      return key + connections < ledger.keys() ? key + connections : number;
    }

    private void put(Http http, PutRequest request, int key) throws IOException {
      long value = ledger.begin(key);
      if (value == 0) {
        return;
      }
      byte[] bytes = request.of(key, value);
      long start = System.nanoTime();
      int status = http.exchange(bytes);
      if (status == 200) {
        ledger.acknowledged(key);
        sample(start);
      } else {
        failures.add(status + " " + http.body());
      }
    }

    private void get(Http http, int key) throws IOException {
      long start = System.nanoTime();
      ledger.read(http, key, failures);
      sample(start);
    }

    private void sample(long start) {
      long answered = System.nanoTime();
      if (start - measureFrom >= 0 && answered - end <= 0) {
        latencies.add(answered - start);
      }
    }
  }

  /** Runs once. */
  Result run(Duration warmUp, Duration measured) throws InterruptedException {
    measureFrom = System.nanoTime() + warmUp.toNanos();
    end = measureFrom + measured.toNanos();
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      clients.add(new Client(i));
    }
    clients.forEach(Thread::start);
    List<Samples> samples = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    for (Client client : clients) {
      client.join();
      samples.add(client.latencies);
      failures.addAll(client.failures);
    }
    Samples all = Samples.of(samples);
    return new Result(all, all.count() / (measured.toNanos() / 1e9), failures);
  }
}
