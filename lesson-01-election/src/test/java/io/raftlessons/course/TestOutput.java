package io.raftlessons.course;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.launcher.LauncherConstants;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/** Runs one test in this JVM, for a page that shows what it prints. */
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
    TestOutput output = new TestOutput();
    TestRun.launch(
        test,
        TestOutput.class.getClassLoader(),
        output,
        Map.of(LauncherConstants.CAPTURE_STDOUT_PROPERTY_NAME, "true"));
    Throwable failure = output.failure;
    if (failure != null || output.passed == 0) {
      String why = failure == null ? "nothing was run" : String.valueOf(failure.getMessage());
      throw new IllegalArgumentException(test + " does not pass: " + why, failure);
    }
    return output.lines;
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
      failure = result.getThrowable().orElse(null);
    }
  }
}
