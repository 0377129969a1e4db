package io.raftlessons.course;

import java.util.Optional;
import org.opentest4j.TestAbortedException;

/**
 * An exercise that nobody has begun was asked to do its work: no failure, nothing to grade yet. A
 * test that ends with it counts as aborted.
 */
public final class NotStarted extends TestAbortedException {
  private static final long serialVersionUID = 1;

  private final String exercise;

  NotStarted(String exercise) {
    super("exercise " + exercise + " is not started");
    this.exercise = exercise;
  }

  /** The exercise's id, as {@code 1.3}. */
  public String exercise() {
    return exercise;
  }

  /** The one that a failure comes from, however deep. */
  public static Optional<NotStarted> in(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof NotStarted found) {
        return Optional.of(found);
      }
    }
    return Optional.empty();
  }
}
