package io.raftlessons.course;

/** What the tests of this JVM run: {@code -Draft.impl}, {@code -Draft.mine} and {@code -Dex}. */
final class Whose {
  private static final String BUG = "bug:";

  private Whose() {}

  private static String name() {
    return System.getProperty("raft.impl", "reference");
  }

  /** Whose code a score is about. */
  static String inWords() {
    if (name().startsWith(BUG)) {
      return "the reference with bug " + name().substring(BUG.length());
    }
    if (!Mine.isChosen()) {
      return "the reference";
    }
    String lessons = System.getProperty("raft.mine", Lesson.current().number());
    String exercise = System.getProperty("ex", "");
    return "lesson "
        + lessons
        + " is yours, the rest is the reference"
        + (exercise.isEmpty() ? "" : ", and so are the exercises after " + exercise);
  }
}
