package io.raftlessons.course;

import java.util.Optional;

/** The command that runs a test again, as it is typed in the root of the repository. */
public final class Repeat {
  private Repeat() {}

  /**
   * On the parts that the tests of this JVM run.
   *
   * @param module the lesson's directory
   * @param test as {@code -Dtest=} wants it
   */
  public static String command(String module, String test) {
    return command(
        module, test, Mine.isChosen(), Mine.isChosen() ? Mine.alone() : Optional.empty());
  }

  /**
   * @param mine whether on a student's parts
   * @param alone the exercise after which all is the reference's
   */
  static String command(String module, String test, boolean mine, Optional<ExerciseId> alone) {
    return "./mvnw -q -pl "
        + module
        + " -am"
        + (mine ? " -Pmine" : "")
        + alone.map(exercise -> " -Dex=" + exercise).orElse("")
        + " test -Dsurefire.failIfNoSpecifiedTests=false -Dtest='"
        + test
        + "'";
  }
}
