package io.raftlessons.cluster.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftlessons.cluster.integration.Operation.Outcome;
import io.raftlessons.cluster.integration.Operation.ReadCounter;
import io.raftlessons.cluster.integration.Operation.ReadList;
import io.raftlessons.cluster.integration.Operation.Swap;
import io.raftlessons.cluster.launcher.ThreeNodes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Three processes lose their leader, hang, die together and come back, while clients go on calling
 * at all three. What the clients saw is compared with what the cluster holds at the end.
 */
class ClusterFaultsTest {
  private static final List<Integer> ALL = List.of(1, 2, 3);
  private static final Logger log = LoggerFactory.getLogger("io.raftlessons.reach");

  @TempDir Path temporary;

  private ThreeNodes cluster;
  private Traffic traffic;
  private final Set<Long> termsWithLeader = new TreeSet<>();
  private int leadersKilled;

  @BeforeEach
  void start() throws IOException {
    cluster = new ThreeNodes(temporary.resolve("raft-data"));
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

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void nothingAcknowledgedIsLostAndNothingIsDoneTwice() throws Exception {
    cluster.up("--detach");
    traffic.start();
    traffic.awaitNewWrites("all run", ALL);

    startAgain(List.of(killLeader()));
    startAgain(List.of(killLeader()));
    hangLeader();
    killAllAtOnce();
    startAgain(ALL);
    restartFollower();

    traffic.finish();
    State end = traffic.state(1);
    assertThat(HistoryCheck.violations(traffic.history(), end)).isEmpty();
    assertThat(traffic.complaints()).as(cluster::troubles).isEmpty();
    assertThat(traffic.state(2)).isEqualTo(end);
    assertThat(traffic.state(3)).isEqualTo(end);
    anotherLeaderHoldsTheSame(end);
    everythingWasReached(end);
  }

  private int leader(List<Integer> nodes) {
    return ThreeNodes.numberOf(cluster.leaderOnceAllAgree(nodes));
  }

  /** The number of the leader, whose term is remembered. */
  private int metLeader(int leader) {
    JsonNode view =
        await()
            .atMost(ThreeNodes.PATIENCE)
            .until(() -> cluster.view(leader), Optional::isPresent)
            .orElseThrow();
    termsWithLeader.add(view.path("term").asLong(0));
    return leader;
  }

  private void meetLeaderOtherThan(int old) {
    metLeader(
        await()
            .atMost(ThreeNodes.PATIENCE)
            .until(() -> leader(ThreeNodes.allBut(old)), leader -> leader != old));
  }

  /** Returns its number. */
  private int killLeader() {
    int leader = metLeader(leader(ALL));
    assertThat(cluster.run("kill", "" + leader).err()).isEmpty();
    leadersKilled++;
    traffic.awaitNewWrites("leader node-" + leader + " killed", ThreeNodes.allBut(leader));
    meetLeaderOtherThan(leader);
    return leader;
  }

  private void startAgain(List<Integer> nodes) {
    List<CompletableFuture<String>> starts =
        nodes.stream()
            .map(node -> CompletableFuture.supplyAsync(() -> cluster.run("start", "" + node).err()))
            .toList();
    assertThat(starts.stream().map(CompletableFuture::join)).containsOnly("");
    traffic.awaitNewWrites("started " + nodes, ALL);
    cluster.processes();
  }

  private void hangLeader() throws Exception {
    int leader = metLeader(leader(ALL));
    ProcessHandle process = cluster.process(leader);
    signal("STOP", process);
    try {
      List<Integer> others = ThreeNodes.allBut(leader);
      Phase hung = traffic.awaitNewWrites("leader node-" + leader + " hung", others);
      meetLeaderOtherThan(leader);
      // its client cannot tell a call that is slow from one that is lost
      await().atMost(ThreeNodes.PATIENCE).until(() -> hung.unknownOutcomes() > 0);
    } finally {
      signal("CONT", process);
    }
    traffic.awaitNewWrites("goes on", ALL);
  }

  private static void signal(String name, ProcessHandle process) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + name, "" + process.pid()).start();
    assertThat(kill.waitFor()).isZero();
  }

  private void killAllAtOnce() {
    List<ProcessHandle> nodes = ALL.stream().map(cluster::process).toList();
    nodes.forEach(process -> assertThat(process.destroyForcibly()).isTrue());
    leadersKilled++;
    ThreeNodes.awaitEndOf(nodes);
    // the launcher must have seen it, too, or it would not start them
    await()
        .atMost(ThreeNodes.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(cluster.status().path("nodes"))
                    .allMatch(node -> node.path("state").asString("").equals("stopped")));
    traffic.awaitFailures("all killed");
  }

  private void restartFollower() {
    int follower = metLeader(leader(ALL)) % ALL.size() + 1;
    assertThat(cluster.run("stop", "" + follower).out()).contains("stopped");
    traffic.awaitNewWrites("follower stopped", ThreeNodes.allBut(follower));
    startAgain(List.of(follower));
  }

  /** Every answer comes from the leader's machine, so the others' are asked when they lead. */
  private void anotherLeaderHoldsTheSame(State end) {
    int leader = metLeader(leader(ALL));
    assertThat(cluster.run("kill", "" + leader).err()).isEmpty();
    leadersKilled++;
    meetLeaderOtherThan(leader);
    for (int node : ThreeNodes.allBut(leader)) {
      assertThat(traffic.state(node)).isEqualTo(end);
    }
  }

  private void everythingWasReached(State end) {
    List<Operation> history = traffic.history();
    log.info(
        "{} operations, {} leaders killed, leaders in terms {}",
        history.size(),
        leadersKilled,
        termsWithLeader);
    traffic.phases().forEach(phase -> log.info("{}", phase));
    assertThat(leadersKilled).isEqualTo(4);
    // the first leader, and one after each of two kills, the hang, the death of all, the last kill
    assertThat(termsWithLeader).hasSizeGreaterThanOrEqualTo(6);
    assertThat(traffic.phases().stream().filter(Phase::awaitsWrites))
        .hasSize(10)
        .allMatch(phase -> phase.fewestWrites() > 0);
    assertThat(traffic.phases()).anyMatch(phase -> phase.retries() > 0);
    for (Outcome outcome : Outcome.values()) {
      assertThat(history).anyMatch(operation -> operation.span().outcome() == outcome);
    }
    assertThat(history)
        .hasAtLeastOneElementOfType(ReadList.class)
        .hasAtLeastOneElementOfType(ReadCounter.class)
        .anyMatch(operation -> operation instanceof Swap swap && swap.swapped());
    assertThat(end.lists().values()).noneMatch(List::isEmpty);
  }
}
