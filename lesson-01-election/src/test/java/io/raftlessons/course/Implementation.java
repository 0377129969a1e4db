package io.raftlessons.course;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/** Where the tests of a lesson take its parts from. */
public final class Implementation {
  private Implementation() {}

  /**
   * The reference's factory, or one that makes the student's parts if {@code -Draft.impl=mine} says
   * so (see {@link Mine}). Whether the student's files compile is seen when it is used first.
   *
   * @param factory nested in the part's interface: of {@code Election} the student's class is
   *     {@code MyElection}
   */
  public static <F> F of(Class<F> factory, F reference) {
    Class<?> part = factory.getDeclaringClass();
    String type = part.getPackageName() + ".My" + part.getSimpleName();
    try {
      for (Lesson lesson : Mine.lessons()) {
        if (StudentPart.of(lesson).stream().anyMatch(mine -> mine.type().equals(type))) {
          return factory.cast(
              Proxy.newProxyInstance(
                  factory.getClassLoader(),
                  new Class<?>[] {factory},
                  (proxy, method, arguments) ->
                      method.getDeclaringClass() == Object.class
                          ? method.invoke(lesson, arguments)
                          : create(StudentClasses.of(lesson, part).get(type), method, arguments)));
        }
      }
      return reference;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Object create(Class<?> type, Method create, @Nullable Object[] arguments)
      throws Throwable {
    try {
      return type.getConstructor(create.getParameterTypes()).newInstance(arguments);
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException("the constructor of the starter is missing: " + e, e);
    } catch (InvocationTargetException e) {
      throw requireNonNull(e.getCause());
    }
  }
}
