package io.raftlessons.membership;

import io.raftlessons.course.BugSuite;

class MembershipBugsTest extends BugSuite {}
