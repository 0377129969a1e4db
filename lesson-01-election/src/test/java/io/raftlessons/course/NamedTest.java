package io.raftlessons.course;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectNestedMethod;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;
import org.junit.platform.engine.DiscoverySelector;

/**
 * Finds the test that a bug names: a method of the class, of a type above it, or of a class nested
 * in these.
 */
final class NamedTest {
  private final String method;
  private final List<DiscoverySelector> found = new ArrayList<>();

  private NamedTest(String method) {
    this.method = method;
  }

  /**
   * @param name {@code package.Class#method} below {@code io.raftlessons.}
   * @throws IllegalArgumentException if there is no such test, or more than one
   */
  static DiscoverySelector find(String name, ClassLoader loader) {
    int hash = name.indexOf('#');
    NamedTest test = new NamedTest(name.substring(hash + 1));
    try {
      test.search(
          List.of(), Class.forName("io.raftlessons." + name.substring(0, hash), false, loader));
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException("no such test: " + name, e);
    }
    if (test.found.size() != 1) {
      throw new IllegalArgumentException(
          (test.found.isEmpty() ? "no such test: " : "more than one test: ") + name);
    }
    return test.found.get(0);
  }

  private void search(List<Class<?>> enclosing, Class<?> type) {
    if (!addMethod(enclosing, type)) {
      List<Class<?>> around = new ArrayList<>(enclosing);
      around.add(type);
      for (Class<?> c = type; c != null; c = c.getSuperclass()) {
        for (Class<?> inner : c.getDeclaredClasses()) {
          if (AnnotationSupport.isAnnotated(inner, Nested.class)) {
            search(around, inner);
          }
        }
      }
    }
  }

  private boolean addMethod(List<Class<?>> enclosing, Class<?> type) {
    List<Method> methods =
        ReflectionSupport.findMethods(
            type,
            candidate ->
                candidate.getName().equals(method)
                    && AnnotationSupport.isAnnotated(candidate, Testable.class),
            HierarchyTraversalMode.BOTTOM_UP);
    for (Method candidate : methods) {
      found.add(
          enclosing.isEmpty()
              ? selectMethod(type, candidate)
              : selectNestedMethod(enclosing, type, candidate));
    }
    return !methods.isEmpty();
  }
}
