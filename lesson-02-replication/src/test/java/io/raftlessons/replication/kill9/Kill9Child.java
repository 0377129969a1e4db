package io.raftlessons.replication.kill9;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;

/** The process that is killed: it appends as fast as it can and says what it has acknowledged. */
final class Kill9Child {
  static final String ACKNOWLEDGED = "acknowledged ";

  /** If nobody kills it. */
  private static final Duration LONGEST_LIFE = Duration.ofMinutes(1);

  private Kill9Child() {}

  /**
   * @param args store, directory, records per append
   */
  public static void main(String[] args) throws IOException {
    int count = Integer.parseInt(args[2]);
    PrintStream out = new PrintStream(System.out, true);
    long end = System.nanoTime() + LONGEST_LIFE.toNanos();
    try (Subject subject = Kill9Store.named(args[0]).open(Path.of(args[1]))) {
      for (long next = 1; System.nanoTime() < end; next += count) {
        subject.append(next, count);
        out.println(ACKNOWLEDGED + (next + count - 1) + ";");
      }
    }
  }
}
