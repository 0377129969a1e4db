package io.raftlessons.replication.script;

import io.raftlessons.course.trace.LessonTraces;
import io.raftlessons.course.trace.TraceSuite;

class ReplicationTracesTest extends TraceSuite {
  @Override
  protected LessonTraces traces() {
    return new ReplicationTraces();
  }
}
