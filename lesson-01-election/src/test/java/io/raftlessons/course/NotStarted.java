package io.raftlessons.course;

/** An exercise that nobody has begun was asked to do its work: no failure, nothing to grade yet. */
public final class NotStarted extends RuntimeException {
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
}
