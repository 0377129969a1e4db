package io.raftlessons.course;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.launcher.LauncherConstants;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/** What one test prints and fails with, for a page that shows it. It runs in this JVM. */
public final class TestOutput implements TestExecutionListener {
  private final List<String> lines = new ArrayList<>();
  private int passed;
  private @Nullable Throwable failure;

  private TestOutput() {}

  /**
   * What the test writes to the standard output, in its own thread.
   *
   * @param test {@code package.Class#method} below {@code io.raftlessons.}
   * @throws IllegalArgumentException if there is no such test, or more than one, or it does not
   *     pass
   */
  public static List<String> lines(String test) {
    TestOutput output = of(test, TestOutput.class.getClassLoader());
    if (output.failure != null) {
      throw new IllegalArgumentException(
          test + " does not pass: " + output.failure.getMessage(), output.failure);
    }
    return output.lines;
  }

  /**
   * Runs it with the classes of a loader.
   *
   * @throws IllegalArgumentException if there is no such test, or more than one, or none was run
   */
  static TestOutput of(String test, ClassLoader loader) {
    TestOutput output = new TestOutput();
    TestRun.launch(
        test, loader, output, Map.of(LauncherConstants.CAPTURE_STDOUT_PROPERTY_NAME, "true"));
    if (output.failure == null && output.passed == 0) {
      throw new IllegalArgumentException("nothing was run: " + test);
    }
    return output;
  }

  /** What the test failed with, or was given up with; empty if it passed. */
  Optional<Throwable> failure() {
    return Optional.ofNullable(failure);
  }

  @Override
  public void reportingEntryPublished(TestIdentifier identifier, ReportEntry entry) {
    String text = entry.getKeyValuePairs().get(LauncherConstants.STDOUT_REPORT_ENTRY_KEY);
    if (text != null) {
      text.lines().forEach(lines::add);
    }
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
