package io.raftlessons.cluster.launcher;

import static io.raftlessons.cluster.launcher.ScriptedCluster.changed;
import static io.raftlessons.cluster.launcher.ScriptedCluster.failed;
import static io.raftlessons.cluster.launcher.ScriptedCluster.leaderLost;
import static io.raftlessons.cluster.launcher.ScriptedCluster.membersWith;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftlessons.cluster.launcher.Commands.Result;
import io.raftlessons.cluster.operator.wire.AddServerRequest;
import io.raftlessons.cluster.operator.wire.ChangeServerRequest;
import io.raftlessons.cluster.operator.wire.Changed.Standing;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands that change the membership say, whatever the cluster says to them. */
class ChangeCommandsTest {
  private static final String CONFLICT =
      "the configuration is that of index 9 and no longer that of index 7";

  @TempDir Path data;

  private Commands commands;
  private ScriptedCluster cluster;

  @BeforeEach
  void start() throws IOException {
    commands = new Commands(data);
    cluster = new ScriptedCluster(new ClusterDirectory(data));
  }

  @AfterEach
  void stop() throws IOException {
    cluster.close();
  }

  private static void assertDone(Result result, String message) {
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    assertThat(result.out()).contains(message);
  }

  private static void assertFails(Result result, String... messages) {
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).startsWith("error: ").contains(messages);
    assertThat(result.err().lines()).hasSize(1);
  }

  private static void awaitLine(StringWriter out, String line) {
    await().atMost(Duration.ofSeconds(60)).until(() -> out.toString().contains(line));
  }

  @Test
  void aWatchedAdditionShowsItsProgressAndSurvivesATimeWithoutALeader() {
    cluster.members = membersWith(false, 10, 30);
    StringWriter out = new StringWriter();
    CompletableFuture<Result> adding =
        CompletableFuture.supplyAsync(() -> commands.printingTo(out, "add", "4"));
    awaitLine(out, "node-4 has 10 of 40 entries");
    cluster.members = ScriptedCluster.NOBODY_LEADS;
    awaitLine(out, "no leader answers; waiting for one, 60 s in all at most");
    cluster.members = membersWith(false, 35, 5);
    awaitLine(out, "node-4 has 35 of 40 entries");
    assertThat(adding).isNotDone();
    cluster.thenSays(changed(12, true, Standing.VOTER));
    assertDone(adding.join(), "node-4 is a voter (configuration 12)");
    assertThat(cluster.launched).containsExactly("add 4");
    assertThat(cluster.asked).hasSize(1);
  }

  @Test
  void anAdditionThatLosesItsLeaderIsTakenToTheNext() {
    cluster.thenSays(leaderLost()).thenNobodyLeads().thenIsGone();
    cluster.thenSays(changed(12, false, Standing.VOTER));
    assertDone(commands.run("add", "4", "--seconds", "30"), "node-4 was a voter already");
    assertThat(cluster.asked).hasSize(4);
    long first = ((AddServerRequest) cluster.asked.get(0)).getTimeoutMillis();
    long last = ((AddServerRequest) cluster.asked.get(3)).getTimeoutMillis();
    assertThat(first).isBetween(1L, 30_000L);
    assertThat(last).as("what is left of the time").isLessThan(first);
  }

  @Test
  void anAdditionOfWhichNobodyKnowsTheEndSaysWhatWasSeenAndWhereToLook() {
    cluster.members = membersWith(false, 10, 30);
    cluster.thenIsGone();
    for (int asked = 0; asked < 100; asked++) {
      cluster.thenNobodyLeads();
    }
    assertFails(
        commands.run("add", "4", "--seconds", "1"),
        "no leader was found within 1 s. The last one that was asked: 127.0.0.1:",
        ". An earlier attempt may have succeeded or go on: 'cluster members' shows it",
        "node-4 was last seen as a nonvoter with 10 of 40 entries (configuration 8)",
        "'cluster add 4' goes on, 'cluster remove 4' takes it back");
  }

  @Test
  void anAdditionThatNobodyTookDoesNotGoOn() {
    for (int asked = 0; asked < 100; asked++) {
      cluster.thenNobodyLeads();
    }
    Result result = commands.run("add", "4", "--nonvoter", "--seconds", "1");
    assertFails(
        result,
        "no leader was found within 1 s",
        ". node-4 was not seen. ",
        "'cluster add 4 --nonvoter' goes on");
    assertThat(result.err()).doesNotContain("An earlier attempt");
  }

  @Test
  void whatALeaderRefusesIsNotAskedAgain() {
    cluster.thenSays(failed("node-4 is no voter yet (reached: NONVOTER at 8)"));
    assertFails(
        commands.run("add", "4"),
        "error: node-4 is no voter yet (reached: NONVOTER at 8). node-4 was ",
        "'cluster add 4' goes on");
    assertThat(cluster.asked).hasSize(1);
  }

  @Test
  void aNodeIsAddedWithoutAVote() {
    cluster.thenSays(changed(12, true, Standing.NONVOTER));
    assertDone(
        commands.run("add", "4", "--nonvoter", "--if-index", "7"),
        "node-4 is a nonvoter (configuration 12)");
    AddServerRequest request = (AddServerRequest) cluster.asked.get(0);
    assertThat(request.getId()).isEqualTo("node-4");
    assertThat(request.getPrevIndex()).isEqualTo(7);
    cluster.thenSays(changed(12, false, Standing.NONVOTER));
    assertDone(commands.run("add", "4", "--nonvoter"), "node-4 was a nonvoter already");
    assertThat(((AddServerRequest) cluster.asked.get(1)).getPrevIndex()).isZero();
    cluster.thenSays(changed(12, false, Standing.VOTER));
    assertFails(
        commands.run("add", "4", "--nonvoter"),
        "node-4 is a voter and keeps its vote; 'cluster demote 4' takes it");
  }

  @Test
  void aNodeIsDemoted() {
    cluster.thenSays(changed(12, true, Standing.NONVOTER));
    assertDone(
        commands.run("demote", "4", "--if-index=7"),
        "node-4 has no vote any more (configuration 12)");
    ChangeServerRequest request = (ChangeServerRequest) cluster.asked.get(0);
    assertThat(request.getId()).isEqualTo("node-4");
    assertThat(request.getPrevIndex()).isEqualTo(7);
    cluster.thenSays(changed(12, false, Standing.NONVOTER));
    assertDone(commands.run("demote", "4"), "node-4 had no vote already");
    cluster.thenSays(changed(12, false, Standing.NO_MEMBER));
    assertFails(commands.run("demote", "4"), "node-4 does not belong to the cluster");
    assertThat(cluster.launched).isEmpty();
  }

  @Test
  void nothingIsDeletedWhereTheConfigurationIsAnother() {
    cluster.thenSays(failed(CONFLICT));
    assertFails(commands.run("remove", "4", "--if-index=7"), CONFLICT);
    assertThat(((ChangeServerRequest) cluster.asked.get(0)).getPrevIndex()).isEqualTo(7);
    assertThat(cluster.launched).isEmpty();
    cluster.thenSays(changed(12, true, Standing.NO_MEMBER));
    assertDone(commands.run("remove", "4", "--if-index=9"), "node-4 is removed (configuration 12)");
    assertThat(cluster.launched).containsExactly("remove 4");
  }

  /** It finds its own change in the way. */
  @Test
  void aConflictAfterALostAnswerMayBeOnesOwn() {
    cluster.thenSays(leaderLost()).thenSays(failed(CONFLICT));
    assertFails(
        commands.run("demote", "4", "--if-index=7"),
        CONFLICT + ". An earlier attempt may have succeeded or go on: 'cluster members' shows it");
  }
}
