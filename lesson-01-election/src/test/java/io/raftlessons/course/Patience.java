package io.raftlessons.course;

import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.opentest4j.TestAbortedException;

/**
 * Gives a test up that takes longer than {@code -Dtest.seconds}, and says which of the student's
 * lines it was in. What follows it is not run: a thread that does not wait cannot be ended, and
 * goes on in the background. 0, the default, waits for ever; so do JVMs with a debugger.
 */
public final class Patience implements BeforeEachCallback, InvocationInterceptor {
  /** The test that was given up, for those that follow it. */
  private static volatile @Nullable String endless;

  /** A test that was left out, because one before it did not end. */
  static final class NotRun extends TestAbortedException {
    private static final long serialVersionUID = 1;

    NotRun(String endless) {
      super("not run: " + endless + " did not end");
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    String before = endless;
    if (before != null) {
      throw new NotRun(before);
    }
  }

  @Override
  public void interceptTestMethod(
      Invocation<Void> test, ReflectiveInvocationContext<Method> method, ExtensionContext context)
      throws Throwable {
    within(Long.getLong("test.seconds", 0), test, context);
  }

  @Override
  public void interceptTestTemplateMethod(
      Invocation<Void> test, ReflectiveInvocationContext<Method> method, ExtensionContext context)
      throws Throwable {
    interceptTestMethod(test, method, context);
  }

  private static void within(long seconds, Invocation<Void> test, ExtensionContext context)
      throws Throwable {
    if (seconds == 0 || isDebugged()) {
      test.proceed();
      return;
    }
    FutureTask<Optional<Throwable>> run = new FutureTask<>(() -> failureOf(test));
    Thread thread = new Thread(run, context.getDisplayName());
    thread.setDaemon(true); // the JVM ends without it
    thread.start();
    try {
      Optional<Throwable> failure = run.get(seconds, TimeUnit.SECONDS);
      if (failure.isPresent()) {
        throw failure.get();
      }
    } catch (TimeoutException notYet) {
      endless = context.getRequiredTestMethod().getName();
      StackTraceElement[] where = thread.getStackTrace();
      thread.interrupt();
      throw givenUp(seconds, where);
    }
  }

  private static Optional<Throwable> failureOf(Invocation<Void> test) {
    try {
      test.proceed();
      return Optional.empty();
    } catch (Throwable failure) {
      return Optional.of(failure);
    }
  }

  static AssertionError givenUp(long seconds, StackTraceElement[] where) {
    String line =
        Arrays.stream(where)
            .filter(frame -> String.valueOf(frame.getFileName()).startsWith("My"))
            .findFirst()
            .map(frame -> ": it is in " + frame.getFileName() + ", line " + frame.getLineNumber())
            .orElse("");
    AssertionError givenUp = new AssertionError("no end after " + seconds + " s" + line);
    givenUp.setStackTrace(where);
    return givenUp;
  }

  private static boolean isDebugged() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .anyMatch(argument -> argument.startsWith("-agentlib:jdwp"));
  }
}
