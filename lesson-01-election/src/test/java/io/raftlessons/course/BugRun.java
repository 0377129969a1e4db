package io.raftlessons.course;

import java.io.IOException;
import java.util.Optional;

/**
 * Runs one test on one bug in this JVM, for a page that shows all that the test says. Only for
 * tests that come to an end whatever the bug does.
 */
public final class BugRun {
  private BugRun() {}

  /**
   * What the test failed with, or was given up with; empty if it passed.
   *
   * @param test {@code package.Class#method} below {@code io.raftlessons.}
   * @throws BrokenBugException if the bug does not match or does not compile
   * @throws IllegalArgumentException if there is no such test, or more than one, or none was run
   */
  public static Optional<Throwable> failure(
      MutantCompiler compiler, Lesson lesson, Bug bug, String test) throws IOException {
    ClassLoader loader =
        new MutantLoader(compiler.compile(lesson, bug), BugRun.class.getClassLoader());
    return TestOutput.of(test, loader).failure();
  }
}
