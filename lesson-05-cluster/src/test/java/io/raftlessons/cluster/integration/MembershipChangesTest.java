package io.raftlessons.cluster.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftlessons.cluster.launcher.ThreeNodes;
import io.raftlessons.replication.history.Budget;
import io.raftlessons.replication.history.KeyValueModel;
import io.raftlessons.replication.history.Linearizability;
import io.raftlessons.replication.history.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Processes join and leave a cluster, and replace machines that are gone. */
class MembershipChangesTest {
  @TempDir Path temporary;

  private Path data;
  private ThreeNodes cluster;
  private Traffic traffic;

  @BeforeEach
  void prepare() throws IOException {
    data = temporary.resolve("raft-data");
    cluster = new ThreeNodes(data);
    traffic = new Traffic(new Ingresses(cluster));
  }

  @AfterEach
  void noProcessIsLeft() throws InterruptedException {
    try {
      traffic.stop();
    } finally {
      cluster.close();
    }
  }

  /** While clients call at the first three nodes. What they see must be linearizable. */
  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void deadMachinesAreReplacedInBothOrders() throws Exception {
    cluster.set("RAFT_READS", "lease"); // what hand-overs must not break
    cluster.up("--detach");
    traffic.start();
    int leader = ThreeNodes.numberOf(cluster.leaderOnceAllAgree(List.of(1, 2, 3)));
    for (int target : leader == 1 ? List.of(2, 1) : List.of(1)) {
      assertThat(cluster.done("transfer", "" + target)).contains("node-" + target + " leads, term");
    }
    assertThat(cluster.run("transfer", "1").err()).contains("node-1 leads already");
    traffic.awaitNewWrites("node-1 leads", List.of(1, 2, 3));

    // add, then remove
    machineIsGone(2);
    anEmptyDiskIsRefused(2);
    assertThat(cluster.done("add", "4")).contains("node-4 is running", "node-4 is a voter");
    assertThat(cluster.done("add", "4")).contains("node-4 was a voter already");
    assertThat(cluster.done("remove", "2")).contains("node-2 is removed");
    assertMembers(1, 3, 4);
    traffic.awaitNewWrites("4 for 2", List.of(1, 3));
    traffic.readEverything(4);

    // remove, then add
    machineIsGone(3);
    assertThat(cluster.done("remove", "3")).contains("node-3 is removed", "its data is deleted");
    assertThat(cluster.done("add", "3")).contains("node-3 is a voter");
    assertMembers(1, 3, 4);
    traffic.awaitNewWrites("3 for 3", List.of(1, 3));

    // an added node is a node like the others, and may be the leader that goes
    assertThat(cluster.done("stop", "4")).contains("node-4", "stopped");
    assertThat(cluster.done("start", "4")).contains("node-4 is running");
    cluster.leaderOnceAllAgree(List.of(1, 3, 4));
    assertThat(cluster.done("status")).contains("node-4");
    assertThat(cluster.done("transfer", "4")).contains("node-4 leads, term");
    assertThat(cluster.done("remove", "4")).contains("node-4 is removed");
    assertMembers(1, 3);
    traffic.awaitNewWrites("without 4", List.of(1, 3));

    traffic.finish();
    traffic.readEverything(1);
    traffic.readEverything(3);
    assertThat(traffic.complaints()).as(cluster::troubles).isEmpty();
    Budget budget = Budget.ofNanos(TimeUnit.MINUTES.toNanos(1), System::nanoTime);
    Verdict verdict = Linearizability.check(traffic.history(), new KeyValueModel(), budget);
    assertThat(verdict.outcome()).as(verdict.explanation()).isEqualTo(Verdict.Outcome.OK);
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void whatIsLeftOfALostMajorityIsANewClusterAndGrowsAgain() throws Exception {
    cluster.set("RAFT_READS", "follower");
    cluster.up("--detach");
    int leader = ThreeNodes.numberOf(cluster.leaderOnceAllAgree(List.of(1, 2, 3)));
    Ingresses ingresses = traffic.ingresses();
    assertThat(ingresses.post(leader, "KeyValue/k/put", "1", java.util.Optional.empty()))
        .isInstanceOf(Ingresses.Attempt.Answered.class);
    assertThat(cluster.run("recover", "--yes").err()).contains("a cluster is already running");
    List<Integer> lost = ThreeNodes.allBut(leader);
    assertThat(cluster.done("down")).contains("stopped");
    assertThat(cluster.run("recover", "--yes").err())
        .contains("3 of the 3 voters have their data here");
    for (int node : lost) {
      cluster.loseDirectory(node);
    }

    assertThat(cluster.done("recover", "--yes"))
        .contains("The voters were node-1, node-2, node-3")
        .contains("lost are the writes", "node-" + leader + " is the cluster now");
    cluster.up("--detach");
    assertMembers(leader);
    int first = lost.get(0);
    assertThat(cluster.done("add", "" + first)).contains("node-" + first + " is a voter");
    int second = lost.get(1);
    assertThat(cluster.done("add", "" + second, "--nonvoter"))
        .contains("node-" + second + " is a nonvoter");
    assertThat(cluster.done("members")).containsPattern("node-" + second + " .* nonvoter ");
    assertThat(cluster.run("add", "" + second, "--if-index=1").err())
        .containsPattern("is that of index \\d+ and no longer that of index 1\\.");
    assertThat(cluster.done("add", "" + second)).contains("node-" + second + " is a voter");
    assertMembers(1, 2, 3);
    assertThat(cluster.done("demote", "" + first))
        .contains("node-" + first + " has no vote any more");
    assertThat(cluster.done("members")).containsPattern("node-" + first + " .* nonvoter ");
    assertThat(ingresses.post(first, "KeyValue/k/get", "", java.util.Optional.empty()))
        .isEqualTo(new Ingresses.Attempt.Answered("1"));
  }

  private void machineIsGone(int node) throws IOException {
    assertThat(cluster.done("kill", "" + node)).contains("was killed");
    cluster.loseDirectory(node);
  }

  /** The others know that it has promised something that it does not know any more. */
  private void anEmptyDiskIsRefused(int node) {
    assertThat(cluster.done("start", "" + node)).contains("is running");
    await()
        .atMost(ThreeNodes.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(cluster.done("logs", "" + node, "--lines", "20"))
                    .contains("refuses the disk of node-" + node)
                    .contains("empty its directory, and add it again"));
    await()
        .atMost(ThreeNodes.PATIENCE)
        .untilAsserted(
            () -> assertThat(cluster.done("status")).containsPattern("node-" + node + " +stopped"));
  }

  private void assertMembers(int... numbers) {
    String table = cluster.done("members");
    List<String> rows = table.lines().filter(line -> line.startsWith("node-")).toList();
    assertThat(rows).as(table).hasSize(numbers.length);
    for (int number : numbers) {
      assertThat(rows)
          .as(table)
          .anyMatch(row -> row.matches("node-" + number + " +127\\.0\\.0\\.1:\\d+ +voter .*"));
    }
    JsonNode nodes = cluster.status().path("nodes");
    assertThat(nodes.size()).isEqualTo(numbers.length);
  }
}
