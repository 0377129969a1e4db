package io.raftlessons.cluster;

import io.raftlessons.course.BugSuite;

class ClusterBugsTest extends BugSuite {}
