package io.raftlessons.course;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Runs one test on one bug in this JVM, for a page that shows all that the test says. Only for
 * tests that come to an end whatever the bug does.
 */
public final class BugRun implements TestExecutionListener {
  private int passed;
  private @Nullable Throwable failure;

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
    BugRun run = new BugRun();
    TestRun.launch(test, loader, run);
    if (run.failure == null && run.passed == 0) {
      throw new IllegalArgumentException("nothing was run: " + test);
    }
    return Optional.ofNullable(run.failure);
  }

  @Override
  public void executionFinished(TestIdentifier identifier, TestExecutionResult result) {
    if (result.getStatus() == Status.SUCCESSFUL) {
      passed += identifier.isTest() ? 1 : 0;
    } else if (failure == null) {
      failure = result.getThrowable().orElseGet(() -> new AssertionError("failed"));
    }
  }
}
