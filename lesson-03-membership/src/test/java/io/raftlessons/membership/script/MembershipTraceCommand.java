package io.raftlessons.membership.script;

import io.raftlessons.course.trace.LessonTraces;
import io.raftlessons.course.trace.TraceCommand;

/** {@code -Ptrace}: see there. */
class MembershipTraceCommand extends TraceCommand {
  @Override
  protected LessonTraces traces() {
    return new MembershipTraces();
  }
}
