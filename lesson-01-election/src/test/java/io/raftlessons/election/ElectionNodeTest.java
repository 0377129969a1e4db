package io.raftlessons.election;

import static io.raftlessons.core.CoreFixture.hardState;
import static io.raftlessons.core.CoreFixture.servers;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.HandRunHost;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.Role;
import io.raftlessons.core.Standing.Status;
import io.raftlessons.core.StepObserver;
import io.raftlessons.runtime.StableStore;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.HardState;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Three servers on hosts that the test runs by hand, a millisecond at a time. */
class ElectionNodeTest {
  /** Keeps what was saved; fails when the test says so. */
  private static final class MemoryStable implements StableStore {
    private final List<HardState> saved = new ArrayList<>();
    private boolean broken;

    @Override
    public HardState load() {
      return saved.isEmpty() ? HardState.getDefaultInstance() : saved.get(saved.size() - 1);
    }

    @Override
    public void save(HardState state) throws IOException {
      if (broken) {
        throw new IOException("no space left");
      }
      saved.add(state);
    }

    @Override
    public void close() {}
  }

  private static final class Server {
    final HandRunHost host;
    final MemoryStable stable = new MemoryStable();
    final ElectionNode node;
    final List<Status> observed = new ArrayList<>();
    boolean cutOff;

    Server(String id, List<String> voters, long seed) {
      host = new HandRunHost(new SplittableRandom(seed));
      stable.saved.add(hardState(7, ""));
      node =
          ElectionNode.start(
              RaftConfig.defaults(id),
              voters,
              stable.load(),
              stable,
              host,
              ElectionFixture.FACTORY,
              StepObserver.NONE);
      node.observe(observed::add);
    }
  }

  private final Map<String, Server> group = new TreeMap<>();
  private final ArrayDeque<Envelope> wire = new ArrayDeque<>();

  private void start(int servers) {
    for (String id : servers(servers)) {
      Server server = new Server(id, servers(servers), id.charAt(1));
      server.host.onSend = message -> wire.add(message);
      group.put(id, server);
    }
  }

  private Server server(String id) {
    return requireNonNull(group.get(id));
  }

  private void run(int millis) {
    for (int i = 0; i < millis; i++) {
      for (Server server : group.values()) {
        server.host.advance(1);
        server.host.settle();
      }
      for (Envelope message = wire.poll(); message != null; message = wire.poll()) {
        Server to = server(message.getTo());
        if (!to.cutOff && !server(message.getFrom()).cutOff) {
          to.host.deliver(message);
          to.host.settle();
        }
      }
    }
  }

  private List<Server> inRole(Role role) {
    return group.values().stream().filter(s -> s.node.state() == role).toList();
  }

  private Server leader() {
    List<Server> leaders = inRole(Role.LEADER);
    assertThat(leaders).hasSize(1);
    return leaders.get(0);
  }

  @Test
  void beforeAnElectionAServerKnowsItsTermOnly() {
    start(3);
    Server server = server("s2");
    assertThat(server.node.id()).isEqualTo("s2");
    assertThat(server.node.status()).isEqualTo(new Status(Role.FOLLOWER, 7, ""));
    assertThat(server.node.leader()).isEmpty();
    assertThat(server.node.failure()).isEmpty();
  }

  @Test
  void threeServersElectALeaderThatAllKnow() {
    start(3);
    run(1000);

    String leader = leader().node.id();
    assertThat(inRole(Role.FOLLOWER)).hasSize(2);
    for (Server server : group.values()) {
      assertThat(server.node.leader()).contains(leader);
      assertThat(server.node.term()).isEqualTo(leader().node.term()).isGreaterThan(7);
      assertThat(server.stable.load().getCurrentTerm()).isEqualTo(server.node.term());
    }
    assertThat(leader().node.stats())
        .containsExactly(
            Map.entry("leader", leader),
            Map.entry("num_peers", "2"),
            Map.entry("state", "LEADER"),
            Map.entry("term", Long.toString(leader().node.term())));
  }

  @Test
  void aLeaderThatIsHeardStaysForGood() {
    start(3);
    run(1000);
    Status before = leader().node.status();
    run(5000);
    assertThat(leader().node.status()).isEqualTo(before);
  }

  @Test
  void aNewLeaderTakesOverAndTheOldOneFollowsWhenItIsBack() {
    start(3);
    run(1000);
    Server old = leader();
    long oldTerm = old.node.term();
    old.cutOff = true;
    run(2000);

    assertThat(old.node.state()).isEqualTo(Role.FOLLOWER);
    assertThat(old.node.term()).isEqualTo(oldTerm);
    assertThat(old.node.leader()).isEmpty();
    Server next = leader();
    assertThat(next.node.term()).isGreaterThan(oldTerm);

    old.cutOff = false;
    run(1000);
    assertThat(leader()).isSameAs(next);
    assertThat(old.node.status())
        .isEqualTo(new Status(Role.FOLLOWER, next.node.term(), next.node.id()));
  }

  @Test
  void observersSeeEveryChangeInOrder() {
    start(1);
    run(1000);
    assertThat(server("s1").observed)
        .containsExactly(new Status(Role.CANDIDATE, 8, ""), new Status(Role.LEADER, 8, "s1"));
  }

  @Test
  void aRunDependsOnItsSeedsAlone() {
    start(3);
    run(3000);
    List<List<Status>> first = group.values().stream().map(s -> s.observed).toList();
    group.clear();
    start(3);
    run(3000);
    assertThat(group.values().stream().map(s -> s.observed).toList()).isEqualTo(first);
  }

  /** Election safety (Figure 3): no two leaders of a term, whoever is cut off. */
  @Test
  void everyTermHasOneLeader() {
    start(5);
    Map<Long, TreeSet<String>> leaders = new TreeMap<>();
    SplittableRandom random = new SplittableRandom(5);
    for (int round = 0; round < 40; round++) {
      group.values().forEach(s -> s.cutOff = random.nextInt(5) < 2);
      run(random.nextInt(600));
      for (Server server : group.values()) {
        for (Status status : server.observed) {
          if (status.role() == Role.LEADER) {
            leaders.computeIfAbsent(status.term(), t -> new TreeSet<>()).add(server.node.id());
          }
        }
      }
    }
    assertThat(leaders.size()).isGreaterThan(3);
    assertThat(leaders.values()).allSatisfy(ids -> assertThat(ids).hasSize(1));
  }

  @Test
  void shutdownCompletesAfterTheLastWriteAndSilencesTheServer() {
    start(1);
    Server server = server("s1");
    while (server.host.io().idle()) {
      server.host.advance(1);
    }
    var stopped = server.node.shutdown();
    server.host.raft().run();
    server.host.loop("callbacks").run();
    assertThat(stopped).isNotDone();
    assertThat(server.stable.saved).hasSize(1);

    server.host.settle();

    assertThat(stopped).isCompleted();
    assertThat(server.stable.load()).isEqualTo(hardState(8, "s1"));
    server.host.advance(2000);
    server.host.settle();
    assertThat(server.stable.saved).hasSize(2);
    assertThat(server.host.raft().alarms()).isZero();
  }

  @Test
  void aServerThatIsShutDownLeadsNobody() {
    start(3);
    run(1000);
    Server server = leader();
    server.host.sent.clear();

    var first = server.node.shutdown();
    var second = server.node.shutdown();
    server.host.settle();

    assertThat(first).isCompleted();
    assertThat(second).isCompleted();
    assertThat(server.node.state()).isEqualTo(Role.FOLLOWER);
    assertThat(server.node.leader()).isEmpty();
    assertThat(server.observed)
        .as("once, for two calls")
        .endsWith(
            new Status(Role.LEADER, server.node.term(), server.node.id()),
            new Status(Role.FOLLOWER, server.node.term(), ""));
    run(2000);
    assertThat(server.host.sent).isEmpty();
    assertThat(server.node.failure()).isEmpty();
    assertThat(leader().node.term()).isGreaterThan(server.node.term());
  }

  @Test
  void aFailedStoreStopsTheServerAndSaysWhy() {
    start(3);
    run(1000);
    Server server = leader();
    long term = server.node.term();
    server.stable.broken = true;
    server.cutOff = true;
    run(2000);
    server.cutOff = false;
    run(2000);

    assertThat(server.node.failure()).get().asString().contains("no space left");
    assertThat(server.node.leader()).isEmpty();
    assertThat(server.node.state()).isEqualTo(Role.FOLLOWER);
    assertThat(server.stable.load().getCurrentTerm()).isEqualTo(term);
    assertThat(server.host.raft().alarms()).isZero();
    assertThat(leader().node.failure()).isEmpty();
  }

  /** Observers are told of every change, also of the last one. */
  @Test
  void observersSeeAFailureToo() {
    start(1);
    Server server = server("s1");
    server.stable.broken = true;
    run(1000);
    assertThat(server.observed)
        .containsExactly(new Status(Role.CANDIDATE, 8, ""), new Status(Role.FOLLOWER, 8, ""));
    assertThat(server.node.failure()).isPresent();
  }
}
