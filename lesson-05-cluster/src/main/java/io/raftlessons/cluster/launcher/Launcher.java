package io.raftlessons.cluster.launcher;

import io.raftlessons.cluster.config.ClusterConfig;
import io.raftlessons.cluster.config.Settings;
import io.raftlessons.cluster.node.ClusterIdentity;
import io.raftlessons.cluster.s3.EmbeddedS3;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
  private final LocalNodes nodes;
  private final StudentParts parts;
  private final ControlServer control;
  private final CountDownLatch finished = new CountDownLatch(1);

  /** Something happened that a start does not survive: who waits for one looks at once. */
  private final Semaphore setback = new Semaphore(0);

  private volatile @Nullable EmbeddedS3 s3;
  private volatile boolean ready;
  private volatile boolean closing;
  private boolean closed;

  /**
   * Takes the data directory and checks all that can be checked; starts nothing.
   *
   * @param mine the lessons whose parts are a student's, as {@link StudentParts} has it
   * @throws CommandException if anything is in the way
   */
  Launcher(ClusterConfig config, Optional<String> mine, Console console) {
    this.config = config;
    this.console = console;
    directory = new ClusterDirectory(config.dataDirectory());
    nodes = new LocalNodes(config, directory, this::output, this::ended);
    directory.create();
    lock = directory.lock();
    try {
      parts = mine.map(this::compile).orElse(StudentParts.NONE);
      identity = directory.identity(config.clusterName());
      nodes.addAllOf(identity);
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

  private StudentParts compile(String lessons) {
    return StudentParts.compile(StudentParts.repository(), lessons, directory.studentClasses());
  }

  /**
   * Starts all nodes and returns when those that belong to the cluster know the same leader.
   *
   * @throws CommandException if a node ends, or it takes too long; no node runs then
   */
  void start() throws InterruptedException {
    try {
      if (!parts.lessons().isEmpty()) {
        console.event(parts.describe());
      }
      startS3();
      nodes.all().forEach(node -> node.start(!identity.bootstrapped(), parts));
      awaitReady();
      directory.bootstrapped(identity);
      ready = true;
    } catch (CommandException e) {
      stopAll(config.stopTimeout());
      throw e;
    }
  }

  private void startS3() {
    if (!config.embedsS3()) {
      return;
    }
    try {
      s3 = EmbeddedS3.start(config);
    } catch (IOException e) {
      throw new CommandException("the S3 store for snapshots does not start: " + e.getMessage(), e);
    }
    console.event(
        "snapshots go to "
            + config.snapshotDestination().orElseThrow()
            + " at "
            + config.s3Endpoint());
  }

  private void awaitReady() throws InterruptedException {
    long deadline = System.nanoTime() + config.readyTimeout().toNanos();
    while (!StatusReport.agreed(nodes.all(), nodes.views())) {
      for (LocalNode node : nodes.all()) {
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

  /** See {@link StatusReport}. */
  ObjectNode status() {
    return StatusReport.of(config, identity, parts, ready, nodes.all(), nodes.views());
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
    return nodes
        .find(number)
        .orElseThrow(
            () ->
                new CommandException(
                    "there is no node %d here; 'cluster add %d' adds it"
                        .formatted(number, number)));
  }

  /** Starts a node that waits to be added to the cluster, unless it runs already. */
  private String addNode(int number) {
    requireReady();
    boolean isNew = nodes.find(number).isEmpty();
    LocalNode node = nodes.findOrAdd(number);
    if (node.running()) {
      return "%s is running (pid %d)".formatted(node.name(), node.pid());
    }
    try {
      return startNode(node);
    } catch (CommandException e) {
      if (isNew) {
        nodes.forget(node);
      }
      throw e;
    }
  }

  /** Of a node that does not belong to the cluster any more: ends it, and deletes its data. */
  private String removeNode(int number) {
    requireReady();
    Optional<LocalNode> found = nodes.find(number);
    if (found.isEmpty()) {
      return ClusterConfig.nodeName(number) + " has no data here";
    }
    LocalNode node = found.get();
    if (node.running()) {
      node.stop(config.stopTimeout());
    }
    nodes.forget(node);
    String message = node.name() + " is stopped and its data is deleted";
    console.event(message);
    return message;
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
    node.start(false, parts);
    long deadline = System.nanoTime() + config.readyTimeout().toNanos();
    try {
      while (!nodes.answers(node)) {
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
    nodes.stop(timeout, console::event);
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
    EmbeddedS3 store = s3;
    if (store != null) {
      try {
        store.close();
      } catch (IOException e) {
        console.event(String.valueOf(e.getMessage()));
      }
    }
    nodes.all().forEach(LocalNode::closeLog);
    try {
      lock.close();
    } catch (IOException e) {
      console.event("cannot release the data directory: " + e);
    }
  }
}
