package io.raftlessons.course;

class ElectionBugsTest extends BugSuite {}
