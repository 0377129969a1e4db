package io.raftlessons.script;

class ElectionScriptsTest extends ElectionScriptSuite {
  @Override
  protected Server.Factory servers() {
    return told -> new ElectionServer();
  }
}
