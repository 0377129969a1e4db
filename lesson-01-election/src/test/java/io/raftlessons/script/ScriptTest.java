package io.raftlessons.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The format of scripts, and what is said when one makes no sense. */
class ScriptTest {
  private static final String HEAD = "# Title\n# What it shows.\n\n";

  private final ElectionScriptsTest suite = new ElectionScriptsTest();

  private List<List<String>> play(String blocks) {
    return suite.play(Script.parse("x.script", HEAD + blocks));
  }

  private void wrong(String blocks, String message) {
    assertThatThrownBy(() -> play(blocks))
        .isInstanceOf(ScriptException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void aScriptIsProseAndBlocks() {
    String text = HEAD + "# Before.\n#\n# More.\ncluster a\nstate\n----\na: x\n  y\n\nheal\n----\n";
    Script script = Script.parse("x.script", text);
    assertThat(script.title()).isEqualTo("Title");
    assertThat(script.prose()).containsExactly("What it shows.");
    assertThat(script.blocks()).hasSize(2);
    Script.Block first = script.blocks().get(0);
    assertThat(first.prose()).containsExactly("Before.", "", "More.");
    assertThat(first.commands().stream().map(Command::text)).containsExactly("cluster a", "state");
    assertThat(first.expected()).containsExactly("a: x", "  y");
    assertThat(first.line()).isEqualTo(10);
    assertThat(script.blocks().get(1).expected()).isEmpty();
    assertThat(script.with(List.of(first.expected(), List.of()))).isEqualTo(text);
  }

  /** As far as it went, and why it went no further. */
  @Test
  void aScriptThatFailsIsRecordedToItsEnd() {
    Script script =
        Script.parse("x.script", HEAD + "cluster a b\ntimeout a\ndeliver b > a\n----\n");
    assertThat(suite.record(script).texts())
        .contains("asks for pre-votes")
        .endsWith("x.script:6: no such message is in flight");
  }

  @Test
  void aScriptThatIsNoneSaysWhere() {
    wrong("", "x.script:3: a script without commands");
    wrong("heal\n", "x.script:4: no ---- after the commands");
    wrong("----\n", "x.script:4: no command before ----");
    wrong("heal\n\n----\n", "x.script:5: a block is prose, then commands, then ----");
    wrong("heal\n# prose\n----\n", "x.script:5: a block is prose");
    assertThatThrownBy(() -> Script.parse("x.script", "cluster a\n----\n"))
        .hasMessageStartingWith("x.script:1: a script begins with its title");
  }

  @Test
  void aCommandThatMakesNoSenseSaysWhy() {
    wrong("heal\ngo home\n----\n", "x.script:5: no command go, there are [cluster, crash, cut, ");
    wrong("cluster a\nwait\n----\n", "x.script:5: usage: wait MILLISECONDS");
    wrong("wait long\n----\n", "x.script:4: not a number: long");
    wrong("cluster a\ntimeout b\n----\n", "x.script:5: no server b, there are [a]");
    wrong("cluster a\ncluster b\n----\n", "x.script:5: there is a cluster already");
    wrong("cluster A\n----\n", "x.script:4: a server's name has small letters and digits, not A");
    wrong("cluster a b\ncut a - b\n----\n", "x.script:5: neither > nor <>: -");
    wrong("cluster a b\ndeliver a\n----\n", "x.script:5: say which messages");
    wrong("cluster a b\ndeliver a > b\n----\n", "x.script:5: no such message is in flight");
    wrong(
        "cluster a b\ntimeout a\ndrop a > b third\n----\n",
        "x.script:6: neither first nor last: third");
    wrong("cluster a b\nheartbeat a\n----\n", "x.script:5: a does not lead");
    wrong(
        "cluster a\ntimeout a\ntimeout a\n----\n", "x.script:6: a leader has no election timeout");
    wrong("cluster a b\nrestart a\n----\n", "x.script:5: a runs");
    wrong("cluster a b\ncrash a\ntimeout a\n----\n", "x.script:6: a is down");
    wrong("cluster a b\nsync a\n----\n", "x.script:5: the disk of a has nothing to do");
    wrong("cluster a b c\ncut a > *\nelect a\n----\n", "x.script:6: a is not elected by [a, b, c]");
  }

  @Test
  void theSameMessageToSeveralServersIsOneLine() {
    assertThat(play("cluster a b c\ncut a > c\ntimeout a\nheal\ntimeout b\n----\n").get(0))
        .containsExactly(
            "a: election timeout",
            "  preVotes=[a]",
            "  > b  PreVote term=1",
            "  > c  PreVote term=1 (lost)",
            "b: election timeout",
            "  preVotes=[b]",
            "  > a c  PreVote term=1");
  }

  @Test
  void aSlowDiskWorksWhenItIsToldTo() {
    List<List<String>> traces =
        play("cluster a\nslow a\ntimeout a\nstate\n----\n\nsync a\nstate\n----\n");
    assertThat(traces.get(0)).last().asString().startsWith("a: role=CANDIDATE currentTerm=1");
    assertThat(traces.get(1)).last().asString().startsWith("a: role=LEADER currentTerm=1");
  }

  @Test
  void whatIsNotOnDiskIsGoneAfterACrash() {
    String story = "cluster a b c\nterm a 3\nslow a\ntimeout a\ndeliver a <> b\n";
    String restart = "crash a\nrestart a\n----\n";
    assertThat(play(story + restart).get(0))
        .contains("  writes currentTerm=4 votedFor=a")
        .endsWith("a: restarts with role=FOLLOWER currentTerm=3 votedFor=- leader=-");
    assertThat(play(story + "sync a\n" + restart).get(0))
        .endsWith("a: restarts with role=FOLLOWER currentTerm=4 votedFor=a leader=-");
  }

  @Test
  void aDifferenceIsTheLinesThatDiffer() {
    Script script = Script.parse("x.script", HEAD + "heal\n----\none\ntwo\nthree\n");
    Script.Block block = script.blocks().get(0);
    assertThat(ScriptSuite.difference("x.script", block, block.expected())).isEmpty();
    assertThat(ScriptSuite.difference("x.script", block, List.of("one", "2", "2a", "three")))
        .contains("x.script:7:\n  expected: two\n  happened: 2\n  happened: 2a\n");
    assertThat(ScriptSuite.difference("x.script", block, List.of("one")))
        .contains("x.script:7:\n  expected: two\n  expected: three\n");
    assertThat(ScriptSuite.difference("x.script", block, List.of("one", "one", "two", "three")))
        .contains("x.script:7:\n  happened: one\n");
    assertThat(ScriptSuite.difference("x.script", block, List.of("1", "two", "3")))
        .contains(
            """
            x.script:6:
              expected: one
              happened: 1
              expected: three
              happened: 3
            """);
  }

  /** A line that tells what a step did comes with the step. */
  @Test
  void aDifferenceWithinAStepNamesTheStep() {
    Script script =
        Script.parse("x.script", HEAD + "heal\n----\na: wakes\n  x\nb: wakes\n  y\n  z\n");
    List<String> happened = List.of("a: wakes", "  x", "b: wakes", "  Y", "  Z");
    assertThat(ScriptSuite.difference("x.script", script.blocks().get(0), happened))
        .contains(
            """
            x.script:9:
              step:     b: wakes
              expected:   y
              expected:   z
              happened:   Y
              happened:   Z
            """);
  }

  @Test
  void aServerThatStoppedByItselfSaysWhy() {
    Actor actor = new Actor("a", new Stage(suite.servers(), suite.wording()), suite.servers(), 1);
    actor.failed(new IllegalStateException("term 1: voted for b, now asked for c"));
    assertThat(actor.state()).isEqualTo("down");
    Command timeout = Command.parse("x.script", 5, "timeout a");
    assertThatThrownBy(() -> actor.host(timeout))
        .hasMessage("x.script:5: a is down: it stopped, term 1: voted for b, now asked for c");
  }
}
