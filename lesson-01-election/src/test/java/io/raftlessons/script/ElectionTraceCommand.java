package io.raftlessons.script;

import io.raftlessons.course.trace.LessonTraces;
import io.raftlessons.course.trace.TraceCommand;

/** {@code -Ptrace}: see there. */
class ElectionTraceCommand extends TraceCommand {
  @Override
  protected LessonTraces traces() {
    return new ElectionTraces();
  }
}
