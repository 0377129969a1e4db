package io.raftlessons.course;

import io.raftlessons.core.TermRuleBugs;
import java.util.List;

class ElectionBugsTest extends BugSuite {
  @Override
  protected List<Bug> generated() {
    return TermRuleBugs.all();
  }
}
