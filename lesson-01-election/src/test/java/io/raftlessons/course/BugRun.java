package io.raftlessons.course;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * Runs one test on one bug in this JVM: for a page that shows what the test says. Only for bugs
 * whose tests come to an end.
 */
public final class BugRun {
  private BugRun() {}

  /**
   * What the test failed with; empty if it passed.
   *
   * @param test {@code package.Class#method} below {@code io.raftlessons.}
   * @throws BrokenBugException if the bug does not match or does not compile
   * @throws IllegalArgumentException if there is no such test, or more than one
   */
  public static Optional<Throwable> failure(
      MutantCompiler compiler, Lesson lesson, Bug bug, String test) throws IOException {
    return failure(compiler.compile(lesson, bug), test);
  }

  /**
   * The same on classes that somebody else compiled.
   *
   * @param mutant by name; none for the reference
   */
  public static Optional<Throwable> failure(Map<String, byte[]> mutant, String test) {
    return TestRun.failure(test, new MutantLoader(mutant, BugRun.class.getClassLoader()));
  }
}
