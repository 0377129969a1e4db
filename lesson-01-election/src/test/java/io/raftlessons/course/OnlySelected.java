package io.raftlessons.course;

import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.launcher.PostDiscoveryFilter;

/**
 * With {@code -Pmine -pl lesson-02-replication -am} lesson 1 is built, but not graded: {@code
 * raft.selected} has what {@code -pl} says. Without {@code -pl} every lesson is graded.
 */
public final class OnlySelected implements PostDiscoveryFilter {
  @Override
  public FilterResult apply(TestDescriptor test) {
    return FilterResult.includedIf(
        isSelected(Lesson.current().name(), System.getProperty("raft.selected", "")));
  }

  /**
   * @param selected "of [names]"; of no names if all are
   */
  static boolean isSelected(String lesson, String selected) {
    return !selected.contains("lesson-") || selected.contains(lesson);
  }
}
