package io.raftlessons.cluster.sim;

import io.raftlessons.cluster.raft.RaftGroup;
import io.raftlessons.cluster.raft.ReadPolicy;
import io.raftlessons.cluster.raft.SharedTransport;
import io.raftlessons.cluster.router.Router;
import io.raftlessons.cluster.router.RouterException;
import io.raftlessons.cluster.router.RouterOptions;
import io.raftlessons.core.Effects;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.RaftCore;
import io.raftlessons.core.StepObserver;
import io.raftlessons.election.ReferenceElection;
import io.raftlessons.membership.Configurations;
import io.raftlessons.membership.MembershipNode;
import io.raftlessons.membership.ReadLevels;
import io.raftlessons.membership.ReadOptions;
import io.raftlessons.membership.ReferenceMembership;
import io.raftlessons.membership.ReferenceReadLevels;
import io.raftlessons.replication.ReferenceReplication;
import io.raftlessons.replication.ReplicationConfig;
import io.raftlessons.replication.SegmentedLogStore;
import io.raftlessons.replication.history.History;
import io.raftlessons.replication.history.Operation;
import io.raftlessons.replication.keyvalue.KeyValueCommands;
import io.raftlessons.replication.keyvalue.KeyValueMachine;
import io.raftlessons.replication.keyvalue.wire.Request;
import io.raftlessons.replication.sim.HistoryCheck;
import io.raftlessons.replication.sim.LogChecks;
import io.raftlessons.replication.sim.Workload;
import io.raftlessons.runtime.FileStableStore;
import io.raftlessons.sim.Check;
import io.raftlessons.sim.ElectionChecks;
import io.raftlessons.sim.Nemesis;
import io.raftlessons.sim.Reach;
import io.raftlessons.sim.Scenario;
import io.raftlessons.sim.SimHost;
import io.raftlessons.sim.SimRandom;
import io.raftlessons.sim.SimWorld;
import io.raftlessons.sim.Violation;
import io.raftlessons.snapshots.FileSnapshotStore;
import io.raftlessons.snapshots.Raft;
import io.raftlessons.snapshots.ReferenceSnapshots;
import io.raftlessons.snapshots.SnapshotConfig;
import io.raftlessons.snapshots.SnapshotEffect;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Everything of a node but its HTTP, in a world of faults: calls at every node, forwarded, retried,
 * while leaders hand over. When all has healed every node is asked for everything, and what the
 * callers saw from first to last must be what is promised. Unless reads may be stale, that is to be
 * linearizable: a call that was answered took effect once; one that failed at most once, and not at
 * all if that is what its failure says.
 */
final class ClusterScenario implements Scenario {
  private static final long MILLI = 1_000_000;
  private static final long DEADLINE = 3_000 * MILLI;
  private static final long LIVENESS_BOUND = 20_000 * MILLI;

  private final String name;
  private final ReadPolicy reads;
  private final ReadOptions options;
  private final Promise promise;

  /** What is checked of what the clients have seen. */
  interface Promise {
    void check(List<Operation> history, Reach reach);
  }

  /** As nodes are if nobody sets anything. */
  ClusterScenario() {
    this("cluster", ReadPolicy.LEADER, ReadOptions.DEFAULTS, HistoryCheck::check);
  }

  ClusterScenario(String name, ReadPolicy reads, ReadOptions options, Promise promise) {
    this.name = name;
    this.reads = reads;
    this.options = options;
    this.promise = promise;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Run prepare(long seed) {
    return new ClusterRun(seed);
  }

  private final class ClusterRun implements Run, Check {
    private final SimRandom random;
    private final SimWorld world;
    private final LogChecks logs;
    private final List<String> ids = List.of("n1", "n2", "n3");
    private final KeyValueMachine.Limits limits;
    private final SnapshotConfig snapshotConfig;
    private final Map<String, Router> routers = new TreeMap<>();
    private final Map<String, Raft> nodes = new TreeMap<>();
    private final Map<String, ReadLevels> levels = new TreeMap<>();
    private final History history;
    private final Workload workload;
    private long called;
    private boolean calling = true;

    ClusterRun(long seed) {
      random = new SimRandom(~seed);
      limits = limits();
      snapshotConfig = snapshotConfig();
      List<Check> checks = new ArrayList<>();
      world = new SimWorld(seed, ids, this::start, checks);
      logs = new LogChecks(world.reach(), false);
      checks.add(new ElectionChecks(world.reach()));
      checks.add(logs);
      checks.add(this);
      history = new History(world::now);
      workload = new Workload(random.split());
    }

    /** Sometimes so few sessions that living ones are evicted. */
    private KeyValueMachine.Limits limits() {
      KeyValueMachine.Limits d = KeyValueMachine.Limits.defaults();
      return new KeyValueMachine.Limits(
          random.chance(0.2) ? 400 : d.sessionTimeoutMillis(),
          random.chance(0.3) ? 2 : d.maxSessions(),
          d.maxResultsPerSession(),
          d.idempotencyRetentionMillis(),
          d.maxIdempotencyKeys(),
          d.maxKeyLength(),
          d.maxValueLength(),
          d.maxResultChars());
    }

    /** Often so few records that nodes get snapshots from the leader. */
    private SnapshotConfig snapshotConfig() {
      long records = random.chance(0.7) ? random.between(2, 60) : 1_000_000;
      return new SnapshotConfig(
          records,
          Duration.ofMillis(random.between(20, 400)),
          random.chance(0.5) ? 0 : records,
          (int) random.between(64, 4_096),
          1L << 30);
    }

    @Override
    public void stepped(String server, RaftCore core, Object input, Effects effects) {
      for (SnapshotEffect.Restore restore : effects.of(SnapshotEffect.Restore.class)) {
        logs.restoring(server, restore.meta().getIndex());
        world.reach().count("snapshot of another node");
      }
    }

    private void start(SimHost host, StepObserver observer) throws IOException {
      SharedTransport transport = new SharedTransport(host.transport());
      FileStableStore stable = new FileStableStore(host.disk(), "");
      SegmentedLogStore log =
          SegmentedLogStore.open(
              host.disk(),
              host.loop("prealloc"),
              new SegmentedLogStore.Options("log", 65_536, 65_536, 65_536));
      FileSnapshotStore snapshots =
          FileSnapshotStore.open(
              host.disk(), host::wallClockMillis, FileSnapshotStore.Options.defaults(""));
      if (!MembershipNode.hasExistingState(stable, log)) {
        MembershipNode.bootstrapCluster(stable, log, Configurations.ofVoters(ids));
      }
      long firstRequest = host.random().nextLong() >>> 1;
      Raft.Setup setup =
          new Raft.Setup(
              RaftConfig.defaults(host.id()),
              ReplicationConfig.defaults(),
              snapshotConfig,
              ReferenceElection::new,
              ReferenceReplication::new,
              (config, how, stored, replication, electorate, transfer) -> {
                ReadLevels level =
                    new ReferenceReadLevels(config, how, stored, replication, electorate, transfer);
                levels.put(host.id(), level);
                return level;
              },
              options,
              ReferenceMembership::new,
              ReferenceSnapshots::new,
              observer);
      KeyValueMachine machine = new KeyValueMachine(limits);
      Raft node = Raft.create(setup, machine, log, stable, snapshots, transport.on(host));
      logs.restarted(host.id(), log, node.latestSnapshot().map(SnapshotMeta::getIndex).orElse(0L));
      nodes.put(host.id(), node);
      RaftGroup group =
          new RaftGroup(
              host.loop("group"), transport, node, machine::query, reads, 0, firstRequest);
      routers.put(host.id(), new Router(host.loop("router"), group, RouterOptions.defaults()));
    }

    @Override
    public void crashed(String id) {
      routers.remove(id);
      nodes.remove(id);
      count(levels.remove(id));
    }

    private void count(@Nullable ReadLevels of) {
      if (of != null) {
        world.reach().add("read by lease", of.served().byLease());
        world.reach().add("read by the leader's word", of.served().byLeader());
        world.reach().add("read that was stale at once", of.served().stale());
      }
    }

    @Override
    public SimWorld world() {
      return world;
    }

    @Override
    public void play() {
      ids.forEach(world::start);
      world.after(0, this::callOn);
      Nemesis nemesis = new Nemesis(world);
      nemesis.start();
      world.runUntil(random.between(500, 5_000) * MILLI);
      world.runUntil(nemesis.stop());
      calling = false;
      for (String id : ids) {
        long healed = world.now();
        Set<String> unread = new TreeSet<>(workload.keys());
        workload.keys().forEach(key -> readOn(id, key, unread));
        if (!world.runUntil(healed + LIVENESS_BOUND, unread::isEmpty)) {
          throw new Violation("Liveness", id + " answers no call, all faults healed");
        }
      }
      levels.values().forEach(this::count);
      promise.check(history.operations(), world.reach());
    }

    private void readOn(String id, String key, Set<String> unread) {
      Router router = routers.get(id);
      if (router == null) {
        world.after(10 * MILLI, () -> readOn(id, key, unread));
        return;
      }
      call(
          id,
          router,
          KeyValueCommands.get(key),
          Optional.empty(),
          answered -> {
            if (answered) {
              unread.remove(key);
            } else {
              readOn(id, key, unread);
            }
          });
    }

    private void callOn() {
      if (!calling) {
        return;
      }
      String id = ids.get(random.nextInt(ids.size()));
      Router router = routers.get(id);
      if (router != null) {
        long number = ++called;
        Optional<String> key = random.chance(0.3) ? Optional.of("key-" + number) : Optional.empty();
        Request operation = workload.next();
        if (world.operation()) {
          call(id, router, operation, key, answered -> {});
        }
      }
      Raft perhapsLeader = nodes.get(ids.get(random.nextInt(ids.size())));
      boolean transfer = random.chance(0.02);
      if (perhapsLeader != null && transfer && world.operation()) {
        perhapsLeader
            .leadershipTransfer()
            .thenRun(() -> world.reach().count("leadership handed over"));
      }
      world.after(random.between(MILLI, 60 * MILLI), this::callOn);
    }

    private void call(
        String client,
        Router router,
        Request operation,
        Optional<String> idempotencyKey,
        Consumer<Boolean> ended) {
      History.Call call = history.call(client, operation);
      router
          .call(operation, idempotencyKey, DEADLINE)
          .whenComplete(
              (reply, failure) -> {
                try {
                  if (reply != null) {
                    call.answered(reply);
                    workload.answered(operation, reply);
                    world.reach().count("call answered");
                  } else {
                    failed(call, failure);
                  }
                  ended.accept(reply != null);
                } catch (Violation broken) {
                  // Thrown on, it would only fail a future that nobody looks at.
                  world.violated(broken);
                } catch (RuntimeException e) {
                  world.violated(new Violation("AnswersMakeSense", operation + ": " + e));
                }
              });
    }

    private void failed(History.Call call, @Nullable Throwable failure) {
      if (!(failure instanceof RouterException known)) {
        throw new Violation("OnlyKnownFailures", String.valueOf(failure));
      }
      world.reach().count("call failed: " + known.kind());
      if (known.changedNothing()) {
        world.reach().count("call failed and surely changed nothing");
        call.failed();
      }
    }
  }
}
