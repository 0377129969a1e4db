package io.raftlessons.election;

import static java.util.Objects.requireNonNull;
import static org.awaitility.Awaitility.await;

import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.Role;
import io.raftlessons.core.StepObserver;
import io.raftlessons.runtime.InmemTransport;
import io.raftlessons.runtime.MapDbStableStore;
import io.raftlessons.runtime.RealDisk;
import io.raftlessons.runtime.RealHost;
import io.raftlessons.wire.HardState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Lesson 1 in one screen: three servers in this process elect a leader, lose it, elect another, and
 * the lost one comes back with what it had promised. Terms and votes are in MapDB files.
 *
 * <p>{@code ./mvnw -q -pl lesson-01-election test -Dtest=ElectionDemoTest}, or {@link #main} with a
 * directory of your own; run it again there and the terms go on.
 */
final class ElectionDemo {
  private static final List<String> IDS = List.of("n1", "n2", "n3");
  private static final Duration SOON = Duration.ofSeconds(60);

  private record Server(
      ElectionNode node, MapDbStableStore store, RealHost host, InmemTransport transport) {
    void stop() throws IOException {
      node.shutdown().join();
      host.close();
      transport.close();
      store.close();
    }
  }

  private final Path directory;
  private final Consumer<String> say;
  private final TreeMap<String, Server> running = new TreeMap<>();

  private ElectionDemo(Path directory, Consumer<String> say) {
    this.directory = directory;
    this.say = say;
  }

  public static void main(String[] args) throws IOException {
    Path directory = args.length > 0 ? Path.of(args[0]) : Files.createTempDirectory("election");
    run(Files.createDirectories(directory), System.out::println);
  }

  static void run(Path directory, Consumer<String> say) throws IOException {
    new ElectionDemo(directory, say).tell();
  }

  private void tell() throws IOException {
    try {
      for (String id : IDS) {
        start(id);
      }
      String first = leader();

      say.accept("%s stops".formatted(first));
      requireNonNull(running.remove(first)).stop();
      leader();

      start(first);
      leader();
    } finally {
      for (Server server : running.values()) {
        server.stop();
      }
    }
    for (String id : IDS) {
      try (MapDbStableStore store = open(id)) {
        say.accept("%s keeps %s".formatted(id, promise(store.load())));
      }
    }
  }

  private void start(String id) throws IOException {
    MapDbStableStore store = open(id);
    HardState stored = store.load();
    say.accept("%s starts with %s".formatted(id, promise(stored)));
    InmemTransport transport = new InmemTransport(id);
    for (Server peer : running.values()) {
      transport.connect(peer.transport());
      peer.transport().connect(transport);
    }
    RealHost host = new RealHost(id, transport, new RealDisk(directory));
    ElectionNode node =
        ElectionNode.start(
            RaftConfig.defaults(id),
            IDS,
            stored,
            store,
            host,
            ElectionParts.ELECTION,
            StepObserver.NONE);
    running.put(id, new Server(node, store, host, transport));
  }

  private MapDbStableStore open(String id) throws IOException {
    return new MapDbStableStore(directory.resolve(id + ".mapdb"));
  }

  private static String promise(HardState state) {
    String vote = state.getVotedFor().isEmpty() ? "no vote" : "a vote for " + state.getVotedFor();
    return "term " + state.getCurrentTerm() + ", " + vote;
  }

  /** Waits until all servers that run follow one leader. */
  private String leader() {
    ElectionNode leader =
        await().atMost(SOON).until(this::agreed, Optional::isPresent).orElseThrow();
    say.accept("%s leads in term %d".formatted(leader.id(), leader.term()));
    return leader.id();
  }

  private Optional<ElectionNode> agreed() {
    for (Server server : running.values()) {
      ElectionNode node = server.node();
      boolean followed =
          running.values().stream()
              .allMatch(
                  each ->
                      each.node().leader().equals(Optional.of(node.id()))
                          && each.node().term() == node.term());
      if (node.state() == Role.LEADER && followed) {
        return Optional.of(node);
      }
    }
    return Optional.empty();
  }
}
