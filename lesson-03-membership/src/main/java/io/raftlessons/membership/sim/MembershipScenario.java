package io.raftlessons.membership.sim;

import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.RaftCore;
import io.raftlessons.core.Role;
import io.raftlessons.core.StepObserver;
import io.raftlessons.election.Election;
import io.raftlessons.membership.Change;
import io.raftlessons.membership.Configurations;
import io.raftlessons.membership.Membership;
import io.raftlessons.membership.MembershipNode;
import io.raftlessons.membership.ReadLevel;
import io.raftlessons.membership.ReadLevels;
import io.raftlessons.membership.ReadOptions;
import io.raftlessons.replication.Replication;
import io.raftlessons.replication.sim.CountingMachine;
import io.raftlessons.replication.sim.LogChecks;
import io.raftlessons.replication.sim.SimService;
import io.raftlessons.replication.sim.SimStores;
import io.raftlessons.sim.Check;
import io.raftlessons.sim.ElectionChecks;
import io.raftlessons.sim.Nemesis;
import io.raftlessons.sim.Scenario;
import io.raftlessons.sim.SimDisk;
import io.raftlessons.sim.SimHost;
import io.raftlessons.sim.SimRandom;
import io.raftlessons.sim.SimWorld;
import io.raftlessons.sim.Violation;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Envelope.BodyCase;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Lesson 3 in a world of faults: some servers are a group, others wait to be added; clients write
 * and read, and changes and transfers are asked for all the time. When all has healed the members
 * of that moment must go on, change their configuration and hand over leadership.
 */
public final class MembershipScenario implements Scenario {
  private static final long MILLI = 1_000_000;
  private static final long LIVENESS_BOUND = 20_000 * MILLI;

  /** A leader hears every member within a heartbeat. */
  private static final long REFUSAL_BOUND = 3_000 * MILLI;

  /** How a group gets its first configuration. */
  private enum First {
    ON_ALL_DISKS,
    ON_ONE_DISK,
    ON_ONE_RUNNING
  }

  /** Every clock of the world runs by this part at most faster or slower than its time. */
  private static final double DRIFT = 0.001;

  /** What the servers are told of that: more than the fastest may gain on the slowest. */
  private static final double FASTEST_TO_SLOWEST = 0.0025;

  /**
   * Several times the shortest election timeout: mostly the hand-over has been given up by then.
   */
  private static final long LATE_HAND_OVER = 1_000 * MILLI;

  /** What is drawn by numbers of its own leaves the others as they were. */
  private static final long HAND_OVER_SALT = 1_000_000_000;

  private final String name;
  private final SimGroup.Factory groups;

  /** Takes the reference parts, or a student's. */
  public MembershipScenario(
      Election.Factory election,
      Replication.Factory replication,
      ReadLevels.Factory reads,
      Membership.Factory membership) {
    this(
        "membership",
        setting ->
            (host, stores, machine, observer) -> {
              setting.starts(host, stores, 0);
              MembershipNode.Setup setup =
                  new MembershipNode.Setup(
                      RaftConfig.defaults(host.id()),
                      setting.bounds(),
                      election,
                      replication,
                      setting.watched(reads),
                      setting.readOptions(),
                      membership,
                      observer);
              return new MembershipServer(
                  MembershipNode.start(setup, stores.stable(), stores.log(), machine, host),
                  setting.readLevel());
            });
  }

  /** The same world, on the servers of a later lesson. */
  public MembershipScenario(String name, SimGroup.Factory groups) {
    this.name = name;
    this.groups = groups;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Run prepare(long seed) {
    return new MembershipRun(seed);
  }

  private final class MembershipRun implements Run, Check {
    private final SimRandom random;
    private final SimWorld world;
    private final SimStores stores;
    private final First first;
    private final Configuration bootstrap;
    private final boolean membersLoseDisks;
    private final boolean slowServerJoins;
    private final boolean lateHandOvers;
    private final LogChecks logs;
    private final CommittedConfigurations committed;
    private final MembershipChecks checks;
    private final Answers answers;
    private final SimService service;
    private final LostDisks disks;
    private final Operator operator;
    private final SimGroup group;
    private final Map<String, SimMember> members = new TreeMap<>();

    /** Servers whose disk is not the one that was bootstrapped. */
    private final Set<String> otherDisk = new TreeSet<>();

    MembershipRun(long seed) {
      random = new SimRandom(~seed);
      int[] sizes = {3, 3, 3, 4, 5, 2, 1};
      int voters = sizes[random.nextInt(sizes.length)];
      int more = Math.min(6 - voters, 1 + random.nextInt(3));
      bootstrap = Configurations.ofVoters(ids(voters));
      first = First.values()[random.nextInt(First.values().length)];
      membersLoseDisks = random.chance(0.3);
      slowServerJoins = random.chance(0.04);
      boolean leases = random.chance(0.5);
      lateHandOvers = new SimRandom(seed ^ HAND_OVER_SALT).chance(0.2);
      stores = new SimStores(random);
      List<Check> all = new ArrayList<>();
      world = new SimWorld(seed, ids(voters + more), this::start, all);
      logs = new LogChecks(world.reach(), true);
      committed = new CommittedConfigurations(world.reach(), world::isUp);
      checks = new MembershipChecks(world.reach(), logs, committed);
      answers = new Answers(world, checks, committed);
      service = new SimService(world, random, logs);
      disks =
          new LostDisks(
              world,
              random.split(),
              checks,
              committed,
              answers::allTold,
              membersLoseDisks,
              this::mayBeLost);
      operator =
          new Operator(world, random.split(), members, service::target, disks, answers, committed);
      LeaseChecks leaseChecks =
          new LeaseChecks(world.reach(), world::now, id -> checks.voters(id), DRIFT);
      all.addAll(
          List.of(new ElectionChecks(world.reach()), logs, checks, leaseChecks, answers, this));
      group =
          groups.create(
              new SimGroup.Setting(
                  world,
                  logs,
                  checks,
                  committed,
                  disks,
                  service,
                  members,
                  stores.bounds(),
                  leases ? ReadOptions.withLeases(FASTEST_TO_SLOWEST) : ReadOptions.DEFAULTS,
                  leases ? ReadLevel.LEASE : ReadLevel.LINEARIZABLE,
                  leaseChecks));
      all.addAll(group.checks());
      world.mayStop(
          (server, cause) -> disks.mayStop(server, cause) || group.mayStop(server, cause));
    }

    private boolean mayBeLost(String id) {
      return group.mayBeLost(id);
    }

    private static List<String> ids(int servers) {
      return IntStream.rangeClosed(1, servers).mapToObj(i -> "n" + i).toList();
    }

    private void start(SimHost host, StepObserver observer) throws IOException {
      String id = host.id();
      SimStores.Opened opened = stores.open(world, host);
      boolean offline =
          first == First.ON_ALL_DISKS || first == First.ON_ONE_DISK && id.equals("n1");
      if (offline
          && !otherDisk.contains(id)
          && Configurations.find(bootstrap, id) != null
          && !MembershipNode.hasExistingState(opened.stable(), opened.log())) {
        MembershipNode.bootstrapCluster(opened.stable(), opened.log(), bootstrap);
      }
      CountingMachine machine = new CountingMachine();
      SimMember member = group.start(host, opened, machine, observer);
      members.put(id, member);
      service.started(id, member, machine);
    }

    @Override
    public void crashed(String id) {
      members.remove(id);
      service.crashed(id);
    }

    @Override
    public void diskReplaced(String id) {
      otherDisk.add(id);
    }

    @Override
    public SimWorld world() {
      return world;
    }

    @Override
    public void play() {
      world.ids().forEach(world::start);
      bootstrapRunning();
      service.begin();
      world.after(0, operator::operateOn);
      world.after(0, disks::loseOn);
      group.begin();
      if (lateHandOvers
          && world.fault("TimeoutNow is late by up to " + LATE_HAND_OVER / MILLI + " ms")) {
        world.reach().count("fault: late TimeoutNow");
        world.network().detain(BodyCase.TIMEOUT_NOW, LATE_HAND_OVER);
      }
      Nemesis nemesis = new Nemesis(world);
      nemesis.start();
      world.runUntil(random.between(500, 4_500) * MILLI);
      operator.stop();
      disks.stop();
      group.stop();
      world.network().detain(BodyCase.TIMEOUT_NOW, 0);
      world.runUntil(nemesis.stop() + (lateHandOvers ? LATE_HAND_OVER : 0));
      long healed = world.now();
      service.goesOn(healed);
      removeVictim();
      configurationChanges();
      leadershipIsTransferred();
      service.goesOn(world.now());
      if (slowServerJoins) {
        slowServerJoins(world.ids().get(world.ids().size() - 1));
      }
      if (membersLoseDisks) {
        diskIsSetBack();
      }
      group.healed();
      service.goesOn(world.now());
      service.end();
      service.comesToTheSame(world.now(), committed::members);
      group.end();
      service.wasLinearizable();
      answers.check();
    }

    /** Until it has happened: a server that crashed may have lost it. */
    private void bootstrapRunning() {
      if (first != First.ON_ONE_RUNNING || committed.latest().getServersCount() > 0) {
        return;
      }
      SimMember member = members.get("n1");
      if (member != null && member.getConfiguration().latestIndex() == 0) {
        member.bootstrapCluster(bootstrap);
      }
      world.after(50 * MILLI, this::bootstrapRunning);
    }

    private @Nullable SimMember leader() {
      SimMember leader = null;
      long term = 0;
      for (Map.Entry<String, SimMember> member : members.entrySet()) {
        RaftCore core = world.core(member.getKey());
        if (core != null && core.role() == Role.LEADER && core.currentTerm() > term) {
          leader = member.getValue();
          term = core.currentTerm();
        }
      }
      return leader;
    }

    /** Asks the leader until the condition holds; a call that fails is made again. */
    private void insist(
        String what, Function<SimMember, CompletableFuture<?>> call, BooleanSupplier done) {
      long until = world.now() + LIVENESS_BOUND;
      while (!done.getAsBoolean()) {
        SimMember leader = leader();
        CompletableFuture<?> answer = leader == null ? null : call.apply(leader);
        long next = Math.min(until, world.now() + 500 * MILLI);
        world.runUntil(next, () -> done.getAsBoolean() || answer != null && answer.isDone());
        world.runUntil(Math.min(until, world.now() + 20 * MILLI), done);
        if (world.now() >= until) {
          throw new Violation("Liveness", what + ", all faults healed:" + world.describe());
        }
      }
    }

    private void removeVictim() {
      String victim = disks.victim();
      if (!victim.isEmpty()) {
        insist(
            victim + " is not removed",
            leader -> change(leader, new Change.RemoveServer(victim)),
            () -> {
              disks.goOn();
              return disks.victim().isEmpty();
            });
      }
    }

    private CompletableFuture<?> change(SimMember leader, Change change) {
      return operator.change(leader.id(), leader, change, 0, 6_000 * MILLI);
    }

    private void configurationChanges() {
      boolean[] done = new boolean[1];
      insist(
          "no change of the configuration goes through",
          leader -> change(leader, operator.harmless(leader.id())).thenRun(() -> done[0] = true),
          () -> done[0]);
    }

    /** Either way, but it comes to an end. */
    private void leadershipIsTransferred() {
      boolean[] ended = new boolean[1];
      insist(
          "no transfer comes to an end",
          leader ->
              operator
                  .transfer(leader.id(), leader, "")
                  .whenComplete((done, failure) -> ended[0] = true),
          () -> ended[0]);
    }

    /** Whose disk takes longer than an election timeout is not given a vote while clients write. */
    private void slowServerJoins(String id) {
      if (MembershipChecks.voters(committed.latest()).equals(Collections.singleton(id))) {
        return;
      }
      insist(
          id + " is not removed",
          leader -> change(leader, new Change.RemoveServer(id)),
          () -> !committed.isMember(id));
      world.diskFaults(id).slowSyncProbability = 1;
      world.diskFaults(id).slowSyncNanos = 200 * MILLI;
      long before = foundTooSlow();
      insist(
          id + " neither keeps up nor is found to be too slow",
          leader -> change(leader, new Change.AddVoter(id, id)),
          () ->
              foundTooSlow() > before || MembershipChecks.voters(committed.latest()).contains(id));
      world.diskFaults(id).slowSyncProbability = 0;
    }

    /** By the leader; or by the caller, if the log grows so fast that no round ends. */
    private long foundTooSlow() {
      return world.reach().of("promotion refused: TOO_SLOW")
          + world.reach().of("promotion refused: TIMEOUT");
    }

    /**
     * A member comes back with a disk as it was one start ago, or two. All who have heard of the
     * later ones still run, so it must be refused, and stay so however often it is started; then it
     * is replaced, as the message says.
     */
    private void diskIsSetBack() {
      world.runUntil(world.now() + LIVENESS_BOUND, answers::allTold);
      SimMember leader = leader();
      String victim = leader == null ? "" : victim(leader.id());
      if (victim.isEmpty()) {
        return;
      }
      world.crash(victim);
      SimDisk earlier = world.copyOfDisk(victim);
      for (int starts = 1 + random.nextInt(2); starts > 0; starts--) {
        startAndStop(victim);
      }
      world.note("the disk of " + victim + " is set back");
      disks.lost(victim);
      world.setBackDisk(victim, earlier);
      for (int starts = 1 + random.nextInt(4); starts > 0; starts--) {
        startIsRefused(victim);
      }
      world.reach().count("disk refused that was set back");
      removeVictim();
      insist(
          victim + " is not a voter again",
          now -> change(now, new Change.AddVoter(victim, victim)),
          () -> MembershipChecks.voters(committed.latest()).contains(victim));
    }

    private void startIsRefused(String victim) {
      long before = world.reach().of("disk refused");
      world.start(victim);
      if (!world.runUntil(
          world.now() + REFUSAL_BOUND, () -> world.reach().of("disk refused") > before)) {
        throw new Violation(
            "DiskRefused", victim + " runs on a disk that was set back:" + world.describe());
      }
      world.crash(victim);
    }

    private String victim(String leader) {
      for (String id : committed.members()) {
        if (!id.equals(leader) && disks.mayBeLost(id)) {
          return id;
        }
      }
      return "";
    }

    private void startAndStop(String id) {
      world.start(id);
      world.runUntil(world.now() + 500 * MILLI);
      world.crash(id);
    }
  }
}
