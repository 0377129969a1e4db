package io.raftlessons.snapshots;

import io.raftlessons.course.trace.LessonTraces;
import io.raftlessons.course.trace.TraceSuite;

class SnapshotTracesTest extends TraceSuite {
  @Override
  protected LessonTraces traces() {
    return new SnapshotTraces();
  }
}
