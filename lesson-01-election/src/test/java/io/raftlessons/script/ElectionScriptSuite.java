package io.raftlessons.script;

import io.raftlessons.course.Bugs;
import io.raftlessons.course.Exercise;
import io.raftlessons.course.Points;
import io.raftlessons.course.Rule;
import io.raftlessons.course.Section;
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

  @Points(value = 3, section = Section.SCENARIOS)
  @Exercise({"1.8", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7"})
  @Rule("UN-3")
  @Bugs("B23")
  @Test
  void checkQuorum() throws IOException {
    replay("check-quorum");
  }

  @Points(value = 4, section = Section.SCENARIOS)
  @Exercise({"1.3", "1.1", "1.2"})
  @Rule("PS-1")
  @Bugs({"E02", "E03"})
  @Test
  void durableVote() throws IOException {
    replay("durable-vote");
  }

  @Test
  void election() throws IOException {
    replay("election");
  }

  @Points(value = 3, section = Section.SCENARIOS)
  @Exercise({"1.2", "1.1"})
  @Rule("ALL-2")
  @Bugs("E05")
  @Test
  void higherTerm() throws IOException {
    replay("higher-term");
  }

  @Points(value = 3, section = Section.SCENARIOS)
  @Exercise({"1.7", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6"})
  @Rule("UN-2")
  @Bugs("E15")
  @Test
  void preVote() throws IOException {
    replay("pre-vote");
  }

  @Points(value = 2, section = Section.SCENARIOS)
  @Exercise("1.1")
  @Rule("UN-1")
  @Bugs("D05")
  @Test
  void restartQuietPeriod() throws IOException {
    replay("restart-quiet-period");
  }

  @Points(value = 5, section = Section.SCENARIOS)
  @Exercise({"1.4", "1.1", "1.2", "1.3"})
  @Rule("CAN-4")
  @Bugs("E08")
  @Test
  void splitVote() throws IOException {
    replay("split-vote");
  }
}
