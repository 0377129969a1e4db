package io.raftlessons.membership;

import static java.util.Objects.requireNonNull;

import io.raftlessons.core.Effects;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.RaftCore;
import io.raftlessons.core.Role;
import io.raftlessons.core.StepObserver;
import io.raftlessons.replication.RaftException;
import io.raftlessons.replication.ReplicationConfig;
import io.raftlessons.replication.SegmentedLogStore;
import io.raftlessons.replication.keyvalue.KeyValueCommands;
import io.raftlessons.replication.sim.CountingMachine;
import io.raftlessons.replication.sim.LogChecks;
import io.raftlessons.runtime.FileStableStore;
import io.raftlessons.sim.Check;
import io.raftlessons.sim.ElectionChecks;
import io.raftlessons.sim.Nemesis;
import io.raftlessons.sim.Scenario;
import io.raftlessons.sim.SimHost;
import io.raftlessons.sim.SimRandom;
import io.raftlessons.sim.SimWorld;
import io.raftlessons.sim.Violation;
import io.raftlessons.wire.Configuration;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * Reads of all levels at all servers of a fixed group, in a world of faults, hand-overs, and clocks
 * that drift. What a read must see is what any server knew to be committed when it began, or, if it
 * may be stale, as long before as its bound says.
 */
final class ReadScenario implements Scenario {
  private static final long MILLI = 1_000_000;
  private static final long LIVENESS_BOUND = 20_000 * MILLI;

  private final String name;
  private final ReadOptions options;
  private final double rateBound;

  /**
   * @param rateBound every clock runs at most by this share faster or slower than the world's
   */
  ReadScenario(String name, ReadOptions options, double rateBound) {
    this.name = name;
    this.options = options;
    this.rateBound = rateBound;
  }

  /** Clocks drift as much as the options allow: the fastest against the slowest. */
  static ReadScenario withinTheBound() {
    ReadOptions options = ReadOptions.withLeases(0.5);
    return new ReadScenario(
        "reads", options, options.maxClockDrift() / (2 + options.maxClockDrift()));
  }

  /** The fastest clock runs more than twice as fast as the slowest, and nobody was told. */
  static ReadScenario beyondTheBound() {
    return new ReadScenario("reads-drifting", ReadOptions.withLeases(0.001), 0.4);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Run prepare(long seed) {
    return new ReadRun(seed);
  }

  private final class ReadRun implements Run, Check {
    private final SimRandom random;
    private final SimWorld world;
    private final List<String> ids;
    private final Configuration configuration;
    private final LogChecks logs;
    private final Map<String, MembershipNode> nodes = new TreeMap<>();
    private final Map<String, CountingMachine> machines = new TreeMap<>();
    private final Map<String, ReadLevels> levels = new TreeMap<>();
    private final Map<String, ReadLevels.Served> served = new TreeMap<>();

    /** How many commands were committed, by the time since when. */
    private final TreeMap<Long, Long> committedAt = new TreeMap<>(Map.of(0L, 0L));

    private long proposed;
    private boolean active = true;
    private boolean faults = true;

    ReadRun(long seed) {
      random = new SimRandom(~seed);
      int[] voters = {3, 3, 3, 5, 4, 1};
      int voting = voters[random.nextInt(voters.length)];
      int size = voting + (random.chance(0.3) ? 2 : 0);
      ids = IntStream.rangeClosed(1, size).mapToObj(i -> "n" + i).toList();
      Configuration.Builder group = Configurations.ofVoters(ids.subList(0, voting)).toBuilder();
      ids.subList(voting, size).forEach(id -> group.addServers(Configurations.nonvoter(id, id)));
      configuration = group.build();
      List<Check> checks = new ArrayList<>();
      world = new SimWorld(seed, ids, this::start, checks);
      logs = new LogChecks(world.reach(), true);
      checks.add(new ElectionChecks(world.reach()));
      checks.add(logs);
      checks.add(this);
      drift();
    }

    /** Mostly one clock is slow and all others are fast: its server is the leader to be. */
    private void drift() {
      long most = (long) (rateBound * 1_000_000);
      boolean oneSlow = random.chance(0.7);
      String slow = any();
      for (String id : ids) {
        long drift = id.equals(slow) ? -most : most;
        world.drift(id, oneSlow ? drift : random.between(-most, most));
      }
    }

    private void start(SimHost host, StepObserver observer) throws IOException {
      String id = host.id();
      FileStableStore stable = new FileStableStore(host.disk(), "");
      SegmentedLogStore log =
          SegmentedLogStore.open(
              host.disk(),
              host.loop("prealloc"),
              new SegmentedLogStore.Options("log", 4096, 4096, 16_384));
      if (!MembershipNode.hasExistingState(stable, log)) {
        MembershipNode.bootstrapCluster(stable, log, configuration);
      }
      logs.restarted(id, log);
      CountingMachine machine = new CountingMachine();
      MembershipNode.Setup reference = MembershipParts.setup(RaftConfig.defaults(id));
      MembershipNode.Setup setup =
          new MembershipNode.Setup(
              reference.config(),
              ReplicationConfig.defaults(),
              reference.election(),
              reference.replication(),
              (config, options, stored, replication, electorate, transfer) -> {
                ReadLevels made =
                    ReadFixture.FACTORY.create(
                        config, options, stored, replication, electorate, transfer);
                levels.put(id, made);
                served.put(id, made.served());
                return made;
              },
              options,
              reference.membership(),
              observer);
      nodes.put(id, MembershipNode.start(setup, stable, log, machine, host));
      machines.put(id, machine);
    }

    @Override
    public void crashed(String id) {
      nodes.remove(id);
      machines.remove(id);
      levels.remove(id);
    }

    @Override
    public void stepped(String id, RaftCore core, Object input, Effects effects) {
      if (logs.committedCommands() > committedAt.lastEntry().getValue()) {
        committedAt.put(world.now(), logs.committedCommands());
      }
      ReadLevels.Served now = requireNonNull(levels.get(id)).served();
      ReadLevels.Served before = served.put(id, now);
      world.reach().add("read by lease", now.byLease() - before.byLease());
      world.reach().add("read by the leader's word", now.byLeader() - before.byLeader());
      world.reach().add("read that was stale at once", now.stale() - before.stale());
    }

    @Override
    public SimWorld world() {
      return world;
    }

    @Override
    public void play() {
      ids.forEach(world::start);
      world.after(0, this::writeOn);
      world.after(0, this::readOn);
      world.after(300 * MILLI, this::handOverOn);
      world.after(300 * MILLI, this::cutOffLeadersOn);
      Nemesis nemesis = new Nemesis(world);
      nemesis.start();
      world.runUntil(random.between(500, 6_000) * MILLI);
      faults = false;
      world.runUntil(nemesis.stop());
      long healed = world.now();
      for (String what :
          List.of(
              "write acknowledged", "read by lease", "Linearizable read", "BoundedStale read")) {
        long before = world.reach().of(what);
        if (!world.runUntil(healed + LIVENESS_BOUND, () -> world.reach().of(what) > before)) {
          throw new Violation("Liveness", what + ": no more, all healed:" + world.describe());
        }
      }
      active = false;
    }

    /** A leader that nobody hears does not know when another is elected: that is a lease's hour. */
    private void cutOffLeadersOn() {
      if (!faults) {
        return;
      }
      String leader = leaderOrAny();
      if (world.operation()) {
        world.note("nobody hears " + leader);
        world.reach().count("leader cut off");
        for (String other : ids) {
          world.network().cut(leader, other);
          world.network().cut(other, leader);
        }
        world.after(random.between(100 * MILLI, 500 * MILLI), world.network()::healAll);
      }
      world.after(random.between(200 * MILLI, 1_500 * MILLI), this::cutOffLeadersOn);
    }

    private String any() {
      return ids.get(random.nextInt(ids.size()));
    }

    private String leaderOrAny() {
      for (String id : ids) {
        RaftCore core = world.core(id);
        if (core != null && core.role() == Role.LEADER && random.chance(0.7)) {
          return id;
        }
      }
      return any();
    }

    private void writeOn() {
      if (!active) {
        return;
      }
      MembershipNode node = nodes.get(leaderOrAny());
      byte[] what = KeyValueCommands.put("k" + random.nextInt(4), "v").toByteArray();
      if (node != null && world.operation()) {
        byte[] command =
            ByteBuffer.allocate(Long.BYTES + what.length).putLong(++proposed).put(what).array();
        node.apply(command)
            .whenComplete((applied, failure) -> answered("write acknowledged", failure));
      }
      world.after(random.between(MILLI / 2, 20 * MILLI), this::writeOn);
    }

    /** Handing over is what a lease does not survive. */
    private void handOverOn() {
      if (!active) {
        return;
      }
      MembershipNode node = nodes.get(leaderOrAny());
      if (node != null && world.operation()) {
        CompletableFuture<?> handOver =
            random.chance(0.3) ? node.leadershipTransfer() : node.leadershipTransferToServer(any());
        handOver.whenComplete((done, failure) -> answered("hand-over", failure));
      }
      world.after(random.between(100 * MILLI, 2_000 * MILLI), this::handOverOn);
    }

    private void readOn() {
      if (!active) {
        return;
      }
      String id = random.chance(0.5) ? any() : leaderOrAny();
      ReadLevel level = level();
      boolean entries = !(level instanceof ReadLevel.BoundedStale) && random.chance(0.3);
      MembershipNode node = nodes.get(id);
      CountingMachine machine = machines.get(id);
      if (node != null && machine != null && world.operation()) {
        if (entries) {
          check(id, level, logs.committed(), node.readIndex(level));
        } else {
          check(id, level, mustSee(level), node.read(level, machine::count));
        }
      }
      world.after(random.between(MILLI / 2, 10 * MILLI), this::readOn);
    }

    private ReadLevel level() {
      return switch (random.nextInt(4)) {
        case 0 -> ReadLevel.LINEARIZABLE;
        case 1 -> ReadLevel.boundedStale(Duration.ofMillis(random.between(0, 300)));
        default -> ReadLevel.LEASE;
      };
    }

    /** A slow clock makes the bound longer. */
    private long mustSee(ReadLevel level) {
      if (level instanceof ReadLevel.BoundedStale old) {
        long atMost = (long) (old.atMost().toNanos() / (1 - rateBound));
        return committedAt.floorEntry(Math.max(0, world.now() - atMost - 1)).getValue();
      }
      return logs.committedCommands();
    }

    private void check(String id, ReadLevel level, long atLeast, CompletableFuture<Long> read) {
      String kind = level.getClass().getSimpleName();
      long began = world.now();
      read.whenComplete(
          (seen, failure) -> {
            if (failure == null && seen < atLeast) {
              world.violated(
                  new Violation(
                      kind + "Read",
                      String.format(
                          "%s at %s, begun at %d us, saw %d; it must see %d",
                          level, id, began / 1_000, seen, atLeast)));
            } else {
              answered(kind + " read", failure);
            }
          });
    }

    private void answered(String what, Throwable failure) {
      if (failure == null) {
        world.reach().count(what);
      } else if (failure instanceof RaftException) {
        world.reach().count(what + " failed: " + failure.getClass().getSimpleName());
      } else {
        world.violated(new Violation("OnlyRaftExceptions", what + ": " + failure));
      }
    }
  }
}
