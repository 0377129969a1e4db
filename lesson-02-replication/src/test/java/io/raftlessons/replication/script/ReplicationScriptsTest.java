package io.raftlessons.replication.script;

class ReplicationScriptsTest extends ReplicationScriptSuite {}
