package io.raftlessons.membership.script;

import io.raftlessons.script.ElectionScriptSuite;
import io.raftlessons.script.Server;
import io.raftlessons.script.Wording;

/** Lesson 1's scripts, in a group that stays as it was bootstrapped. */
class ElectionScriptsTest extends ElectionScriptSuite {
  @Override
  protected Server.Factory servers() {
    return MembershipServer.renumbered();
  }

  @Override
  protected Wording wording() {
    return new Renumbered(super.wording());
  }
}
