package io.raftlessons.election;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.Role;
import io.raftlessons.core.StepObserver;
import io.raftlessons.runtime.GrpcOptions;
import io.raftlessons.runtime.GrpcTransport;
import io.raftlessons.runtime.RealDisk;
import io.raftlessons.runtime.RealHost;
import io.raftlessons.runtime.StableStore;
import io.raftlessons.wire.HardState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three servers with real threads and real sockets. */
@Timeout(120)
class RealClusterTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final List<String> IDS = List.of("n1", "n2", "n3");
  private static final long CLUSTER = 7;

  private record Server(ElectionNode node, RealHost host) {}

  @TempDir Path directory;
  private final Map<String, GrpcTransport> transports = new TreeMap<>();
  private final Map<String, Server> servers = new TreeMap<>();

  @BeforeEach
  void startAll() throws IOException {
    for (String id : IDS) {
      GrpcTransport transport = new GrpcTransport(GrpcOptions.builder(id, CLUSTER).build());
      transports.put(id, transport);
      transport.start();
    }
    for (String id : IDS) {
      GrpcTransport transport = transports.get(id);
      transports.forEach((peer, other) -> transport.addPeer(peer, other.advertisedAddress()));
      RealHost host = new RealHost(id, transport, new RealDisk(directory.resolve(id)));
      RaftConfig config =
          RaftConfig.builder(id)
              .cluster(CLUSTER)
              .electionTimeout(Duration.ofMillis(400))
              .heartbeatInterval(Duration.ofMillis(50))
              .build();
      ElectionNode node =
          ElectionNode.start(
              config,
              IDS,
              HardState.getDefaultInstance(),
              new Memory(),
              host,
              ReferenceElection::new,
              StepObserver.NONE);
      servers.put(id, new Server(node, host));
    }
  }

  @AfterEach
  void stopAll() {
    transports.values().forEach(GrpcTransport::close);
    servers.values().forEach(server -> server.host().close());
  }

  @Test
  void oneLeaderIsElectedAndReplacedWhenItsHostEnds() {
    await().atMost(SOON).until(() -> agreed(servers.values()).isPresent());
    String first = agreed(servers.values()).orElseThrow();
    long term = servers.get(first).node().term();

    servers.remove(first).host().close();

    await()
        .atMost(SOON)
        .until(() -> agreed(servers.values()).filter(leader -> !leader.equals(first)).isPresent());
    String second = agreed(servers.values()).orElseThrow();
    assertThat(servers).containsKey(second);
    assertThat(servers.get(second).node().term()).isGreaterThan(term);
    assertThat(servers.values()).allMatch(server -> server.node().failure().isEmpty());
  }

  /** The leader, if there is exactly one and all these servers name it. */
  private static Optional<String> agreed(Collection<Server> servers) {
    List<String> leading =
        servers.stream()
            .filter(server -> server.node().state() == Role.LEADER)
            .map(server -> server.node().id())
            .toList();
    boolean named =
        servers.stream().map(server -> server.node().leader()).distinct().toList().size() == 1;
    return leading.size() == 1 && named ? Optional.of(leading.get(0)) : Optional.empty();
  }

  private static final class Memory implements StableStore {
    private HardState state = HardState.getDefaultInstance();

    @Override
    public HardState load() {
      return state;
    }

    @Override
    public void save(HardState next) {
      state = next;
    }

    @Override
    public void close() {}
  }
}
