package io.raftlessons.cluster.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftlessons.cluster.Main;
import io.raftlessons.cluster.config.Settings;
import io.raftlessons.cluster.config.Settings.Listener;
import io.raftlessons.cluster.launcher.Commands.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Clusters of three real processes on free ports. */
class ThreeNodesTest {
  @TempDir Path temporary;

  private Path data;
  private ThreeNodes cluster;
  private final List<Process> started = new ArrayList<>();

  @BeforeEach
  void prepare() throws IOException {
    data = temporary.resolve("raft-data");
    cluster = new ThreeNodes(data);
  }

  @AfterEach
  void endWhatATestLeftBehind() throws Exception {
    try {
      cluster.close();
    } finally {
      for (Process process : started) {
        process.destroyForcibly().waitFor();
      }
    }
  }

  @Test
  void aKilledLeaderIsReplacedAndComesBackAsAFollower() throws Exception {
    cluster.up("--detach");
    String first = cluster.leaderOnceAllAgree(List.of(1, 2, 3));
    int leader = ThreeNodes.numberOf(first);
    assertThat(cluster.status().path("leader").asString()).isEqualTo(first);
    assertThat(cluster.status().path("nodes").path(leader - 1).path("role").asString())
        .isEqualTo("leader");
    long term = cluster.status().path("nodes").path(leader - 1).path("term").asLong();
    List<ProcessHandle> everyone = new ArrayList<>(cluster.processes());
    assertThat(everyone).hasSize(4);

    assertThat(cluster.run("kill", "" + leader).out()).contains(first, "was killed");
    assertThat(cluster.run("kill", "" + leader).err()).contains(first + " is not running");
    String second =
        await()
            .atMost(ThreeNodes.PATIENCE)
            .until(
                () -> cluster.leaderOnceAllAgree(ThreeNodes.allBut(leader)),
                name -> !name.equals(first));
    JsonNode killed = cluster.status().path("nodes").path(leader - 1);
    assertThat(killed.path("state").asString()).isEqualTo("stopped");
    assertThat(killed.path("end").asString()).isEqualTo("killed");
    assertThat(cluster.status().path("leader").asString()).isEqualTo(second);
    assertThat(
            cluster
                .status()
                .path("nodes")
                .path(ThreeNodes.numberOf(second) - 1)
                .path("term")
                .asLong())
        .isGreaterThan(term);

    assertThat(cluster.run("start", "" + leader).out()).contains(first + " is running");
    assertThat(cluster.run("start", "" + leader).err()).contains("is already running");
    cluster.leaderOnceAllAgree(List.of(1, 2, 3));
    everyone.addAll(cluster.processes());

    assertThat(cluster.run("stop", "" + leader).out()).contains(") stopped");
    assertThat(cluster.run("logs", "" + leader, "--lines=5").out()).contains("stopped");
    assertThat(cluster.run("status").out()).contains(first, "leader node-");

    assertThat(cluster.run("down").code()).isZero();
    ThreeNodes.awaitEndOf(everyone);
    assertThat(data.resolve("control")).doesNotExist();
    assertThat(cluster.run("status").code()).isEqualTo(1);
    assertThat(cluster.run("wipe", "--yes").code()).isZero();
    assertThat(data).doesNotExist();
  }

  @Test
  void noNodeOutlivesALauncherThatIsKilledAndTheNextGoesOnWithTheirTerm() throws Exception {
    cluster.up("--detach");
    cluster.leaderOnceAllAgree(List.of(1, 2, 3));
    String fingerprint = cluster.status().path("fingerprint").asString();
    long term = cluster.view(1).orElseThrow().path("term").asLong();
    assertThat(cluster.run("up").err()).contains("a cluster is already running in " + data);
    assertThat(cluster.run("wipe", "--yes").err()).contains("is already running");

    List<ProcessHandle> processes = cluster.processes();
    assertThat(processes).hasSize(4);
    assertThat(processes.get(0).destroyForcibly()).isTrue();
    ThreeNodes.awaitEndOf(processes);
    assertThat(cluster.run("status").err()).contains("no cluster is running in " + data);

    cluster.up("--detach");
    assertThat(cluster.status().path("fingerprint").asString()).isEqualTo(fingerprint);
    assertThat(cluster.view(1).orElseThrow().path("term").asLong()).isGreaterThan(term);
  }

  @Test
  void aNodeThatEndsByItselfIsReportedAndAnInterruptedLauncherEndsTheOthers() throws Exception {
    Process launcher = foreground();
    await()
        .atMost(ThreeNodes.PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(output()).contains("the cluster is ready");
              assertThat(launcher.isAlive()).isTrue();
            });
    assertThat(output())
        .contains("http://127.0.0.1:" + cluster.port(2, Listener.ADMIN))
        .contains("cluster | ", "node-1 | ", "node-3 | ");
    List<ProcessHandle> processes = cluster.processes();
    assertThat(processes).hasSize(4);

    ProcessHandle node = processes.get(2);
    assertThat(node.destroyForcibly()).isTrue();
    await()
        .atMost(ThreeNodes.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(output())
                    .contains("node-2 (pid " + node.pid() + ") ended by itself, exit code 137")
                    .contains("'cluster start 2' starts it again"));
    assertThat(cluster.status().path("nodes").path(1).path("state").asString())
        .isEqualTo("stopped");

    launcher.destroy();
    ThreeNodes.awaitEndOf(processes);
    assertThat(data.resolve("control")).doesNotExist();
  }

  @Test
  void aNodeThatCannotStartStopsTheOthersAndTheReasonIsPrinted() throws Exception {
    Files.createDirectories(data);
    Files.writeString(data.resolve("node-2"), "a file where a directory belongs");

    Result result = cluster.run("up", "--detach");

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).contains("node-2 failed to start", "exit code 1", "node-2");
    assertThat(cluster.run("status").err()).contains("no cluster is running");
    for (int node = 1; node <= Settings.FIRST_NODES; node++) {
      assertThat(cluster.view(node)).isEmpty();
    }
  }

  private String output() throws IOException {
    return Files.readString(temporary.resolve("output"));
  }

  private Process foreground() throws IOException {
    ProcessBuilder command =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "up");
    command.environment().putAll(cluster.commands().environment);
    command.redirectErrorStream(true);
    command.redirectOutput(temporary.resolve("output").toFile());
    Process process = command.start();
    started.add(process);
    return process;
  }
}
