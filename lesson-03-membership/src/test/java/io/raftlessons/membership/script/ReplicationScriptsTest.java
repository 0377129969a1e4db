package io.raftlessons.membership.script;

import io.raftlessons.replication.script.ReplicationScriptSuite;
import io.raftlessons.script.Server;
import io.raftlessons.script.Wording;

/** Lesson 2's scripts, in a group that stays as it was bootstrapped. */
class ReplicationScriptsTest extends ReplicationScriptSuite {
  @Override
  protected Server.Factory servers() {
    return MembershipServer.renumbered();
  }

  @Override
  protected Wording wording() {
    return new Renumbered(super.wording());
  }
}
