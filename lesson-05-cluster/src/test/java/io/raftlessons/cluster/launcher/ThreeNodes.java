package io.raftlessons.cluster.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftlessons.cluster.config.ClusterConfig;
import io.raftlessons.cluster.config.Settings;
import io.raftlessons.cluster.config.Settings.Listener;
import io.raftlessons.cluster.launcher.Commands.Result;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A cluster of three real processes on free ports, for tests. It is used by one thread, but for
 * {@link #run}. Closing it ends every process, and fails if the cluster's own end left one.
 */
public final class ThreeNodes implements AutoCloseable {
  /** How long a machine that runs all tests may take for anything. */
  public static final Duration PATIENCE = Duration.ofSeconds(120);

  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(2);
  private static final JsonMapper JSON = new JsonMapper();

  private final Path data;
  private final Commands commands;
  private final Set<ProcessHandle> seen = new LinkedHashSet<>();
  private final Set<ProcessHandle> before = descendants();
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(ANSWER_LIMIT)
          .build();

  /**
   * @param data need not exist
   */
  public ThreeNodes(Path data) throws IOException {
    this.data = data;
    commands = new Commands(data);
    set("RAFT_ELECTION_TIMEOUT", "1500ms");
    set("RAFT_HEARTBEAT_INTERVAL", "300ms");
    set("RAFT_READY_TIMEOUT", "2m");
    set("RAFT_JVM_OPTIONS", "-XX:TieredStopAtLevel=1"); // they live for seconds
  }

  private static Set<ProcessHandle> descendants() {
    Set<ProcessHandle> processes = new LinkedHashSet<>();
    ProcessHandle.current().descendants().forEach(processes::add);
    return processes;
  }

  /** From now on snapshots go to S3, as they do if nothing is said. */
  public void useS3() {
    commands.useS3();
  }

  /** Where the launcher's S3 store listens, or another one may. */
  public int s3Port() {
    return commands.s3Port();
  }

  /** Sets an environment variable of all commands and nodes. */
  public void set(String variable, String value) {
    commands.environment.put(variable, value);
  }

  Commands commands() {
    return commands;
  }

  public int port(int node, Listener listener) {
    return commands.port(node, listener);
  }

  /** Runs a command of {@code cluster} in this process. */
  public Result run(String... arguments) {
    return commands.run(arguments);
  }

  /** Runs a command that must succeed, and returns what it prints. */
  public String done(String... arguments) {
    Result result = run(arguments);
    assertThat(result.err()).as(this::troubles).isEmpty();
    assertThat(result.code()).isZero();
    return result.out();
  }

  /** A machine is lost: the directory of a node that does not run. */
  public void loseDirectory(int node) throws IOException {
    ClusterDirectory.deleteTree(data.resolve(ClusterConfig.nodeName(node)));
  }

  /** Starts all nodes. */
  public void up(String... arguments) {
    Result result =
        run(Stream.concat(Stream.of("up"), Stream.of(arguments)).toArray(String[]::new));
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    processes();
  }

  /** What the launcher says. */
  public JsonNode status() {
    Result result = run("status", "--json");
    assertThat(result.err()).isEmpty();
    return JSON.readTree(result.out());
  }

  /** The launcher and the nodes that run. */
  public List<ProcessHandle> processes() {
    List<ProcessHandle> handles = new ArrayList<>();
    JsonNode status = status();
    ProcessHandle.of(status.path("launcher_pid").asLong()).ifPresent(handles::add);
    for (JsonNode node : status.path("nodes")) {
      ProcessHandle.of(node.path("pid").asLong(0)).ifPresent(handles::add);
    }
    seen.addAll(handles);
    return handles;
  }

  /** The process of a node that runs. */
  public ProcessHandle process(int node) {
    long pid = status().path("nodes").path(node - 1).path("pid").asLong(0);
    ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
    seen.add(process);
    return process;
  }

  public static void awaitEndOf(List<ProcessHandle> processes) {
    await()
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(() -> assertThat(processes).noneMatch(ProcessHandle::isAlive));
  }

  /** What the node says itself; empty while it does not answer. */
  public Optional<JsonNode> view(int node) {
    URI uri = URI.create("http://127.0.0.1:" + port(node, Listener.ADMIN) + "/cluster");
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(ANSWER_LIMIT).build();
    try {
      return Optional.of(JSON.readTree(http.send(request, BodyHandlers.ofString()).body()));
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Waits until all these nodes name the same leader. */
  public String leaderOnceAllAgree(List<Integer> nodes) {
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

  public static int numberOf(String node) {
    return ClusterConfig.nodeNumber(node);
  }

  public static List<Integer> allBut(int node) {
    return Stream.iterate(1, n -> n + 1)
        .limit(Settings.FIRST_NODES)
        .filter(n -> n != node)
        .toList();
  }

  /** The warnings and errors in the nodes' logs, for the message of a test that fails. */
  public String troubles() {
    StringBuilder found = new StringBuilder();
    for (int node = 1; node <= Settings.FIRST_NODES; node++) {
      found.append(run("logs", "" + node, "--lines", "5000").out());
    }
    return found
        .toString()
        .lines()
        .filter(line -> line.contains(" WARN ") || line.contains(" ERROR "))
        .collect(Collectors.joining("\n"));
  }

  @Override
  public void close() {
    if (Files.exists(data.resolve("control")) && run("status").code() == 0) {
      processes();
      assertThat(run("down").err()).isEmpty();
    }
    seen.addAll(descendants());
    seen.removeAll(before);
    try {
      awaitEndOf(List.copyOf(seen));
    } finally {
      seen.forEach(ProcessHandle::destroyForcibly);
    }
  }
}
