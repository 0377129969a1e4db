package io.raftlessons.course;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * How many of its lesson's 100 points a graded test is worth. The tag lets {@code -Dgroups=graded}
 * run these tests alone.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@Tag("graded")
public @interface Points {
  /** See above. */
  int value();

  /** The part of the 100 points that these are of. */
  Section section() default Section.RULES;
}
