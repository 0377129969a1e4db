package io.raftlessons.course;

/** Stands in a starter where the student's code will be. */
public final class Todo {
  private Todo() {}

  /**
   * The place of an exercise: a statement, or the value that a method returns.
   *
   * @param exercise its id, as {@code 1.3}
   * @throws NotStarted always
   */
  public static <T> T here(String exercise) {
    throw NeedsExercises.met(exercise);
  }

  /**
   * Before lines of the reference that are lent to a test of earlier exercises.
   *
   * @throws NotStarted if the running test needs the exercise
   */
  public static void lend(String exercise) {
    if (!NeedsExercises.isAfterTheGraded(ExerciseId.of(exercise))) {
      throw NeedsExercises.met(exercise);
    }
  }
}
