package io.raftlessons.election;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.Role;
import io.raftlessons.core.StepObserver;
import io.raftlessons.runtime.GrpcOptions;
import io.raftlessons.runtime.GrpcTransport;
import io.raftlessons.runtime.InmemStableStore;
import io.raftlessons.runtime.RealDisk;
import io.raftlessons.runtime.RealHost;
import io.raftlessons.wire.HardState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
  private final List<GrpcTransport> transports = new ArrayList<>();
  private final List<Server> servers = new ArrayList<>();

  @BeforeEach
  void startAll() throws IOException {
    for (String id : IDS) {
      GrpcTransport transport = new GrpcTransport(GrpcOptions.builder(id, CLUSTER).build());
      transports.add(transport);
      transport.start();
    }
    for (int i = 0; i < IDS.size(); i++) {
      for (int peer = 0; peer < IDS.size(); peer++) {
        transports.get(i).addPeer(IDS.get(peer), transports.get(peer).advertisedAddress());
      }
      servers.add(start(IDS.get(i), transports.get(i)));
    }
  }

  private Server start(String id, GrpcTransport transport) throws IOException {
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
            new InmemStableStore(),
            host,
            ElectionParts.ELECTION,
            StepObserver.NONE);
    return new Server(node, host);
  }

  @AfterEach
  void stopAll() {
    transports.forEach(GrpcTransport::close);
    servers.forEach(server -> server.host().close());
  }

  @Test
  void oneLeaderIsElectedAndReplacedWhenItsHostEnds() {
    Server first = awaitLeader();
    long term = first.node().term();

    servers.remove(first);
    first.host().close();

    Server second = awaitLeader();
    assertThat(second.node().term()).isGreaterThan(term);
    assertThat(servers).hasSize(2).allMatch(server -> server.node().failure().isEmpty());
  }

  private Server awaitLeader() {
    return await().atMost(SOON).until(this::leader, Optional::isPresent).orElseThrow();
  }

  /** The one leader, if all servers that are left name it. */
  private Optional<Server> leader() {
    List<Server> leading =
        servers.stream().filter(server -> server.node().state() == Role.LEADER).toList();
    if (leading.size() != 1) {
      return Optional.empty();
    }
    Optional<String> id = Optional.of(leading.get(0).node().id());
    return servers.stream().allMatch(server -> server.node().leader().equals(id))
        ? Optional.of(leading.get(0))
        : Optional.empty();
  }
}
