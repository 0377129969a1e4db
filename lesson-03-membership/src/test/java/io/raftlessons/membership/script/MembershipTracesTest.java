package io.raftlessons.membership.script;

import io.raftlessons.course.trace.LessonTraces;
import io.raftlessons.course.trace.TraceSuite;

class MembershipTracesTest extends TraceSuite {
  @Override
  protected LessonTraces traces() {
    return new MembershipTraces();
  }
}
