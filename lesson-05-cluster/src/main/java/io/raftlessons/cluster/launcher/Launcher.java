package io.raftlessons.cluster.launcher;

import io.raftlessons.cluster.config.ClusterConfig;
import io.raftlessons.cluster.config.Settings;
import io.raftlessons.cluster.node.ClusterIdentity;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Runs the nodes of one cluster as child processes, and does what other commands ask it through the
 * control socket. Only a launcher starts nodes, so none of them outlives it. Thread-safe.
 */
final class Launcher implements AutoCloseable {
  /** Who is told what happens. Called on many threads. */
  interface Console {
    /** Something the launcher has to say. */
    void event(String message);

    /** A line that a node printed. */
    void output(String node, String line);
  }

  /** Of a shutdown that a signal began; the user waits for the prompt. */
  private static final Duration HASTE = Duration.ofMillis(600);

  private static final Duration REQUEST_TIME_LIMIT = Duration.ofSeconds(5);
  private static final long POLL_MILLIS = 50;

  private final ClusterConfig config;
  private final ClusterDirectory directory;
  private final Console console;
  private final Closeable lock;
  private final ClusterIdentity identity;
  private final Map<Integer, LocalNode> nodes = new ConcurrentSkipListMap<>();
  private final NodeProbe probe;
  private final ControlServer control;
  private final CountDownLatch finished = new CountDownLatch(1);

  /** Something happened that a start does not survive: who waits for one looks at once. */
  private final Semaphore setback = new Semaphore(0);

  private volatile boolean ready;
  private volatile boolean closing;
  private boolean closed;

  /**
   * Takes the data directory and checks all that can be checked; starts nothing.
   *
   * @throws CommandException if anything is in the way
   */
  Launcher(ClusterConfig config, Console console) {
    this.config = config;
    this.console = console;
    directory = new ClusterDirectory(config.dataDirectory());
    probe = new NodeProbe(config);
    directory.create();
    lock = directory.lock();
    try {
      identity = directory.identity(config.clusterName());
      for (int node : nodesOfTheCluster()) {
        PortCheck.requireFree(config, node);
        nodes.put(node, localNode(node));
      }
      control = new ControlServer(REQUEST_TIME_LIMIT, this::handle);
      control.file().write(directory.controlFile());
    } catch (IOException e) {
      release();
      throw new CommandException("cannot prepare " + directory.root() + ": " + e, e);
    } catch (RuntimeException e) {
      release();
      throw e;
    }
  }

  private List<Integer> nodesOfTheCluster() {
    List<Integer> numbers =
        identity.bootstrapped()
            ? directory.nodes()
            : IntStream.rangeClosed(1, Settings.FIRST_NODES).boxed().toList();
    if (numbers.isEmpty()) {
      throw new CommandException(
          "the data of all nodes is gone from "
              + directory.root()
              + "; 'cluster wipe' deletes the rest");
    }
    return numbers;
  }

  private LocalNode localNode(int node) {
    try {
      RotatingLog log =
          new RotatingLog(directory.log(node), config.logFileSize(), config.logFiles());
      return new LocalNode(config, node, log, this::output, this::ended);
    } catch (IOException e) {
      throw new CommandException("cannot write the log of node " + node + ": " + e, e);
    }
  }

  /**
   * Starts all nodes and returns when those that belong to the cluster know the same leader.
   *
   * @throws CommandException if a node ends, or it takes too long; no node runs then
   */
  void start() throws InterruptedException {
    try {
      nodes.values().forEach(node -> node.start(!identity.bootstrapped()));
      awaitReady();
      directory.bootstrapped(identity);
      ready = true;
    } catch (CommandException e) {
      stopAll(config.stopTimeout());
      throw e;
    }
  }

  private void awaitReady() throws InterruptedException {
    long deadline = System.nanoTime() + config.readyTimeout().toNanos();
    while (!StatusReport.agreed(nodes.values(), views())) {
      for (LocalNode node : nodes.values()) {
        requireAlive(node);
      }
      if (System.nanoTime() > deadline) {
        throw new CommandException(
            "the nodes did not agree on a leader within %d s (see %s). A slow machine needs a longer %s"
                .formatted(
                    config.readyTimeout().toSeconds(),
                    directory.logs(),
                    Settings.READY_TIMEOUT.flag()));
      }
      setback.tryAcquire(POLL_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void requireAlive(LocalNode node) {
    if (closing) {
      throw new CommandException("stopped before the cluster was ready");
    }
    if (!node.running()) {
      throw new CommandException(
          "%s failed to start (%s). Its last lines:%n  %s"
              .formatted(node.name(), node.end(), String.join("\n  ", node.lastLines())));
    }
  }

  /** What each node says of the cluster, by number; nothing of one that does not answer. */
  private Map<Integer, JsonNode> views() {
    Map<Integer, CompletableFuture<Optional<JsonNode>>> asked = new TreeMap<>();
    for (LocalNode node : nodes.values()) {
      if (node.running()) {
        asked.put(node.number(), probe.ask(node.number()));
      }
    }
    Map<Integer, JsonNode> views = new TreeMap<>();
    asked.forEach((number, view) -> view.join().ifPresent(json -> views.put(number, json)));
    return views;
  }

  /** See {@link StatusReport}. */
  ObjectNode status() {
    return StatusReport.of(config, identity, ready, nodes.values(), views());
  }

  /** Returns when somebody asked for the end of the cluster and all nodes have ended. */
  void awaitEnd() throws InterruptedException {
    finished.await();
  }

  private ObjectNode handle(String command, int number) {
    return switch (command) {
      case "status" -> status();
      case "down" -> {
        stopAll(config.stopTimeout());
        finished.countDown();
        yield message("all nodes are stopped");
      }
      case "start" -> message(startNode(node(number)));
      case "stop" -> message(event(node(number), "stop"));
      case "kill" -> message(event(node(number), "kill"));
      case "add" -> message(addNode(number));
      case "remove" -> message(removeNode(number));
      default -> throw new CommandException("there is no command '" + command + "'");
    };
  }

  private static ObjectNode message(String text) {
    return StatusReport.JSON.createObjectNode().put("message", text);
  }

  private void requireReady() {
    if (!ready || closing) {
      throw new CommandException("the cluster is " + (closing ? "stopping" : "still starting"));
    }
  }

  private LocalNode node(int number) {
    requireReady();
    LocalNode node = nodes.get(number);
    if (node == null) {
      String known = nodes.keySet().toString();
      throw new CommandException(
          "there is no node %d here; there are %s; 'cluster add %d' adds it"
              .formatted(number, known.substring(1, known.length() - 1), number));
    }
    return node;
  }

  /** Starts a node that waits to be added to the cluster, unless it runs already. */
  private String addNode(int number) {
    requireReady();
    boolean isNew = !nodes.containsKey(number);
    LocalNode node = nodes.computeIfAbsent(number, this::localNode);
    if (node.running()) {
      return "%s is running (pid %d)".formatted(node.name(), node.pid());
    }
    try {
      return startNode(node);
    } catch (CommandException e) {
      if (isNew) {
        forget(node);
      }
      throw e;
    }
  }

  /** Of a node that does not belong to the cluster any more: ends it, and deletes its data. */
  private String removeNode(int number) {
    requireReady();
    LocalNode node = nodes.get(number);
    if (node == null) {
      return ClusterConfig.nodeName(number) + " has no data here";
    }
    if (node.running()) {
      node.stop(config.stopTimeout());
    }
    forget(node);
    String message = node.name() + " is stopped and its data is deleted";
    console.event(message);
    return message;
  }

  private void forget(LocalNode node) {
    node.destroy();
    nodes.remove(node.number());
    node.closeLog();
    directory.deleteNode(node.number());
  }

  private String event(LocalNode node, String command) {
    long pid = node.pid();
    String how;
    if (command.equals("kill")) {
      node.kill();
      how = "was killed";
    } else {
      how = node.stop(config.stopTimeout());
    }
    String message = "%s (pid %d) %s".formatted(node.name(), pid, how);
    console.event(message);
    return message;
  }

  private String startNode(LocalNode node) {
    node.start(false);
    long deadline = System.nanoTime() + config.readyTimeout().toNanos();
    try {
      while (probe.ask(node.number()).join().isEmpty()) {
        requireAlive(node);
        if (System.nanoTime() > deadline) {
          throw new CommandException(node.name() + " is started but does not answer");
        }
        setback.tryAcquire(POLL_MILLIS, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException("interrupted while " + node.name() + " was starting", e);
    }
    String message = "%s is running (pid %d)".formatted(node.name(), node.pid());
    console.event(message);
    return message;
  }

  private void output(LocalNode node, String line) {
    console.output(node.name(), line);
  }

  /** A node that ends by itself stays so: a fault that is hidden by a restart is not found. */
  private void ended(LocalNode node, Child child) {
    setback.release();
    if (child.endedByItself() && ready && !closing) {
      console.event(
          "%s (pid %d) %s; 'cluster start %d' starts it again, 'cluster logs %d' shows why it ended"
              .formatted(node.name(), child.pid(), child.end(), node.number(), node.number()));
    }
  }

  private void stopAll(Duration timeout) {
    closing = true;
    setback.release();
    List<Thread> stopping = new ArrayList<>();
    for (LocalNode node : nodes.values()) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  node.stop(timeout);
                } catch (CommandException e) {
                  console.event(String.valueOf(e.getMessage()));
                }
              },
              "stop-" + node.name());
      if (node.running()) {
        thread.start();
        stopping.add(thread);
      }
    }
    try {
      for (Thread thread : stopping) {
        // a request may be waiting for the end of the same node, and with more patience
        thread.join(timeout.toMillis() + POLL_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    nodes.values().forEach(LocalNode::destroy);
  }

  /** Ends all nodes within a second, and gives the directory back. Idempotent. */
  @Override
  public synchronized void close() {
    if (closed) {
      return; // the control file may be that of the next launcher by now
    }
    closed = true;
    stopAll(HASTE);
    try {
      control.close();
      Files.deleteIfExists(directory.controlFile());
    } catch (IOException e) {
      console.event("cannot remove the control file: " + e);
    }
    release();
  }

  private void release() {
    nodes.values().forEach(LocalNode::closeLog);
    try {
      lock.close();
    } catch (IOException e) {
      console.event("cannot release the data directory: " + e);
    }
  }
}
