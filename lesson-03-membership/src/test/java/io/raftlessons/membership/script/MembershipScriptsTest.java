package io.raftlessons.membership.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.course.Bugs;
import io.raftlessons.course.Exercise;
import io.raftlessons.course.Points;
import io.raftlessons.course.Rule;
import io.raftlessons.course.Section;
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

  @Points(value = 4, section = Section.SCENARIOS)
  @Exercise({"3.5", "3.1", "3.2", "3.4"})
  @Rule("MC-5")
  @Bugs("M05-early")
  @Test
  void addVoter() throws IOException {
    replay("add-voter");
  }

  @Points(value = 4, section = Section.SCENARIOS)
  @Exercise({"3.2", "3.1"})
  @Rule("MC-4")
  @Bugs("M04-last-vote")
  @Test
  void lastVote() throws IOException {
    replay("last-vote");
  }

  @Points(value = 4, section = Section.SCENARIOS)
  @Exercise({"3.3", "3.1", "3.2"})
  @Rule("MC-4")
  @Bugs("M04")
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

  @Points(value = 4, section = Section.SCENARIOS)
  @Exercise({"3.6", "3.1", "3.2"})
  @Rule("MC-6")
  @Bugs({"B33", "B33-early"})
  @Test
  void transfer() throws IOException {
    replay("transfer");
  }

  @Points(value = 4, section = Section.SCENARIOS)
  @Exercise("3.1")
  @Rule("MC-2")
  @Bugs("M01")
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
