package io.raftlessons.course;

import io.raftlessons.course.Outcome.Colour;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs one test in the calling thread, with the classes of a loader. */
final class TestRun implements TestExecutionListener {
  private int passed;
  private @Nullable Throwable failure;
  private @Nullable Throwable aborted;
  private final TestTally tally;

  private TestRun(String test) {
    tally = new TestTally(test);
  }

  static Outcome of(String test, ClassLoader loader) {
    long start = System.nanoTime();
    TestRun run = new TestRun(test);
    try {
      launch(test, loader, run);
      return run.outcome(test, millisSince(start));
    } catch (IllegalArgumentException | LinkageError e) {
      return new Outcome(test, Colour.BROKEN, millisSince(start), oneLine(e));
    }
  }

  private static long millisSince(long start) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
  }

  /**
   * Without the listeners and filters of the run that this one is in.
   *
   * @throws IllegalArgumentException if there is no such test, or more than one
   */
  static void launch(String test, ClassLoader loader, TestExecutionListener listener) {
    launch(test, loader, listener, Map.of());
  }

  /**
   * The same.
   *
   * @param parameters JUnit's configuration
   */
  static void launch(
      String test,
      ClassLoader loader,
      TestExecutionListener listener,
      Map<String, String> parameters) {
    LauncherConfig config =
        LauncherConfig.builder()
            .enableTestExecutionListenerAutoRegistration(false)
            .enableLauncherSessionListenerAutoRegistration(false)
            .enableLauncherDiscoveryListenerAutoRegistration(false)
            .enablePostDiscoveryFilterAutoRegistration(false)
            .build();
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      LauncherDiscoveryRequest request =
          LauncherDiscoveryRequestBuilder.request()
              .selectors(NamedTest.find(test, loader))
              .configurationParameters(parameters)
              .build();
      LauncherFactory.create(config).execute(request, listener);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Override
  public void executionStarted(TestIdentifier identifier) {
    tally.started(identifier);
  }

  @Override
  public void reportingEntryPublished(TestIdentifier identifier, ReportEntry entry) {
    tally.said(entry);
  }

  @Override
  public void executionFinished(TestIdentifier identifier, TestExecutionResult result) {
    tally.finished(identifier, result);
    if (result.getStatus() == Status.FAILED && failure == null) {
      failure = result.getThrowable().orElseGet(() -> new AssertionError("failed"));
    } else if (result.getStatus() == Status.SUCCESSFUL && identifier.isTest()) {
      passed++;
    } else if (result.getStatus() == Status.ABORTED) {
      aborted = result.getThrowable().orElse(null);
    }
  }

  private Outcome outcome(String test, long millis) {
    Throwable cause = failure;
    if (cause == null) {
      String nothing = aborted == null ? "nothing was run" : oneLine(aborted);
      return passed > 0
          ? new Outcome(test, Colour.GREEN, millis, "", tally.grade())
          : new Outcome(test, Colour.BROKEN, millis, nothing, tally.grade());
    }
    boolean link = cause instanceof LinkageError && !(cause instanceof ExceptionInInitializerError);
    Colour colour = link ? Colour.BROKEN : Colour.RED;
    return new Outcome(test, colour, millis, oneLine(cause), tally.grade());
  }

  private static String oneLine(Throwable failure) {
    String text = failure.getClass().getSimpleName() + ": " + failure.getMessage();
    return text.strip().replaceAll("\\s+", " ");
  }
}
