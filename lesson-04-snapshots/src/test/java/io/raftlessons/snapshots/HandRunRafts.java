package io.raftlessons.snapshots;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.CoreFixture;
import io.raftlessons.core.Effects;
import io.raftlessons.core.HandRunHost;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.Role;
import io.raftlessons.membership.Configurations;
import io.raftlessons.membership.MembershipNode;
import io.raftlessons.replication.InmemLogStore;
import io.raftlessons.replication.StateMachine;
import io.raftlessons.runtime.InmemStableStore;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Whole servers, each with all its loops run by hand in a time that is the test's. What they send
 * arrives with the next millisecond; what is sent to a server that is cut off or down is lost.
 */
final class HandRunRafts {
  /** Remembers all commands, as lines. */
  static final class Lines implements StateMachine {
    private StringBuilder lines = new StringBuilder();

    /** Whether it throws when it is asked for a snapshot. */
    boolean broken;

    String text() {
      return lines.toString();
    }

    @Override
    public List<byte[]> apply(List<Command> batch) {
      batch.forEach(
          command -> lines.append(new String(command.data(), StandardCharsets.UTF_8)).append('\n'));
      return batch.stream().map(Command::data).toList();
    }

    @Override
    public Snapshot snapshot() {
      if (broken) {
        throw new IllegalStateException("no view");
      }
      byte[] now = text().getBytes(StandardCharsets.UTF_8);
      return out -> out.write(now);
    }

    @Override
    public void restore(InputStream snapshot) throws IOException {
      lines = new StringBuilder(new String(snapshot.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  /** What a server keeps when it is down. */
  static final class Stores {
    final InmemStableStore stable = new InmemStableStore();
    final InmemLogStore log = new InmemLogStore();
    SnapshotStore snapshots = new InmemSnapshotStore(() -> 1, 2);
  }

  private static final SnapshotConfig BOUNDS =
      new SnapshotConfig(1_000_000, Duration.ofHours(1), 0, 16, 1L << 40);

  final Map<String, Stores> stores = new TreeMap<>();
  final Map<String, Raft> rafts = new TreeMap<>();
  final Map<String, Lines> machines = new TreeMap<>();
  final TreeSet<String> cutOff = new TreeSet<>();

  /** Messages that are lost. */
  Predicate<Envelope> lost = message -> false;

  /** Sees every step before anything comes of it. */
  BiConsumer<String, Effects> stepped = (id, effects) -> {};

  /** How many messages carried bytes of a snapshot. */
  int chunks;

  private final SnapshotConfig bounds;
  private final Map<String, HandRunHost> hosts = new TreeMap<>();
  private final List<Envelope> underWay = new ArrayList<>();
  private long seed;

  private HandRunRafts(SnapshotConfig bounds) {
    this.bounds = bounds;
  }

  static HandRunRafts running(int servers) throws IOException {
    return running(servers, BOUNDS);
  }

  /** No server yet; those to come draw other numbers than those of a running group. */
  static HandRunRafts empty() {
    HandRunRafts group = new HandRunRafts(BOUNDS);
    group.seed = 1_000;
    return group;
  }

  /** A group of sN servers with a leader. */
  static HandRunRafts running(int servers, SnapshotConfig bounds) throws IOException {
    HandRunRafts group = new HandRunRafts(bounds);
    for (String id : CoreFixture.servers(servers)) {
      Stores stores = group.stores(id);
      MembershipNode.bootstrapCluster(
          stores.stable, stores.log, Configurations.ofVoters(CoreFixture.servers(servers)));
      group.start(id);
    }
    group.run(1_000);
    group.leader();
    return group;
  }

  Stores stores(String id) {
    return stores.computeIfAbsent(id, i -> new Stores());
  }

  /** Starts a server on what it has stored. */
  Raft start(String id) throws IOException {
    HandRunHost host = new HandRunHost(new SplittableRandom(++seed));
    host.onSend = underWay::add;
    Lines machine = new Lines();
    Stores kept = stores(id);
    Raft.Setup setup =
        SnapshotParts.setup(
            RaftConfig.defaults(id), bounds, (core, input, effects) -> stepped.accept(id, effects));
    Raft raft = Raft.create(setup, machine, kept.log, kept.stable, kept.snapshots, host);
    hosts.put(id, host);
    machines.put(id, machine);
    rafts.put(id, raft);
    return raft;
  }

  void kill(String id) {
    rafts.remove(id);
    hosts.remove(id);
  }

  /** For who runs the loops of a server one by one. */
  HandRunHost host(String id) {
    return requireNonNull(hosts.get(id));
  }

  Raft raft(String id) {
    return requireNonNull(rafts.get(id));
  }

  Lines machine(String id) {
    return requireNonNull(machines.get(id));
  }

  String text(String id) {
    return machine(id).text();
  }

  Raft leader() {
    List<Raft> leading =
        rafts.values().stream()
            .filter(n -> n.state() == Role.LEADER && !cutOff.contains(n.id()))
            .toList();
    assertThat(leading).hasSize(1);
    return leading.get(0);
  }

  String follower() {
    return rafts.keySet().stream()
        .filter(id -> raft(id).state() != Role.LEADER)
        .findFirst()
        .orElseThrow();
  }

  /** Lets milliseconds pass. */
  void run(int millis) {
    for (int i = 0; i < millis; i++) {
      List<Envelope> arriving = List.copyOf(underWay);
      underWay.clear();
      arriving.forEach(this::deliver);
      for (HandRunHost host : hosts.values()) {
        host.advance(1);
        host.settle();
      }
    }
  }

  private void deliver(Envelope message) {
    HandRunHost to = hosts.get(message.getTo());
    boolean cut = cutOff.contains(message.getTo()) || cutOff.contains(message.getFrom());
    if (to == null || cut || lost.test(message)) {
      return;
    }
    if (message.getBodyCase() == BodyCase.INSTALL_SNAPSHOT
        && !message.getInstallSnapshot().getData().isEmpty()) {
      chunks++;
    }
    to.deliver(message);
  }

  /** Lets time pass until a call is answered, at most 10 s. */
  <T extends @Nullable Object> T await(CompletableFuture<T> call) {
    for (int i = 0; i < 10_000 && !call.isDone(); i++) {
      run(1);
    }
    assertThat(call).isDone();
    return call.join();
  }

  /** Commands with these numbers are applied at the leader. */
  void write(int from, int to) {
    for (int i = from; i <= to; i++) {
      await(leader().apply(("command " + i).getBytes(StandardCharsets.UTF_8)));
    }
  }
}
