package io.raftlessons.replication.script;

import io.raftlessons.script.ElectionScriptSuite;
import io.raftlessons.script.Server;

/** Elections go the same way when there is a log. */
class ElectionScriptsTest extends ElectionScriptSuite {
  @Override
  protected Server.Factory servers() {
    return ReplicationServer.factory();
  }
}
