package io.raftlessons.replication;

import io.raftlessons.course.BugSuite;

class ReplicationBugsTest extends BugSuite {}
