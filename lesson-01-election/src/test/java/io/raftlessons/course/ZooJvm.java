package io.raftlessons.course;

import io.raftlessons.course.Outcome.Colour;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
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
  private final Path directory;
  private final Duration limit;
  private @Nullable Worker worker;

  /**
   * @param directory the working directory of the tests
   * @param limit for a single test
   */
  ZooJvm(Path directory, Duration limit) {
    this.directory = directory;
    this.limit = limit;
  }

  /** The outcomes in the order of the tests. A test that exceeds the limit is red. */
  List<Outcome> run(Map<String, byte[]> mutant, List<String> tests)
      throws IOException, InterruptedException {
    List<Outcome> outcomes = new ArrayList<>();
    while (outcomes.size() < tests.size()) {
      Worker running = worker;
      if (running == null) {
        running = new Worker();
        worker = running;
      }
      running.send(new ZooJob(mutant, tests.subList(outcomes.size(), tests.size())));
      while (outcomes.size() < tests.size()) {
        String test = tests.get(outcomes.size());
        Outcome outcome = running.answers.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
        if (outcome == null) {
          String why = "not at an end after " + limit.toSeconds() + " s";
          outcomes.add(new Outcome(test, Colour.RED, limit.toMillis(), why));
          close();
          break;
        }
        if (outcome == Worker.ENDED) {
          outcomes.add(new Outcome(test, Colour.BROKEN, 0, "its JVM has ended"));
          close();
          break;
        }
        outcomes.add(outcome);
      }
    }
    return outcomes;
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

    final BlockingQueue<Outcome> answers = new LinkedBlockingQueue<>();
    private final Process process;
    private final DataOutputStream jobs;

    Worker() throws IOException {
      process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx512m",
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "-ea",
                  "-cp",
                  System.getProperty("java.class.path"),
                  ZooWorker.class.getName())
              .directory(directory.toFile())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      jobs = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
      Thread reader = new Thread(this::readAnswers, "zoo-answers");
      reader.setDaemon(true);
      reader.start();
    }

    void send(ZooJob job) throws IOException {
      job.write(jobs);
    }

    private void readAnswers() {
      try (DataInputStream in =
          new DataInputStream(new BufferedInputStream(process.getInputStream()))) {
        while (true) {
          answers.add(ZooJob.readOutcome(in));
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
