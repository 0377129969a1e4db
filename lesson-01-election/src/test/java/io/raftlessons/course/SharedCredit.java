package io.raftlessons.course;

import org.junit.jupiter.api.TestReporter;

/** How a graded test that is clean in part says so: it publishes these entries before it fails. */
public final class SharedCredit {
  static final String CLEAN = "graded.clean";
  static final String TOTAL = "graded.total";
  static final String SEED = "graded.seed";
  static final String STEP = "graded.step";

  private final TestReporter reporter;

  public SharedCredit(TestReporter reporter) {
    this.reporter = reporter;
  }

  /** So many of all seeds were clean. */
  public void clean(int clean, int total) {
    reporter.publishEntry(CLEAN, Integer.toString(clean));
    reporter.publishEntry(TOTAL, Integer.toString(total));
  }

  /** The failure that is reported is that of this seed, at this event. */
  public void failed(long seed, long step) {
    reporter.publishEntry(SEED, Long.toString(seed));
    reporter.publishEntry(STEP, Long.toString(step));
  }
}
