package io.raftlessons.replication.sim;

import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.StepObserver;
import io.raftlessons.election.Election;
import io.raftlessons.replication.Applied;
import io.raftlessons.replication.Reads;
import io.raftlessons.replication.Replication;
import io.raftlessons.replication.ReplicationConfig;
import io.raftlessons.replication.ReplicationNode;
import io.raftlessons.replication.StateMachine;
import io.raftlessons.sim.Check;
import io.raftlessons.sim.ElectionChecks;
import io.raftlessons.sim.Nemesis;
import io.raftlessons.sim.Scenario;
import io.raftlessons.sim.SimHost;
import io.raftlessons.sim.SimRandom;
import io.raftlessons.sim.SimWorld;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Lesson 2 in a world of faults: servers on file stores, and their {@link SimService}. */
public final class ReplicationScenario implements Scenario {
  private static final long MILLI = 1_000_000;

  /** How the servers of a group that stays the same are made: by lesson 2 or a later one. */
  public interface Servers {
    /** What has to be on the disk before a server's first start. */
    default void prepare(SimStores.Opened stores, List<String> voters) throws IOException {}

    SimServer start(
        RaftConfig config,
        ReplicationConfig bounds,
        List<String> voters,
        SimStores.Opened stores,
        StateMachine machine,
        SimHost host,
        StepObserver observer)
        throws IOException;
  }

  private final Servers servers;

  /** Takes the reference parts, or a student's. */
  public ReplicationScenario(
      Election.Factory election, Replication.Factory replication, Reads.Factory reads) {
    this(
        (config, bounds, voters, stores, machine, host, observer) ->
            reachable(
                ReplicationNode.start(
                    new ReplicationNode.Setup(
                        config, bounds, voters, election, replication, reads, observer),
                    stores.stable(),
                    stores.log(),
                    machine,
                    host)));
  }

  /** The same world, on the servers of a later lesson. */
  public ReplicationScenario(Servers servers) {
    this.servers = servers;
  }

  private static SimServer reachable(ReplicationNode node) {
    return new SimServer() {
      @Override
      public CompletableFuture<Applied> apply(byte[] command) {
        return node.apply(command);
      }

      @Override
      public CompletableFuture<Long> readIndex() {
        return node.readIndex();
      }

      @Override
      public <T extends @Nullable Object> CompletableFuture<T> read(Supplier<T> query) {
        return node.read(query);
      }
    };
  }

  @Override
  public String name() {
    return "replication";
  }

  @Override
  public Run prepare(long seed) {
    return new ReplicationRun(seed);
  }

  private final class ReplicationRun implements Run, Check {
    private final SimRandom random;
    private final SimWorld world;
    private final List<String> ids;
    private final SimStores stores;
    private final LogChecks logs;
    private final SimService service;

    ReplicationRun(long seed) {
      random = new SimRandom(~seed);
      int[] sizes = {3, 3, 3, 5, 5, 4, 2, 1};
      int size = sizes[random.nextInt(sizes.length)];
      ids = IntStream.rangeClosed(1, size).mapToObj(i -> "n" + i).toList();
      stores = new SimStores(random);
      List<Check> checks = new ArrayList<>();
      world = new SimWorld(seed, ids, this::start, checks);
      logs = new LogChecks(world.reach(), true);
      checks.add(new ElectionChecks(world.reach()));
      checks.add(logs);
      checks.add(this);
      service = new SimService(world, random, logs);
    }

    private void start(SimHost host, StepObserver observer) throws IOException {
      SimStores.Opened opened = stores.open(world, host);
      servers.prepare(opened, ids);
      logs.restarted(host.id(), opened.log());
      CountingMachine machine = new CountingMachine();
      RaftConfig config = RaftConfig.defaults(host.id());
      SimServer server =
          servers.start(config, stores.bounds(), ids, opened, machine, host, observer);
      service.started(host.id(), server, machine);
    }

    @Override
    public void crashed(String id) {
      service.crashed(id);
    }

    @Override
    public SimWorld world() {
      return world;
    }

    @Override
    public void play() {
      ids.forEach(world::start);
      service.begin();
      Nemesis nemesis = new Nemesis(world);
      nemesis.start();
      world.runUntil(random.between(500, 6_000) * MILLI);
      world.runUntil(nemesis.stop());
      long healed = world.now();
      service.goesOn(healed);
      service.end();
      service.comesToTheSame(healed, () -> ids);
      service.wasLinearizable();
    }
  }
}
