package io.raftlessons.course;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/** Finds the tests that are worth points. */
public final class GradedTests {
  private static final String OURS = "io.raftlessons.";

  private GradedTests() {}

  /**
   * Those of a lesson whose tests are compiled, by id. What the lesson runs again of an earlier one
   * is not graded again.
   */
  public static List<GradedTest> of(Lesson lesson) {
    List<GradedTest> tests = new ArrayList<>();
    for (Class<?> type :
        ReflectionSupport.findAllClassesInClasspathRoot(
            lesson.directory().resolve("target/test-classes").toUri(),
            type -> !Modifier.isAbstract(type.getModifiers()),
            name -> name.startsWith(OURS))) {
      for (GradedTest test : in(type)) {
        if (test.lesson().equals(lesson.number())) {
          tests.add(test);
        }
      }
    }
    tests.sort(Comparator.comparing(GradedTest::id));
    return tests;
  }

  /** Those of a class, inherited ones too; not those of classes nested in it. */
  static List<GradedTest> in(Class<?> type) {
    List<GradedTest> tests = new ArrayList<>();
    for (Method method :
        ReflectionSupport.findMethods(
            type,
            candidate -> AnnotationSupport.isAnnotated(candidate, Points.class),
            HierarchyTraversalMode.TOP_DOWN)) {
      GradedTest.of(type, method).ifPresent(tests::add);
    }
    return tests;
  }
}
