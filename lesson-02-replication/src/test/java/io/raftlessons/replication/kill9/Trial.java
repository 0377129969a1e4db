package io.raftlessons.replication.kill9;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One process that is killed while it writes, and what its store holds then.
 *
 * @param acknowledged the last record that the process had said was durable
 * @param problem empty if the store came back whole
 */
record Trial(long acknowledged, String problem) {
  private static final int AFTERWARDS = 10;

  /** The exit code of a process that signal 9 has ended. */
  private static final int KILLED = 128 + 9;

  boolean whole() {
    return problem.isEmpty();
  }

  /**
   * Kills a process.
   *
   * @param directory empty
   * @param perAppend records that are written and synced together
   * @param nanos from its first acknowledgement to its end
   */
  static Trial run(Kill9Store store, Path directory, int perAppend, long nanos)
      throws IOException, InterruptedException {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Kill9Child.class.getName(),
                store.label(),
                directory.toString(),
                Integer.toString(perAppend))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    long acknowledged;
    try (BufferedReader lines = child.inputReader()) {
      acknowledged = nextAcknowledged(lines);
      // A timer's thread kills, in the middle of whatever the process does. Through the handle: the
      // Process would close the stream as well, and what was said before the kill would be lost.
      CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS)
          .execute(child.toHandle()::destroyForcibly);
      // To the end: what was said before the kill counts, whenever it is read.
      for (long next = acknowledged; next > 0; next = nextAcknowledged(lines)) {
        acknowledged = next;
      }
    } finally {
      child.destroyForcibly().waitFor();
    }
    if (child.exitValue() != KILLED) {
      throw new IOException(store.label() + " ended by itself: exit code " + child.exitValue());
    }
    return new Trial(acknowledged, problem(store, directory, acknowledged));
  }

  /**
   * @return 0 at the end of what was said
   */
  private static long nextAcknowledged(BufferedReader lines) throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      // The kill may have cut the last line short, so each has an end of its own.
      if (line.matches(Kill9Child.ACKNOWLEDGED + "\\d+;")) {
        return Long.parseLong(line.substring(Kill9Child.ACKNOWLEDGED.length(), line.length() - 1));
      }
    }
    return 0;
  }

  private static String problem(Kill9Store store, Path directory, long acknowledged) {
    String doing = "does not open";
    try {
      long last;
      try (Subject subject = store.open(directory)) {
        doing = "cannot be read";
        last = subject.check();
        if (last < acknowledged) {
          return "lost records that were acknowledged";
        }
        doing = "does not go on";
        subject.append(last + 1, AFTERWARDS);
        last += AFTERWARDS;
      }
      doing = "does not open a second time";
      try (Subject subject = store.open(directory)) {
        doing = "cannot be read a second time";
        return subject.check() == last ? "" : "lost records that were appended afterwards";
      }
    } catch (IOException | RuntimeException e) {
      return doing + ": " + String.valueOf(e.getMessage()).replace(directory + "/", "");
    }
  }
}
