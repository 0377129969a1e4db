package io.raftlessons.snapshots;

import io.raftlessons.course.trace.LessonTraces;
import io.raftlessons.course.trace.TraceCommand;

/** {@code -Ptrace}: see there. */
class SnapshotTraceCommand extends TraceCommand {
  @Override
  protected LessonTraces traces() {
    return new SnapshotTraces();
  }
}
