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
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
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
  private final List<LocalNode> nodes = new ArrayList<>();
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
      for (int node = 1; node <= Settings.FIRST_NODES; node++) {
        PortCheck.requireFree(config, node);
        RotatingLog log =
            new RotatingLog(directory.log(node), config.logFileSize(), config.logFiles());
        nodes.add(new LocalNode(config, node, log, this::output, this::ended));
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

  /**
   * Starts all nodes and returns when every one of them knows the same leader.
   *
   * @throws CommandException if a node ends, or it takes too long; no node runs then
   */
  void start() throws InterruptedException {
    try {
      nodes.forEach(node -> node.start(!identity.bootstrapped()));
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
    while (!agreed(views())) {
      for (LocalNode node : nodes) {
        requireAlive(node);
      }
      if (System.nanoTime() > deadline) {
        throw new CommandException(
            "the nodes did not agree on a leader within %d s (see %s). %s"
                .formatted(
                    config.readyTimeout().toSeconds(),
                    directory.log(1).getParent(),
                    "A slow machine needs a longer " + Settings.READY_TIMEOUT.flag()));
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

  private static boolean agreed(List<Optional<JsonNode>> views) {
    if (views.stream().anyMatch(Optional::isEmpty)) {
      return false;
    }
    List<String> leaders =
        views.stream().map(view -> StatusReport.leaderIn(view.orElseThrow())).distinct().toList();
    return leaders.size() == 1 && !leaders.get(0).isEmpty();
  }

  /** What each node says of the cluster, in order; empty for one that does not answer. */
  private List<Optional<JsonNode>> views() {
    return nodes.stream()
        .map(node -> node.running() ? probe.ask(node.number()) : null)
        .toList() // all are asked before the first is waited for
        .stream()
        .map(view -> view == null ? Optional.<JsonNode>empty() : view.join())
        .toList();
  }

  /** See {@link StatusReport}. */
  ObjectNode status() {
    return StatusReport.of(config, identity, ready, nodes, views());
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
      default -> throw new CommandException("there is no command '" + command + "'");
    };
  }

  private static ObjectNode message(String text) {
    return StatusReport.JSON.createObjectNode().put("message", text);
  }

  private LocalNode node(int number) {
    if (number < 1 || number > nodes.size()) {
      throw new CommandException("there is no node " + number + "; there are 1 to " + nodes.size());
    }
    if (!ready || closing) {
      throw new CommandException("the cluster is " + (closing ? "stopping" : "still starting"));
    }
    return nodes.get(number - 1);
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
    for (LocalNode node : nodes) {
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
    nodes.forEach(LocalNode::destroy);
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
    nodes.forEach(LocalNode::closeLog);
    try {
      lock.close();
    } catch (IOException e) {
      console.event("cannot release the data directory: " + e);
    }
  }
}
