package io.raftlessons.course;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * A test that is worth points.
 *
 * @param id as bugs name it: {@code package.Class#method} below {@code io.raftlessons.}, with the
 *     outermost class
 * @param selector as {@code -Dtest=} wants it: {@code Class$Nested#method}
 * @param exercises the first is the one it grades, and says which lesson's test it is
 */
public record GradedTest(
    String id,
    String selector,
    int points,
    Section section,
    List<String> exercises,
    List<String> rules,
    List<String> bugs) {
  private static final String ROOT = "io.raftlessons.";

  public GradedTest {
    exercises = List.copyOf(exercises);
    rules = List.copyOf(rules);
    bugs = List.copyOf(bugs);
    if (exercises.isEmpty() || rules.isEmpty() || bugs.isEmpty()) {
      throw new IllegalArgumentException(id + " has points, and no exercise, rule or bug");
    }
  }

  /**
   * The graded test that a method is; later lessons that inherit it from a suite have the same
   * method, and {@link #lesson} tells whose it is.
   *
   * @param type the class that is run, which may inherit the method
   */
  public static Optional<GradedTest> of(Class<?> type, Method method) {
    Optional<Points> points = AnnotationSupport.findAnnotation(method, Points.class);
    return points.map(
        worth ->
            new GradedTest(
                id(type, method),
                type.getName().substring(type.getPackageName().length() + 1)
                    + "#"
                    + method.getName(),
                worth.value(),
                worth.section(),
                values(type, method, Exercise.class, Exercise::value),
                values(type, method, Rule.class, Rule::value),
                values(type, method, Bugs.class, Bugs::value)));
  }

  private static String id(Class<?> type, Method method) {
    Class<?> outermost = type;
    for (Class<?> c = type; c != null; c = c.getEnclosingClass()) {
      outermost = c;
    }
    return outermost.getName().replace(ROOT, "") + "#" + method.getName();
  }

  /** Of the method, or of the nearest class around it that has some. */
  private static <A extends Annotation> List<String> values(
      Class<?> type, Method method, Class<A> annotation, Function<A, String[]> value) {
    Optional<A> found = AnnotationSupport.findAnnotation(method, annotation);
    for (Class<?> c = type; c != null && found.isEmpty(); c = c.getEnclosingClass()) {
      found = AnnotationSupport.findAnnotation(c, annotation);
    }
    return found.map(value).map(List::of).orElse(List.of());
  }

  /** The number of the lesson that it grades. */
  public String lesson() {
    return exercise().substring(0, exercise().indexOf('.'));
  }

  /** The exercise that it grades. */
  public String exercise() {
    return exercises.get(0);
  }
}
