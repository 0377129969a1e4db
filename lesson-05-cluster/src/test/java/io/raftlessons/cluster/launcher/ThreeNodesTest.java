package io.raftlessons.cluster.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftlessons.cluster.Main;
import io.raftlessons.cluster.config.Settings;
import io.raftlessons.cluster.config.Settings.Listener;
import io.raftlessons.cluster.launcher.Commands.Result;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Clusters of three real processes on free ports. */
class ThreeNodesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir Path temporary;

  private Path data;
  private Commands cluster;
  private final List<Process> started = new ArrayList<>();

  @BeforeEach
  void prepare() throws IOException {
    data = temporary.resolve("raft-data");
    cluster = new Commands(data);
    // generous, because a machine that runs all tests may be slow
    cluster.environment.put("RAFT_ELECTION_TIMEOUT", "1500ms");
    cluster.environment.put("RAFT_HEARTBEAT_INTERVAL", "300ms");
    cluster.environment.put("RAFT_READY_TIMEOUT", "2m");
  }

  @AfterEach
  void endWhatATestLeftBehind() throws Exception {
    if (Files.exists(data.resolve("control")) && cluster.run("status").code() == 0) {
      assertThat(cluster.run("down").code()).isZero();
    }
    for (Process process : started) {
      process.destroyForcibly().waitFor();
    }
  }

  private JsonNode status() {
    Result result = cluster.run("status", "--json");
    assertThat(result.err()).isEmpty();
    return JSON.readTree(result.out());
  }

  private void up(String... arguments) {
    Result result =
        cluster.run(Stream.concat(Stream.of("up"), Stream.of(arguments)).toArray(String[]::new));
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
  }

  private List<ProcessHandle> processes() {
    List<ProcessHandle> handles = new ArrayList<>();
    JsonNode status = status();
    ProcessHandle.of(status.path("launcher_pid").asLong()).ifPresent(handles::add);
    for (JsonNode node : status.path("nodes")) {
      ProcessHandle.of(node.path("pid").asLong(0)).ifPresent(handles::add);
    }
    return handles;
  }

  private static void awaitEndOf(List<ProcessHandle> processes) {
    await()
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(() -> assertThat(processes).noneMatch(ProcessHandle::isAlive));
  }

  /** What the node says itself; empty while it does not answer. */
  private Optional<JsonNode> view(int node) {
    URI uri = URI.create("http://127.0.0.1:" + cluster.port(node, Listener.ADMIN) + "/cluster");
    try (InputStream body = uri.toURL().openStream()) {
      return Optional.of(JSON.readTree(new String(body.readAllBytes(), StandardCharsets.UTF_8)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private String leaderOnceAllAgree(List<Integer> nodes) {
    return await()
        .atMost(PATIENCE)
        .until(
            () -> {
              List<String> leaders =
                  nodes.stream()
                      .map(n -> view(n).map(v -> v.path("leader").asString("")).orElse(""))
                      .distinct()
                      .toList();
              return leaders.size() == 1 ? leaders.get(0) : "";
            },
            leader -> !leader.isEmpty());
  }

  private static int numberOf(String node) {
    return Integer.parseInt(node.substring("node-".length()));
  }

  private static List<Integer> allBut(int node) {
    return Stream.of(1, 2, 3).filter(n -> n != node).toList();
  }

  @Test
  void aKilledLeaderIsReplacedAndComesBackAsAFollower() throws Exception {
    up("--detach");
    String first = leaderOnceAllAgree(List.of(1, 2, 3));
    int leader = numberOf(first);
    assertThat(status().path("leader").asString()).isEqualTo(first);
    assertThat(status().path("nodes").path(leader - 1).path("role").asString()).isEqualTo("leader");
    long term = status().path("nodes").path(leader - 1).path("term").asLong();
    List<ProcessHandle> everyone = new ArrayList<>(processes());
    assertThat(everyone).hasSize(4);

    assertThat(cluster.run("kill", "" + leader).out()).contains(first, "was killed");
    assertThat(cluster.run("kill", "" + leader).err()).contains(first + " is not running");
    String second =
        await()
            .atMost(PATIENCE)
            .until(() -> leaderOnceAllAgree(allBut(leader)), name -> !name.equals(first));
    JsonNode killed = status().path("nodes").path(leader - 1);
    assertThat(killed.path("state").asString()).isEqualTo("stopped");
    assertThat(killed.path("end").asString()).isEqualTo("killed");
    assertThat(status().path("leader").asString()).isEqualTo(second);
    assertThat(status().path("nodes").path(numberOf(second) - 1).path("term").asLong())
        .isGreaterThan(term);

    assertThat(cluster.run("start", "" + leader).out()).contains(first + " is running");
    assertThat(cluster.run("start", "" + leader).err()).contains("is already running");
    leaderOnceAllAgree(List.of(1, 2, 3));
    everyone.addAll(processes());

    assertThat(cluster.run("stop", "" + leader).out()).contains(") stopped");
    assertThat(cluster.run("logs", "" + leader, "--lines=5").out()).contains("stopped");
    assertThat(cluster.run("status").out()).contains(first, "leader node-");

    assertThat(cluster.run("down").code()).isZero();
    awaitEndOf(everyone);
    assertThat(data.resolve("control")).doesNotExist();
    assertThat(cluster.run("status").code()).isEqualTo(1);
    assertThat(cluster.run("wipe", "--yes").code()).isZero();
    assertThat(data).doesNotExist();
  }

  @Test
  void noNodeOutlivesALauncherThatIsKilledAndTheNextGoesOnWithTheirTerm() throws Exception {
    up("--detach");
    leaderOnceAllAgree(List.of(1, 2, 3));
    String fingerprint = status().path("fingerprint").asString();
    long term = view(1).orElseThrow().path("term").asLong();
    assertThat(cluster.run("up").err()).contains("a cluster is already running in " + data);
    assertThat(cluster.run("wipe", "--yes").err()).contains("is already running");

    List<ProcessHandle> processes = processes();
    assertThat(processes).hasSize(4);
    assertThat(processes.get(0).destroyForcibly()).isTrue();
    awaitEndOf(processes);
    assertThat(cluster.run("status").err()).contains("no cluster is running in " + data);

    up("--detach");
    assertThat(status().path("fingerprint").asString()).isEqualTo(fingerprint);
    assertThat(view(1).orElseThrow().path("term").asLong()).isGreaterThan(term);
  }

  @Test
  void aNodeThatEndsByItselfIsReportedAndAnInterruptedLauncherEndsTheOthers() throws Exception {
    Process launcher = foreground();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(output()).contains("the cluster is ready");
              assertThat(launcher.isAlive()).isTrue();
            });
    assertThat(output())
        .contains("http://127.0.0.1:" + cluster.port(2, Listener.ADMIN))
        .contains("cluster | ", "node-1 | ", "node-3 | ");
    List<ProcessHandle> processes = processes();
    assertThat(processes).hasSize(4);

    ProcessHandle node = processes.get(2);
    assertThat(node.destroyForcibly()).isTrue();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(output())
                    .contains("node-2 (pid " + node.pid() + ") ended by itself, exit code 137")
                    .contains("'cluster start 2' starts it again"));
    assertThat(status().path("nodes").path(1).path("state").asString()).isEqualTo("stopped");

    launcher.destroy();
    awaitEndOf(processes);
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
    for (int node = 1; node <= Settings.NODES; node++) {
      assertThat(view(node)).isEmpty();
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
    command.environment().putAll(cluster.environment);
    command.redirectErrorStream(true);
    command.redirectOutput(temporary.resolve("output").toFile());
    Process process = command.start();
    started.add(process);
    return process;
  }
}
