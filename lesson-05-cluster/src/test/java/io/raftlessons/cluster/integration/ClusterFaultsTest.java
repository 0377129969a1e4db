package io.raftlessons.cluster.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftlessons.cluster.launcher.ThreeNodes;
import io.raftlessons.replication.history.Budget;
import io.raftlessons.replication.history.KeyValueModel;
import io.raftlessons.replication.history.Linearizability;
import io.raftlessons.replication.history.Operation;
import io.raftlessons.replication.history.Operation.Kind;
import io.raftlessons.replication.history.Operation.Status;
import io.raftlessons.replication.history.Verdict;
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
 * at all three. At the end all is read at every node, and what the clients saw from first to last
 * must be linearizable. The history is written to a file that other checkers can read.
 */
class ClusterFaultsTest {
  private static final List<Integer> ALL = List.of(1, 2, 3);
  private static final Path FILE = Path.of("target", "histories", "cluster-faults.jsonl");
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
    assertThat(traffic.complaints()).as(cluster::troubles).isEmpty();
    for (int node : ALL) {
      traffic.readEverything(node);
    }
    anotherLeaderHoldsTheSame();
    assertThat(traffic.complaints()).as(cluster::troubles).isEmpty();
    everythingWasReached();
    isLinearizable(traffic.history());
  }

  private static void isLinearizable(List<Operation> history) throws IOException {
    HistoryFile.write(FILE, history);
    long begun = System.nanoTime();
    Budget budget = Budget.ofNanos(TimeUnit.MINUTES.toNanos(1), System::nanoTime);
    Verdict verdict = Linearizability.check(history, new KeyValueModel(), budget);
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    log.info("{} operations in {}, checked in {} ms", history.size(), FILE, millis);
    assertThat(verdict.outcome())
        .as("%s, the history is in %s", verdict.explanation(), FILE.toAbsolutePath())
        .isEqualTo(Verdict.Outcome.OK);
    assertThat(HistoryFile.read(FILE)).isEqualTo(history);
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
  private void anotherLeaderHoldsTheSame() throws InterruptedException {
    int leader = metLeader(leader(ALL));
    assertThat(cluster.run("kill", "" + leader).err()).isEmpty();
    leadersKilled++;
    meetLeaderOtherThan(leader);
    for (int node : ThreeNodes.allBut(leader)) {
      traffic.readEverything(node);
    }
  }

  private void everythingWasReached() {
    List<Operation> history = traffic.history();
    log.info(
        "{} operations, {} leaders killed, leaders in terms {}",
        history.size(),
        leadersKilled,
        termsWithLeader);
    traffic.phases().forEach(phase -> log.info("{}", phase));
    // a connection that idles away at the moment of a request, not a habit
    assertThat(traffic.ingresses().tooLate()).isLessThan(5);
    assertThat(leadersKilled).isEqualTo(4);
    // the first leader, and one after each of two kills, the hang, the death of all, the last kill
    assertThat(termsWithLeader).hasSizeGreaterThanOrEqualTo(6);
    assertThat(traffic.phases().stream().filter(Phase::awaitsWrites))
        .hasSize(10)
        .allMatch(phase -> phase.fewestWrites() > 0);
    assertThat(traffic.phases()).anyMatch(phase -> phase.retries() > 0);
    for (Status status : Status.values()) {
      assertThat(history).anyMatch(operation -> operation.status() == status);
    }
    for (Kind kind : List.of(Kind.GET, Kind.APPEND, Kind.ADD, Kind.CAS)) {
      assertThat(history).anyMatch(o -> o.kind() == kind && o.status() == Status.OK);
    }
    assertThat(history).anyMatch(o -> o.kind() == Kind.CAS && o.output().equals("true"));
    assertThat(history).anyMatch(o -> o.kind() == Kind.CAS && o.output().equals("false"));
  }
}
