package io.raftlessons.course;

import io.raftlessons.course.Grade.State;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.launcher.TestIdentifier;

/** What is heard of one test method, which may be run with several arguments. */
final class TestTally {
  private final String id;
  private final Map<String, String> said = new TreeMap<>();
  private long startedAt;
  private long nanos;
  private int passed;
  private @Nullable Throwable failure;

  TestTally(String id) {
    this.id = id;
  }

  void started(TestIdentifier identifier) {
    if (identifier.isTest()) {
      startedAt = System.nanoTime();
    }
  }

  void said(ReportEntry entry) {
    said.putAll(entry.getKeyValuePairs());
  }

  void finished(TestIdentifier identifier, TestExecutionResult result) {
    if (identifier.isTest()) {
      nanos += System.nanoTime() - startedAt;
    }
    if (result.getStatus() == Status.SUCCESSFUL) {
      passed += identifier.isTest() ? 1 : 0;
    } else {
      failed(result.getThrowable().orElseGet(() -> new AssertionError("did not succeed")));
    }
  }

  void failed(Throwable why) {
    if (failure == null) {
      failure = why;
    }
  }

  Grade grade() {
    long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
    if (failure == null && passed == 0) {
      return Grade.notRun(id, "not run");
    }
    if (failure == null) {
      int parts = Integer.parseInt(said.getOrDefault(SharedCredit.TOTAL, "1"));
      return new Grade(id, State.PASSED, parts, parts, millis, "", "");
    }
    Failure read = new Failure(failure);
    if (read.isNotRun()) {
      return Grade.notRun(id, read.line(said));
    }
    int clean = Integer.parseInt(said.getOrDefault(SharedCredit.CLEAN, "0"));
    int total = Integer.parseInt(said.getOrDefault(SharedCredit.TOTAL, "1"));
    String exercise = read.notStarted();
    return exercise.isEmpty()
        ? new Grade(id, State.FAILED, clean, total, millis, read.line(said), read.trace())
        : new Grade(id, State.NOT_STARTED, clean, total, millis, exercise, "");
  }
}
