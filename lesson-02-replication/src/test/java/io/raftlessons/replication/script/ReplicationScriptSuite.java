package io.raftlessons.replication.script;

import io.raftlessons.script.Commands;
import io.raftlessons.script.ScriptSuite;
import io.raftlessons.script.Wording;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Lesson 2's scripts, on the servers of whichever lesson. */
public abstract class ReplicationScriptSuite extends ScriptSuite {
  @Override
  public final String lesson() {
    return "lesson-02-replication";
  }

  @Override
  protected final Commands commands() {
    return ReplicationCommands.all();
  }

  @Override
  protected Wording wording() {
    return new ReplicationWording();
  }

  @Test
  void acknowledgement() throws IOException {
    replay("acknowledgement");
  }

  @Test
  void figure7() throws IOException {
    replay("figure7");
  }

  @Test
  void figure8() throws IOException {
    replay("figure8");
  }

  @Test
  void figure8Committed() throws IOException {
    replay("figure8-committed");
  }

  @Test
  void hungDisk() throws IOException {
    replay("hung-disk");
  }

  @Test
  void lateSync() throws IOException {
    replay("late-sync");
  }

  @Test
  void lateVotes() throws IOException {
    replay("late-votes");
  }

  @Test
  void lostProposal() throws IOException {
    replay("lost-proposal");
  }

  @Test
  void noOp() throws IOException {
    replay("no-op");
  }

  @Test
  void oneCommand() throws IOException {
    replay("one-command");
  }

  @Test
  void oneEntryMessages() throws IOException {
    replay("one-entry-messages");
  }

  @Test
  void pipelining() throws IOException {
    replay("pipelining");
  }

  @Test
  void readBeforeCommit() throws IOException {
    replay("read-before-commit");
  }

  @Test
  void readRounds() throws IOException {
    replay("read-rounds");
  }

  @Test
  void restart() throws IOException {
    replay("restart");
  }

  @Test
  void unverifiedTail() throws IOException {
    replay("unverified-tail");
  }
}
