package io.raftlessons.snapshots;

import io.raftlessons.course.BugSuite;

class SnapshotsBugsTest extends BugSuite {}
