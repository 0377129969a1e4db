package io.raftlessons.cluster.launcher;

import io.raftlessons.cluster.node.NodeMain;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a node's process. The pipe to its standard input is what binds it to the launcher: it
 * ends when the pipe does, which is at the launcher's death at the latest. Thread-safe.
 */
final class Child {
  /** The line on standard input that asks a node to stop. */
  static final String STOP = NodeMain.STOP;

  private static final int MAX_LINE_CHARS = 8192;
  private static final int LAST_LINES = 20;
  private static final Logger log = LoggerFactory.getLogger(Child.class);

  private final Process process;
  private final Deque<String> lastLines = new ArrayDeque<>();
  private final CountDownLatch outputEnded = new CountDownLatch(1);
  private volatile String endReason = "";

  /**
   * Starts the process.
   *
   * @param output told every line that the process prints, on a thread of this object
   */
  Child(String name, ProcessBuilder command, Consumer<String> output) throws IOException {
    process = command.redirectErrorStream(true).start();
    Thread pump = new Thread(() -> pump(output), name + "-output");
    pump.setDaemon(true);
    pump.start();
  }

  private void pump(Consumer<String> output) {
    BoundedLines lines = new BoundedLines(process.getInputStream(), MAX_LINE_CHARS);
    try {
      for (String line = lines.next(); line != null; line = lines.next()) {
        synchronized (lastLines) {
          lastLines.add(line);
          if (lastLines.size() > LAST_LINES) {
            lastLines.remove();
          }
        }
        output.accept(line);
      }
    } catch (IOException e) {
      log.debug("output of process {} ended: {}", process.pid(), e.toString());
    } finally {
      outputEnded.countDown();
    }
  }

  boolean alive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /** Runs the task when the process has ended and its output is read. */
  void onEnd(Runnable task) {
    Thread waiter =
        new Thread(
            () -> {
              try {
                process.waitFor();
                // a grandchild could hold the pipe open; the end must not wait for it
                outputEnded.await(1, TimeUnit.SECONDS);
                task.run();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "await-" + process.pid());
    waiter.setDaemon(true);
    waiter.start();
  }

  /** Asks for an end in good order; the process is killed if it takes longer than allowed. */
  void stop(Duration timeout) throws InterruptedException {
    endReason = "stopped";
    try {
      OutputStream in = process.getOutputStream();
      in.write((STOP + "\n").getBytes(StandardCharsets.UTF_8));
      in.flush();
    } catch (IOException e) {
      log.debug("process {} is gone already: {}", process.pid(), e.toString());
    }
    if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
      endReason = "did not stop within " + timeout.toMillis() + " ms and was killed";
      destroy();
    }
  }

  /** SIGKILL. Returns when the process is gone. */
  void kill() throws InterruptedException {
    endReason = "killed";
    destroy();
  }

  /** SIGKILL, without waiting. */
  void destroyNow() {
    process.destroyForcibly();
  }

  private void destroy() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /** Why a process that has ended did so, for people. */
  String end() {
    return endReason.isEmpty() ? "ended by itself, exit code " + process.exitValue() : endReason;
  }

  /** Whether nobody asked it to end. */
  boolean endedByItself() {
    return endReason.isEmpty();
  }

  /** The end of its output. */
  List<String> lastLines() {
    synchronized (lastLines) {
      return new ArrayList<>(lastLines);
    }
  }
}
