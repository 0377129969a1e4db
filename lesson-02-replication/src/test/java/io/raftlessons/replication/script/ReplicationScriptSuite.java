package io.raftlessons.replication.script;

import io.raftlessons.course.Bugs;
import io.raftlessons.course.Exercise;
import io.raftlessons.course.Points;
import io.raftlessons.course.Rule;
import io.raftlessons.course.Section;
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

  @Points(value = 2, section = Section.SCENARIOS)
  @Exercise({"2.2", "2.1"})
  @Rule("PS-1")
  @Bugs({"R03", "R08"})
  @Test
  void acknowledgement() throws IOException {
    replay("acknowledgement");
  }

  @Points(value = 2, section = Section.SCENARIOS)
  @Exercise({"2.6", "2.1", "2.2", "2.3", "2.4", "2.5"})
  @Rule("AE-3")
  @Bugs("R11")
  @Test
  void figure7() throws IOException {
    replay("figure7");
  }

  @Points(value = 3, section = Section.SCENARIOS)
  @Exercise({"2.5", "2.1", "2.2", "2.3", "2.4"})
  @Rule("LD-4")
  @Bugs("R01")
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

  @Points(value = 2, section = Section.SCENARIOS)
  @Exercise({"2.5", "2.1", "2.2", "2.3", "2.4"})
  @Rule("LD-2")
  @Bugs("R10-early")
  @Test
  void lostProposal() throws IOException {
    replay("lost-proposal");
  }

  @Points(value = 2, section = Section.SCENARIOS)
  @Exercise("2.1")
  @Rule("UN-4")
  @Bugs("B2")
  @Test
  void noOp() throws IOException {
    replay("no-op");
  }

  @Test
  void oneCommand() throws IOException {
    replay("one-command");
  }

  @Points(value = 2, section = Section.SCENARIOS)
  @Exercise({"2.6", "2.1", "2.2", "2.3", "2.4", "2.5"})
  @Rule({"UN-8", "LD-3"})
  @Bugs("B40")
  @Test
  void oneEntryMessages() throws IOException {
    replay("one-entry-messages");
  }

  @Points(value = 2, section = Section.SCENARIOS)
  @Exercise({"2.4", "2.1", "2.2", "2.3"})
  @Rule("LD-3")
  @Bugs("R06")
  @Test
  void pipelining() throws IOException {
    replay("pipelining");
  }

  @Points(value = 1, section = Section.SCENARIOS)
  @Exercise({"2.7", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6"})
  @Rule("UN-5")
  @Bugs("B16")
  @Test
  void readBeforeCommit() throws IOException {
    replay("read-before-commit");
  }

  @Points(value = 2, section = Section.SCENARIOS)
  @Exercise({"2.8", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7"})
  @Rule("UN-5")
  @Bugs("B14")
  @Test
  void readRounds() throws IOException {
    replay("read-rounds");
  }

  @Test
  void restart() throws IOException {
    replay("restart");
  }

  @Points(value = 2, section = Section.SCENARIOS)
  @Exercise({"2.3", "2.1", "2.2"})
  @Rule("AE-5")
  @Bugs("R04")
  @Test
  void unverifiedTail() throws IOException {
    replay("unverified-tail");
  }
}
