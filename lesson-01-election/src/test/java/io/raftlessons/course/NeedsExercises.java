package io.raftlessons.course;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * A test that names its exercises is not started until they are, and ends as not started if it
 * meets another one that is not. So does a test that names none: JUnit finds this by itself, for
 * every test.
 */
public final class NeedsExercises
    implements BeforeEachCallback,
        AfterEachCallback,
        TestExecutionExceptionHandler,
        LifecycleMethodExecutionExceptionHandler {
  /** Of the test that runs: tests run one after the other, but have threads of their own. */
  private static volatile List<ExerciseId> needed = List.of();

  /**
   * The one that the running test has met last. A server that stops for it may hide it from the
   * test, which then fails for another reason, or waits in vain.
   */
  private static volatile @Nullable NotStarted met;

  /** The running test needs an exercise that nobody has begun. */
  static NotStarted met(String exercise) {
    NotStarted reason = new NotStarted(exercise);
    met = reason;
    return reason;
  }

  /** Whether the exercise comes after all those that the running test needs. */
  static boolean isAfterTheGraded(ExerciseId exercise) {
    List<ExerciseId> graded = needed;
    return !graded.isEmpty()
        && graded.stream().noneMatch(need -> need.equals(exercise) || need.isAfter(exercise))
        && graded.stream().anyMatch(exercise::isAfter);
  }

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    List<ExerciseId> needs = of(context).stream().map(ExerciseId::of).toList();
    for (Lesson lesson : Mine.lessons()) {
      requireBegun(lesson, needs);
    }
    needed = needs;
    met = null;
  }

  private static void requireBegun(Lesson lesson, List<ExerciseId> needs) throws IOException {
    for (StudentPart part : StudentPart.of(lesson)) {
      for (String open : StudentSource.of(part).open()) {
        if (needs.contains(ExerciseId.of(open))) {
          throw new NotStarted(open);
        }
      }
    }
  }

  /** A test that ends well although a server has stopped has seen nothing. */
  @Override
  public void afterEach(ExtensionContext context) {
    needed = List.of();
    NotStarted reason = met;
    if (reason != null && context.getExecutionException().isEmpty()) {
      throw reason;
    }
  }

  /** Of the method, or of the nearest class around it that has some. */
  private static List<String> of(ExtensionContext context) {
    Optional<Exercise> found =
        context.getTestMethod().flatMap(m -> AnnotationSupport.findAnnotation(m, Exercise.class));
    @Nullable Class<?> type = context.getRequiredTestClass();
    for (; type != null && found.isEmpty(); type = type.getEnclosingClass()) {
      found = AnnotationSupport.findAnnotation(type, Exercise.class);
    }
    return found.map(Exercise::value).map(List::of).orElse(List.of());
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw explained(failure);
  }

  @Override
  public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw explained(failure);
  }

  private static Throwable explained(Throwable failure) {
    NotStarted reason = met;
    return reason == null ? failure : reason;
  }
}
