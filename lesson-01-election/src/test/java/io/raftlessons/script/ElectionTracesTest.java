package io.raftlessons.script;

import io.raftlessons.course.trace.LessonTraces;
import io.raftlessons.course.trace.TraceSuite;

class ElectionTracesTest extends TraceSuite {
  @Override
  protected LessonTraces traces() {
    return new ElectionTraces();
  }
}
