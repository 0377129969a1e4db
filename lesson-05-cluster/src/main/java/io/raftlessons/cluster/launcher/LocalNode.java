package io.raftlessons.cluster.launcher;

import io.raftlessons.cluster.config.ClusterConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A node of the cluster as its launcher knows it: running or not, and why not. Thread-safe. */
final class LocalNode {
  private final ClusterConfig config;
  private final int number;
  private final RotatingLog log;
  private final BiConsumer<LocalNode, String> output;
  private final BiConsumer<LocalNode, Child> ended;
  private volatile @Nullable Child child;

  /**
   * @param output told every line that the node prints
   * @param ended told when a process of the node has ended, for whatever reason
   */
  LocalNode(
      ClusterConfig config,
      int number,
      RotatingLog log,
      BiConsumer<LocalNode, String> output,
      BiConsumer<LocalNode, Child> ended) {
    this.config = config;
    this.number = number;
    this.log = log;
    this.output = output;
    this.ended = ended;
  }

  int number() {
    return number;
  }

  String name() {
    return ClusterConfig.nodeName(number);
  }

  boolean running() {
    Child current = child;
    return current != null && current.alive();
  }

  /** 0 if it is not running. */
  long pid() {
    Child current = child;
    return current != null && current.alive() ? current.pid() : 0;
  }

  /** Why it is not running; "" if it is, or never was started. */
  String end() {
    Child current = child;
    return current == null || current.alive() ? "" : current.end();
  }

  List<String> lastLines() {
    Child current = child;
    return current == null ? List.of() : current.lastLines();
  }

  /**
   * Starts its process and does not wait for it.
   *
   * @param bootstrap whether it gives itself the first configuration if it has no state
   * @param parts what its Raft is made of
   */
  synchronized void start(boolean bootstrap, StudentParts parts) {
    if (running()) {
      throw new CommandException(name() + " is already running (pid " + pid() + ")");
    }
    PortCheck.requireFree(config, number);
    try {
      Child started =
          new Child(name(), NodeCommand.node(config, number, bootstrap, parts), this::line);
      child = started;
      started.onEnd(() -> ended.accept(this, started));
    } catch (IOException e) {
      throw new CommandException("cannot start " + name() + ": " + e.getMessage(), e);
    }
  }

  /** Returns how it ended. */
  synchronized String stop(Duration timeout) {
    return end(() -> required().stop(timeout));
  }

  /** SIGKILL: it has no time for a last word. */
  synchronized void kill() {
    end(() -> required().kill());
  }

  /** SIGKILL, at once and without waiting for anything. */
  void destroy() {
    Child current = child;
    if (current != null) {
      current.destroyNow();
    }
  }

  private interface Ending {
    void end() throws InterruptedException;
  }

  private String end(Ending ending) {
    try {
      ending.end();
      return end();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException("interrupted while " + name() + " was ending", e);
    }
  }

  private Child required() {
    Child current = child;
    if (current == null || !current.alive()) {
      throw new CommandException(name() + " is not running");
    }
    return current;
  }

  private void line(String text) {
    try {
      log.line(text);
    } catch (IOException e) {
      // told through the other channel; the node itself must not stop for a full disk of logs
      output.accept(this, "(cannot write its log file: " + e.getMessage() + ")");
    }
    output.accept(this, text);
  }

  void closeLog() {
    try {
      log.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
