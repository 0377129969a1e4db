package io.raftlessons.course;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/** Grades the tests of a lesson as they run. Used by one thread. */
class GradeListener implements TestExecutionListener {
  private final String lesson;
  private final Map<String, TestTally> tallies = new TreeMap<>();

  /**
   * @param lesson the number of the lesson whose tests count; "" for none
   */
  GradeListener(String lesson) {
    this.lesson = lesson;
  }

  /** Of the tests that ran since {@link #testPlanExecutionStarted}, by id. */
  final List<Grade> grades() {
    List<Grade> grades = new ArrayList<>();
    tallies.values().forEach(tally -> grades.add(tally.grade()));
    return grades;
  }

  @Override
  public void testPlanExecutionStarted(TestPlan plan) {
    tallies.clear();
  }

  @Override
  public void executionStarted(TestIdentifier identifier) {
    tally(identifier).ifPresent(tally -> tally.started(identifier));
  }

  @Override
  public void reportingEntryPublished(TestIdentifier identifier, ReportEntry entry) {
    tally(identifier).ifPresent(tally -> tally.said(entry));
  }

  @Override
  public void executionFinished(TestIdentifier identifier, TestExecutionResult result) {
    tally(identifier).ifPresent(tally -> tally.finished(identifier, result));
    TestSource source = identifier.getSource().orElse(null);
    if (source instanceof ClassSource type && result.getStatus() != Status.SUCCESSFUL) {
      Throwable why = result.getThrowable().orElseGet(() -> new AssertionError("did not succeed"));
      for (GradedTest test : GradedTests.in(type.getJavaClass())) {
        graded(test).ifPresent(tally -> tally.failed(why));
      }
    }
  }

  private Optional<TestTally> tally(TestIdentifier identifier) {
    return identifier.getSource().orElse(null) instanceof MethodSource source
        ? GradedTest.of(source.getJavaClass(), source.getJavaMethod()).flatMap(this::graded)
        : Optional.empty();
  }

  private Optional<TestTally> graded(GradedTest test) {
    return test.lesson().equals(lesson)
        ? Optional.of(tallies.computeIfAbsent(test.id(), TestTally::new))
        : Optional.empty();
  }
}
