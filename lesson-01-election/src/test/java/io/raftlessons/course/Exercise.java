package io.raftlessons.course;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The exercises that must be done before a graded test can pass, as {@code 1.3}; the first is the
 * one it grades. On a class: of all its tests. Until they are begun the test is not started.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Exercise {
  /** See above. */
  String[] value();
}
