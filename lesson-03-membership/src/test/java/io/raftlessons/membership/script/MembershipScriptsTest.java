package io.raftlessons.membership.script;

import io.raftlessons.script.Commands;
import io.raftlessons.script.ScriptSuite;
import io.raftlessons.script.Server;
import io.raftlessons.script.Wording;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class MembershipScriptsTest extends ScriptSuite {
  @Override
  public String lesson() {
    return "lesson-03-membership";
  }

  @Override
  protected Server.Factory servers() {
    return MembershipServer.factory();
  }

  @Override
  protected Commands commands() {
    return MembershipCommands.all();
  }

  @Override
  protected Wording wording() {
    return new MembershipWording();
  }

  @Test
  void addVoter() throws IOException {
    replay("add-voter");
  }

  @Test
  void lastVote() throws IOException {
    replay("last-vote");
  }

  @Test
  void leaderRemovesItself() throws IOException {
    replay("leader-removes-itself");
  }

  @Test
  void removedServer() throws IOException {
    replay("removed-server");
  }

  @Test
  void transfer() throws IOException {
    replay("transfer");
  }

  @Test
  void twoMajorities() throws IOException {
    replay("two-majorities");
  }
}
