package io.raftlessons.course;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The JVM that bugs run in, because only the end of a JVM ends for sure what a bug lets loose.
 * Reads {@link ZooJob}s and writes {@link Outcome}s; ends with its input, whatever still runs.
 */
final class ZooWorker {
  /** Where the class path is kept for compilers. */
  static final String COMPILE_PATH = "zoo.class.path";

  /** What a test starts would not have the bug; on this class path it does not start at all. */
  private static final String NO_CLASS_PATH = "no-class-path-where-bugs-run";

  private ZooWorker() {}

  public static void main(String[] args) throws IOException {
    DataInputStream in = new DataInputStream(new BufferedInputStream(System.in));
    DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)));
    silence();
    System.setProperty(COMPILE_PATH, System.getProperty("java.class.path"));
    System.setProperty("java.class.path", NO_CLASS_PATH);
    ExecutorService runner = Executors.newSingleThreadExecutor();
    try {
      while (true) {
        ZooJob job = ZooJob.read(in);
        runner.execute(() -> run(job, out));
      }
    } catch (EOFException e) {
      Runtime.getRuntime().halt(0);
    }
  }

  /** A test that fails is expected here, and so is all that it logs. */
  private static void silence() {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    System.setOut(nowhere);
    System.setErr(nowhere);
    System.setIn(InputStream.nullInputStream());
  }

  private static void run(ZooJob job, DataOutputStream out) {
    ClassLoader loader = new MutantLoader(job.mutant(), ZooWorker.class.getClassLoader());
    try {
      for (String test : job.tests()) {
        job.writeOutcome(outcome(test, loader), out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // nobody listens any more: the input ends as well
    }
  }

  private static Outcome outcome(String test, ClassLoader loader) {
    if (test.equals(SubmittedParts.CHECK)) {
      return SubmittedParts.check();
    }
    return SimulatedRuns.isNamed(test) ? SimulatedRuns.of(test, loader) : TestRun.of(test, loader);
  }
}
