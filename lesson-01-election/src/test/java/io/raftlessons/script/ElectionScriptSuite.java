package io.raftlessons.script;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Lesson 1's scripts, on the servers of whichever lesson. */
public abstract class ElectionScriptSuite extends ScriptSuite {
  @Override
  public final String lesson() {
    return "lesson-01-election";
  }

  @Override
  protected final Commands commands() {
    return ElectionCommands.all();
  }

  @Override
  protected Wording wording() {
    return new ElectionWording();
  }

  @Test
  void checkQuorum() throws IOException {
    replay("check-quorum");
  }

  @Test
  void durableVote() throws IOException {
    replay("durable-vote");
  }

  @Test
  void election() throws IOException {
    replay("election");
  }

  @Test
  void higherTerm() throws IOException {
    replay("higher-term");
  }

  @Test
  void preVote() throws IOException {
    replay("pre-vote");
  }

  @Test
  void restartQuietPeriod() throws IOException {
    replay("restart-quiet-period");
  }

  @Test
  void splitVote() throws IOException {
    replay("split-vote");
  }
}
