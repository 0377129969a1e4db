package io.raftlessons.cluster.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftlessons.cluster.config.Settings;
import io.raftlessons.cluster.launcher.ThreeNodes;
import io.raftlessons.replication.history.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Clients that call all the time, at all three nodes, and the history of what they saw. */
final class Traffic {
  private static final Logger log = LoggerFactory.getLogger(Traffic.class);

  /** Enough calls to meet every fault, few enough for two processors. */
  private static final long PAUSE_MILLIS = 50;

  private static final int CLIENTS_PER_NODE = 5;

  private final Ingresses ingresses;
  private final Queue<Operation> history = new ConcurrentLinkedQueue<>();
  private final Queue<String> complaints = new ConcurrentLinkedQueue<>();
  private final List<Phase> phases = new ArrayList<>();
  private final ScheduledExecutorService threads =
      Executors.newScheduledThreadPool(CLIENTS_PER_NODE * Settings.FIRST_NODES);
  private final CountDownLatch underWay =
      new CountDownLatch(CLIENTS_PER_NODE * Settings.FIRST_NODES);
  private volatile Phase phase = new Phase("before", List.of());
  private volatile boolean ending;
  private int readers;

  Traffic(Ingresses ingresses) {
    this.ingresses = ingresses;
  }

  /** Starts all clients. */
  void start() {
    for (int node = 1; node <= Settings.FIRST_NODES; node++) {
      client("appender-" + node, node, true, Workload.appends("a" + node));
      client("adder-" + node, node, true, Workload.increments());
      client("swapper-" + node, node, true, Workload.swaps("s" + node));
      // and some that never try again
      client("swaps-once-" + node, node, false, Workload.swaps("t" + node));
      boolean odd = node % 2 == 1;
      client(
          "once-" + node, node, false, odd ? Workload.appends("o" + node) : Workload.increments());
    }
  }

  private void client(String name, int home, boolean retries, Workload workload) {
    Client client = new Client(name, home, retries, workload, this);
    next(client, name);
  }

  private void next(Client client, String name) {
    threads.schedule(() -> attempt(client, name), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void attempt(Client client, String name) {
    boolean goesOn = false;
    try {
      goesOn = client.attempt(!ending) || !ending;
    } catch (RuntimeException e) {
      log.error("client {} failed", name, e);
      complain(name + ": " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (goesOn) {
      next(client, name);
    } else {
      underWay.countDown();
    }
  }

  Phase phase() {
    return phase;
  }

  Ingresses ingresses() {
    return ingresses;
  }

  void record(Operation operation) {
    history.add(operation);
  }

  void complain(String complaint) {
    complaints.add(complaint);
  }

  List<Operation> history() {
    return List.copyOf(history);
  }

  List<String> complaints() {
    return List.copyOf(complaints);
  }

  /** All so far, in order. */
  List<Phase> phases() {
    return List.copyOf(phases);
  }

  /** Counts what is begun from now on apart. */
  private Phase begin(String name, List<Integer> liveNodes) {
    Phase begun = new Phase(name, liveNodes);
    phases.add(begun);
    phase = begun;
    return begun;
  }

  /** Waits until each live node has acknowledged some writes that were begun from now on. */
  Phase awaitNewWrites(String name, List<Integer> liveNodes) {
    Phase begun = begin(name, liveNodes);
    await().atMost(ThreeNodes.PATIENCE).until(() -> begun.fewestWrites() >= 3);
    return begun;
  }

  /** Waits until some calls have failed that were begun from now on. */
  Phase awaitFailures(String name) {
    Phase begun = begin(name, List.of());
    await().atMost(ThreeNodes.PATIENCE).until(() -> begun.retries() >= 3);
    return begun;
  }

  /** Lets every client finish the call it is at. */
  void finish() throws InterruptedException {
    ending = true;
    assertThat(underWay.await(ThreeNodes.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  /** Asks a node for everything; what it answers is part of the history. */
  void readEverything(int node) throws InterruptedException {
    List<String> keys = new ArrayList<>(Workload.LISTS);
    keys.add(Workload.COUNTER);
    keys.add(Workload.REGISTER);
    Client reader =
        new Client(
            "reader-" + ++readers, node, true, number -> Workload.read(keys.get(number)), this);
    for (String key : keys) {
      long patient = System.nanoTime() + ThreeNodes.PATIENCE.toNanos();
      boolean underWay = reader.attempt(true);
      while (underWay) {
        assertThat(System.nanoTime()).as("%s is read in time", key).isLessThan(patient);
        underWay = reader.attempt(false);
      }
    }
  }

  /** Ends all clients, whatever they are at. */
  void stop() throws InterruptedException {
    threads.shutdownNow();
    assertThat(threads.awaitTermination(ThreeNodes.PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .isTrue();
  }
}
