package io.raftlessons.course;

import java.lang.reflect.Proxy;
import java.util.Optional;

/** Where the tests of a lesson take its parts from. */
public final class Implementation {
  private Implementation() {}

  /**
   * The reference's factory, or one that makes the student's parts if {@code -Draft.impl=mine} says
   * so (see {@link Mine}).
   *
   * @param factory nested in the part's interface: of {@code Election} the student's class is
   *     {@code MyElection}
   */
  public static <F> F of(Class<F> factory, F reference) {
    Class<?> part = factory.getDeclaringClass();
    Optional<StudentPart> mine =
        Mine.chosen()
            ? StudentPart.of(part).filter(student -> Mine.isOf(student.lesson()))
            : Optional.empty();
    return mine.map(
            student ->
                factory.cast(
                    Proxy.newProxyInstance(
                        factory.getClassLoader(),
                        new Class<?>[] {factory},
                        new StudentFactory(part, student))))
        .orElse(reference);
  }
}
