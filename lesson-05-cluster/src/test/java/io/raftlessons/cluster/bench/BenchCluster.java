package io.raftlessons.cluster.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftlessons.cluster.config.Settings;
import io.raftlessons.cluster.config.Settings.Listener;
import io.raftlessons.cluster.launcher.Commands;
import io.raftlessons.cluster.launcher.Commands.Result;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Three processes with the default settings, on free ports and an empty directory. */
final class BenchCluster implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final JsonMapper JSON = new JsonMapper();

  private final Commands commands;

  /** Nothing runs yet. */
  BenchCluster(Path data) throws IOException {
    commands = new Commands(data);
  }

  static BenchCluster up(Path data) throws IOException {
    BenchCluster cluster = new BenchCluster(data);
    cluster.command("up", "--detach");
    return cluster;
  }

  /** As a user would: in a process of its own. Ended by {@link #close}. */
  Process upInAnotherProcess() throws IOException {
    ProcessBuilder up =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            "io.raftlessons.cluster.Main",
            "up",
            "--detach");
    up.environment().putAll(commands.environment);
    return up.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
  }

  private void command(String... arguments) {
    Result result = commands.run(arguments);
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
  }

  int ingress(int node) {
    return commands.port(node, Listener.INGRESS);
  }

  int[] ingresses() {
    return IntStream.rangeClosed(1, Settings.FIRST_NODES).map(this::ingress).toArray();
  }

  /** Waits until all nodes name the same one. */
  int leader() {
    String name =
        await()
            .atMost(PATIENCE)
            .pollInterval(POLL)
            .until(
                () -> {
                  String first = leaderIn(1);
                  return leaderIn(2).equals(first) && leaderIn(3).equals(first) ? first : "";
                },
                found -> !found.isEmpty());
    return Integer.parseInt(name.substring("node-".length()));
  }

  private String leaderIn(int node) {
    return view(node).map(view -> view.path("leader").asString("")).orElse("");
  }

  /** The highest of all nodes that answer. */
  long term() {
    return IntStream.rangeClosed(1, Settings.FIRST_NODES)
        .mapToObj(this::view)
        .flatMap(Optional::stream)
        .mapToLong(view -> view.path("term").asLong())
        .max()
        .orElseThrow();
  }

  /** To be killed from here and not through the launcher, so that the moment is known. */
  ProcessHandle process(int node) {
    Result status = commands.run("status", "--json");
    long pid = JSON.readTree(status.out()).path("nodes").path(node - 1).path("pid").asLong();
    return ProcessHandle.of(pid).orElseThrow();
  }

  /** In good order; returns when the process has ended. */
  void stop(int node) {
    command("stop", Integer.toString(node));
  }

  /** Returns when the node has applied what the leader had committed before. */
  void restart(int node) {
    command("start", Integer.toString(node));
    long committed = metric(leader(), "raft_commit_index").orElseThrow();
    await()
        .atMost(PATIENCE)
        .pollInterval(POLL)
        .until(() -> metric(node, "raft_applied_index").orElse(-1L) >= committed);
  }

  Optional<Long> metric(int node, String name) {
    return get(node, "/metrics")
        .flatMap(text -> text.lines().filter(line -> line.startsWith(name + "{")).findFirst())
        .map(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)));
  }

  private Optional<JsonNode> view(int node) {
    return get(node, "/cluster").map(JSON::readTree);
  }

  /** Empty while the node does not answer. */
  private Optional<String> get(int node, String path) {
    URI uri = URI.create("http://127.0.0.1:" + commands.port(node, Listener.ADMIN) + path);
    try (InputStream body = uri.toURL().openStream()) {
      return Optional.of(new String(body.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Ends it and deletes its data. */
  @Override
  public void close() {
    command("down");
    command("wipe", "--yes");
  }
}
