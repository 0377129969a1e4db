package io.raftlessons.replication.script;

import io.raftlessons.course.trace.LessonTraces;
import io.raftlessons.course.trace.TraceCommand;

/** {@code -Ptrace}: see there. */
class ReplicationTraceCommand extends TraceCommand {
  @Override
  protected LessonTraces traces() {
    return new ReplicationTraces();
  }
}
