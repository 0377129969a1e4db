package io.raftlessons.sim;

import io.raftlessons.course.Mine;

/** The command that runs a test again, on the parts that the tests of this JVM run. */
public final class Repeat {
  private Repeat() {}

  /**
   * As it is typed in the root of the repository.
   *
   * @param module the lesson's directory
   * @param test as {@code -Dtest=} wants it
   */
  public static String command(String module, String test) {
    return "./mvnw -q -pl "
        + module
        + " -am"
        + (Mine.isChosen() ? " -Pmine" + exercise() : "")
        + " test -Dtest="
        + test
        + " -Dsurefire.failIfNoSpecifiedTests=false";
  }

  private static String exercise() {
    String alone = System.getProperty("ex", "");
    return alone.isEmpty() ? "" : " -Dex=" + alone;
  }
}
