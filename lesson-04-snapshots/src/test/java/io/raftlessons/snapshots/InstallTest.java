package io.raftlessons.snapshots;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.course.Bugs;
import io.raftlessons.course.Exercise;
import io.raftlessons.course.Points;
import io.raftlessons.course.Rule;
import io.raftlessons.course.Section;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** A snapshot goes to a server that cannot do without it, whoever dies meanwhile. */
class InstallTest {
  /** A group one of whose servers lacks what the others have only in their snapshots. */
  private static final class Behind {
    final HandRunRafts group = HandRunRafts.running(3);
    final String id = group.follower();

    Behind() throws IOException {
      group.kill(id);
      snapshotWithoutIt();
      group.start(id);
    }

    /** All that is up has twenty commands, and only a snapshot of them. */
    private void snapshotWithoutIt() throws IOException {
      takeSnapshots(group, id);
    }

    /** Until so many chunks are under way, or it has all. Whether there were so many. */
    boolean runToChunk(int number) {
      for (int i = 0; i < 2_000 && group.chunks < number; i++) {
        group.run(1);
      }
      return group.chunks >= number;
    }
  }

  private static void takeSnapshots(HandRunRafts group, String but) throws IOException {
    group.write(1, 20);
    group.run(100);
    for (Raft raft : group.rafts.values()) {
      if (!raft.id().equals(but)) {
        group.await(raft.snapshot());
      }
    }
    group.run(10);
  }

  private static void assertAllHaveAll(HandRunRafts group, String what) {
    group.write(21, 21);
    group.run(500);
    String text = group.text(group.leader().id());
    assertThat(text).as(what).startsWith("command 1\n").endsWith("command 20\ncommand 21\n");
    for (String id : group.rafts.keySet()) {
      assertThat(group.text(id)).as("%s, %s", what, id).isEqualTo(text);
    }
  }

  @Test
  void whoWasDownGetsIt() throws IOException {
    Behind behind = new Behind();
    behind.group.run(2_000);
    assertAllHaveAll(behind.group, "the end");
    assertThat(behind.group.chunks).isPositive();
    assertThat(behind.group.stores(behind.id).snapshots.list()).isNotEmpty();
  }

  /** Figure 13, step 7: it led, and nobody else has its last entries. */
  @Points(value = 4, section = Section.SCENARIOS)
  @Exercise({"4.5", "4.1", "4.2", "4.3", "4.4"})
  @Rule("SN-7")
  @Bugs("S04-kept")
  @Test
  void itTakesThePlaceOfALogThatConflicts() throws IOException {
    HandRunRafts group = HandRunRafts.running(3);
    Raft deposed = group.leader();
    group.cutOff.add(deposed.id());
    for (int i = 0; i < 3; i++) {
      deposed.apply("lost".getBytes(StandardCharsets.UTF_8));
    }
    group.run(1_500);
    takeSnapshots(group, deposed.id());
    group.cutOff.clear();
    group.run(3_000);
    assertThat(group.chunks).isPositive();
    assertAllHaveAll(group, "the end");
  }

  @Points(value = 4, section = Section.SCENARIOS)
  @Exercise({"4.5", "4.1", "4.2", "4.3", "4.4"})
  @Rule("SN-4")
  @Bugs("S04-kept")
  @Test
  void anotherLeaderFinishesWhatOneBegan() throws IOException {
    Behind behind = new Behind();
    HandRunRafts group = behind.group;
    assertThat(behind.runToChunk(5)).isTrue();
    String first = group.leader().id();
    group.kill(first);
    group.run(4_000);
    assertThat(group.text(behind.id)).isEqualTo(group.text(group.leader().id()));
    group.start(first);
    group.run(2_000);
    assertAllHaveAll(group, "the end");
  }

  /** At every chunk of it one of the two dies, and starts again on what it has stored. */
  @Points(value = 10, section = Section.EXPLORATION)
  @Exercise({"4.5", "4.1", "4.2", "4.3", "4.4"})
  @Rule("SN-4")
  @Bugs("S04-kept")
  @Test
  void eitherMayDieAtEveryChunk() throws IOException {
    int deaths = 0;
    for (boolean leaderDies : new boolean[] {true, false}) {
      boolean more = true;
      for (int chunk = 1; more; chunk++) {
        Behind behind = new Behind();
        HandRunRafts group = behind.group;
        more = behind.runToChunk(chunk);
        String dies = leaderDies ? group.leader().id() : behind.id;
        group.kill(dies);
        group.run(50);
        group.start(dies);
        group.run(4_000);
        assertAllHaveAll(group, dies + " died at chunk " + chunk);
        deaths++;
      }
    }
    assertThat(deaths).as("deaths").isGreaterThan(20);
  }
}
