package io.raftlessons.replication.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.script.Script;
import io.raftlessons.script.Server;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplicationScriptsTest extends ReplicationScriptSuite {
  @Override
  protected Server.Factory servers() {
    return ReplicationServer.factory();
  }

  private List<String> play(String... commands) {
    String text = "# Title\n# What it shows.\n\n" + String.join("\n", commands) + "\n----\n";
    return play(Script.parse("x.script", text)).get(0);
  }

  @Test
  void aLogIsPutOnTheDiskWithTheTermOfItsLastEntry() {
    assertThat(play("cluster a b", "log a 1 1 3", "term b 4", "state"))
        .containsExactly(
            "a: role=FOLLOWER currentTerm=3 votedFor=- leader=- commitIndex=0 lastApplied=0"
                + " log=[1:1 2:1 3:3] persisted=3",
            "b: role=FOLLOWER currentTerm=4 votedFor=- leader=- commitIndex=0 lastApplied=0"
                + " log=[] persisted=0");
  }

  @Test
  void whoDoesNotLeadRefusesAProposal() {
    assertThat(play("cluster a b", "propose a x"))
        .containsExactly("a: propose x", "  tells the client of x: NotLeader");
  }

  @Test
  void aProposalNeedsAServerThatRuns() {
    assertThatThrownBy(() -> play("cluster a b", "crash a", "propose a x"))
        .hasMessage("x.script:6: a is down");
    assertThatThrownBy(() -> play("cluster a b", "log a one"))
        .hasMessage("x.script:5: not a number: one");
  }
}
