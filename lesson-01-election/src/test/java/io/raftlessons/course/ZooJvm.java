package io.raftlessons.course;

import io.raftlessons.course.Outcome.Colour;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs tests in a {@link ZooWorker}. One whose test does not end in time is killed, and another
 * takes its place. Used by one thread.
 */
final class ZooJvm implements AutoCloseable {
  private static final SecureRandom NONCES = new SecureRandom();
  private static final List<String> SMALL_AND_QUICK =
      List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-ea");

  private final Path directory;
  private final Duration limit;
  private final List<String> command;
  private final Redirect errors;
  private @Nullable Worker worker;

  /**
   * @param directory the working directory of the tests
   * @param limit for a single test
   */
  ZooJvm(Path directory, Duration limit) {
    this(directory, limit, List.of(), SMALL_AND_QUICK, Redirect.INHERIT);
  }

  /**
   * @param wrapper the command that runs Java, if it is not run as it is
   * @param options Java's
   * @param errors where the standard error goes
   */
  ZooJvm(
      Path directory, Duration limit, List<String> wrapper, List<String> options, Redirect errors) {
    this.errors = errors;
    this.directory = directory;
    this.limit = limit;
    command = new ArrayList<>(wrapper);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), ZooWorker.class.getName()));
  }

  /** The outcomes in the order of the tests. A test that exceeds the limit is red. */
  List<Outcome> run(Map<String, byte[]> mutant, List<String> tests)
      throws IOException, InterruptedException {
    return run(mutant, tests, limit, Long.MAX_VALUE);
  }

  /**
   * @param limit for a single test
   * @param deadline of {@link System#nanoTime}: the outcomes end with the test that ran then
   */
  List<Outcome> run(Map<String, byte[]> mutant, List<String> tests, Duration limit, long deadline)
      throws IOException, InterruptedException {
    List<Outcome> outcomes = new ArrayList<>();
    while (outcomes.size() < tests.size() && left(limit, deadline) > 0) {
      Worker running = worker;
      if (running == null) {
        running = new Worker();
        worker = running;
      }
      running.send(mutant, tests.subList(outcomes.size(), tests.size()));
      while (outcomes.size() < tests.size()) {
        Outcome outcome = running.next(tests.get(outcomes.size()), limit, deadline);
        outcomes.add(outcome);
        if (running.isOver) {
          close();
          break;
        }
      }
    }
    return outcomes;
  }

  private static long left(Duration limit, long deadline) {
    return deadline == Long.MAX_VALUE
        ? limit.toNanos()
        : Math.min(limit.toNanos(), deadline - System.nanoTime());
  }

  @Override
  public void close() {
    if (worker != null) {
      worker.kill();
      worker = null;
    }
  }

  private final class Worker {
    static final Outcome ENDED = new Outcome("", Colour.BROKEN, 0, "");

    private final BlockingQueue<Outcome> answers = new LinkedBlockingQueue<>();
    private final long nonce = NONCES.nextLong();
    private final Process process;
    private final DataOutputStream jobs;
    private boolean isOver;

    Worker() throws IOException {
      process =
          new ProcessBuilder(command).directory(directory.toFile()).redirectError(errors).start();
      jobs = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
      Thread reader = new Thread(this::readAnswers, "zoo-answers");
      reader.setDaemon(true);
      reader.start();
    }

    void send(Map<String, byte[]> mutant, List<String> tests) {
      try {
        new ZooJob(nonce, mutant, tests).write(jobs);
      } catch (IOException e) {
        answers.add(ENDED); // it has not even begun
      }
    }

    /** What is answered about this test, or why nothing is. */
    Outcome next(String test, Duration limit, long deadline) throws InterruptedException {
      Outcome outcome = answers.poll(left(limit, deadline), TimeUnit.NANOSECONDS);
      isOver = outcome == null || outcome == ENDED || !outcome.test().equals(test);
      if (outcome == null) {
        String why = "not at an end after " + limit.toSeconds() + " s";
        return new Outcome(test, Colour.RED, limit.toMillis(), why);
      }
      return isOver ? new Outcome(test, Colour.BROKEN, 0, "its JVM has ended") : outcome;
    }

    private void readAnswers() {
      try (DataInputStream in =
          new DataInputStream(new BufferedInputStream(process.getInputStream()))) {
        while (true) {
          answers.add(ZooJob.readOutcome(nonce, in));
        }
      } catch (IOException e) {
        answers.add(ENDED); // a killed process ends its output, too
      }
    }

    void kill() {
      process.destroyForcibly().onExit().join();
    }
  }
}
