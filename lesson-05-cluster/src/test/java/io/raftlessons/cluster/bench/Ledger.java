package io.raftlessons.cluster.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What was written to a range of keys, and what of it was acknowledged. Each key has one writer at
 * a time, who puts 1, 2, 3, … A key with a write of unknown outcome is not written again: a late
 * write could otherwise replace an acknowledged one, and rightly so.
 */
final class Ledger {
  private static final int READERS = 16;
  private static final int PATIENCE_MILLIS = 30_000;

  final String prefix;
  private final long[] acknowledged;
  private final long[] attempted;

  Ledger(String prefix, int keys) {
    this.prefix = prefix;
    acknowledged = new long[keys];
    attempted = new long[keys];
  }

  int keys() {
    return attempted.length;
  }

  /** The value to put next, or 0 if the key must be left alone. */
  long begin(int key) {
    return attempted[key] == acknowledged[key] ? ++attempted[key] : 0;
  }

  void acknowledged(int key) {
    acknowledged[key] = attempted[key];
  }

  /** Reads every key that was written, when nobody writes. Returns what is wrong with them. */
  List<String> check(int port) throws InterruptedException {
    List<String> wrong = Collections.synchronizedList(new ArrayList<>());
    AtomicInteger next = new AtomicInteger();
    List<Thread> readers = new ArrayList<>();
    for (int i = 0; i < READERS; i++) {
      Thread reader = new Thread(() -> read(port, next, wrong), "reader-" + i);
      reader.start();
      readers.add(reader);
    }
    for (Thread reader : readers) {
      reader.join();
    }
    return wrong;
  }

  private void read(int port, AtomicInteger next, List<String> wrong) {
    try (Http http = new Http(port, PATIENCE_MILLIS)) {
      for (int key = next.getAndIncrement(); key < keys(); key = next.getAndIncrement()) {
        if (attempted[key] > 0) {
          read(http, key, wrong);
        }
      }
    } catch (IOException e) {
      wrong.add("reading failed: " + e);
    }
  }

  /** Reads a key, when nobody writes it, and adds what is wrong with it. */
  void read(Http http, int key, List<String> wrong) throws IOException {
    String name = PutRequest.key(prefix, key);
    int status = http.exchange(Http.get("/KeyValue/" + name + "/get"));
    if (status != 200 && status != 404) {
      wrong.add("%s: answer %d %s".formatted(name, status, http.body()));
      return;
    }
    long value = status == 404 ? 0 : PutRequest.value(http.body());
    if (value < acknowledged[key] || value > attempted[key]) {
      wrong.add(
          "%s: %d was acknowledged, %d was written last, %d is there"
              .formatted(name, acknowledged[key], attempted[key], value));
    }
  }
}
