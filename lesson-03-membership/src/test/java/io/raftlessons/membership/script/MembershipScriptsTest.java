package io.raftlessons.membership.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.script.Commands;
import io.raftlessons.script.Script;
import io.raftlessons.script.ScriptSuite;
import io.raftlessons.script.Server;
import io.raftlessons.script.Wording;
import java.io.IOException;
import java.util.List;
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
  void oneAtATime() throws IOException {
    replay("one-at-a-time");
  }

  @Test
  void removedServer() throws IOException {
    replay("removed-server");
  }

  @Test
  void rolledBack() throws IOException {
    replay("rolled-back");
  }

  @Test
  void transfer() throws IOException {
    replay("transfer");
  }

  @Test
  void twoMajorities() throws IOException {
    replay("two-majorities");
  }

  private List<String> play(String... commands) {
    String text = "# Title\n# What it shows.\n\n" + String.join("\n", commands) + "\n----\n";
    return play(Script.parse("x.script", text)).get(0);
  }

  @Test
  void whoDoesNotLeadRefusesTheOperator() {
    assertThat(play("cluster a b", "add a b", "transfer a b"))
        .containsExactly(
            "a: add b",
            "  tells the operator who wants to add b: NotLeader",
            "a: transfer b",
            "  tells the operator who wants to transfer to b: NotLeader");
  }

  @Test
  void aNewcomerKnowsOfNoGroup() {
    assertThat(play("cluster a", "newcomer b", "state b"))
        .containsExactly(
            "b: role=FOLLOWER currentTerm=0 votedFor=- leader=- commitIndex=0 lastApplied=0"
                + " log=[] persisted=0 configuration=0:[]");
    assertThatThrownBy(() -> play("cluster a", "newcomer a"))
        .hasMessage("x.script:5: there is a server a already");
  }

  @Test
  void aLogOnDiskComesBehindTheConfiguration() {
    assertThat(play("cluster a b", "log a 1 3", "state a"))
        .containsExactly(
            "a: role=FOLLOWER currentTerm=3 votedFor=- leader=- commitIndex=0 lastApplied=0"
                + " log=[1:1 2:1 3:3] persisted=3 configuration=1:[a b] committedConfiguration=0");
  }
}
