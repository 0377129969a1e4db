package io.raftlessons.snapshots.sim;

import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.RaftCore;
import io.raftlessons.core.Role;
import io.raftlessons.core.StepObserver;
import io.raftlessons.membership.sim.MembershipChecks;
import io.raftlessons.membership.sim.SimGroup;
import io.raftlessons.membership.sim.SimMember;
import io.raftlessons.replication.sim.CountingMachine;
import io.raftlessons.replication.sim.SimStores;
import io.raftlessons.sim.Check;
import io.raftlessons.sim.SimHost;
import io.raftlessons.sim.SimRandom;
import io.raftlessons.sim.SimWorld;
import io.raftlessons.sim.Violation;
import io.raftlessons.snapshots.FileSnapshotStore;
import io.raftlessons.snapshots.Raft;
import io.raftlessons.snapshots.SnapshotConfig;
import io.raftlessons.snapshots.SnapshotDamagedException;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The servers of this lesson in lesson 3's world. */
final class SnapshotGroup implements SimGroup {
  private static final long MILLI = 1_000_000;
  private static final long LIVENESS_BOUND = 20_000 * MILLI;

  private final SnapshotScenario.Parts parts;
  private final Setting setting;
  private final SimWorld world;
  private final SimRandom random;
  private final SnapshotConfig bounds;
  private final FileSnapshotStore.Options files;
  private final boolean someoneComesLate;
  private final CommittedStates states;
  private final SnapshotChecks checks;
  private final SnapshotCalls calls;
  private final SnapshotFaults faults;
  private final boolean somebodyRestores;
  private final UserRestores restores;

  SnapshotGroup(SnapshotScenario.Parts parts, Setting setting) {
    this.parts = parts;
    this.setting = setting;
    world = setting.world();
    random = world.splitRandom();
    bounds = draw(random);
    files =
        new FileSnapshotStore.Options(
            "",
            (int) random.between(1, 3),
            (int) random.between(64, 4096),
            random.between(256, 16_384));
    someoneComesLate = random.chance(0.4);
    somebodyRestores = random.chance(0.2);
    states = new CommittedStates(setting.logs());
    checks =
        new SnapshotChecks(
            world.reach(), setting.logs(), setting.checks(), setting.committed(), states);
    calls = new SnapshotCalls(world);
    faults = new SnapshotFaults(world, random.split(), setting, calls);
    restores = new UserRestores(world, random.split(), setting, states, calls);
  }

  /** So narrow that all of it happens all the time; at times as wide as the others. */
  private static SnapshotConfig draw(SimRandom random) {
    long threshold = random.between(1, random.chance(0.5) ? 20 : 200);
    Duration interval = Duration.ofNanos(random.between(2 * MILLI, 300 * MILLI));
    long trailing = random.chance(0.4) ? 0 : random.between(1, 60);
    int chunk = (int) random.between(32, random.chance(0.7) ? 300 : 8_192);
    long rate = random.chance(0.5) ? 1L << 40 : random.between(50_000, 1_000_000);
    return new SnapshotConfig(threshold, interval, trailing, chunk, rate);
  }

  /** What a server's store does until it crashes. */
  private final class Watch implements CheckedSnapshotStore.Watch {
    private final String server;
    private boolean running;
    private long startedFrom;
    private long damaged;
    private long unreadable;

    Watch(String server) {
      this.server = server;
    }

    @Override
    public void published(SnapshotMeta meta, byte[] content, boolean received) {
      try {
        checks.published(server, meta, content, received);
      } catch (Violation broken) {
        // Thrown on, it would only be one snapshot less.
        world.violated(broken);
      }
    }

    @Override
    public void opened(SnapshotMeta meta) {
      startedFrom = running ? startedFrom : meta.getIndex();
    }

    @Override
    public void notOpened(String id, IOException why) {
      if (running) {
        world.reach().count("snapshot could not be read for a follower");
      } else if (why instanceof SnapshotDamagedException) {
        damaged++;
      } else {
        unreadable++;
      }
    }
  }

  @Override
  public SimMember start(
      SimHost host, SimStores.Opened stores, CountingMachine machine, StepObserver observer)
      throws IOException {
    String id = host.id();
    Watch watch = new Watch(id);
    CheckedSnapshotStore snapshots =
        new CheckedSnapshotStore(
            FileSnapshotStore.open(host.disk(), host::wallClockMillis, files), watch);
    watch.damaged += snapshots.damaged().size();
    Raft.Setup setup =
        new Raft.Setup(
            RaftConfig.defaults(id),
            setting.bounds(),
            bounds,
            parts.election(),
            parts.replication(),
            setting.watched(parts.reads()),
            setting.readOptions(),
            parts.membership(),
            parts.snapshots(),
            observer);
    Raft raft =
        Raft.create(
            setup,
            new CheckedMachine(id, machine, states),
            stores.log(),
            stores.stable(),
            snapshots,
            host);
    watch.running = true;
    if (watch.damaged > 0) {
      world.reach().count("damaged snapshot passed over");
    }
    faults.started(id);
    setting.starts(host, stores, watch.startedFrom);
    checks.starts(id, host, watch.startedFrom, watch.damaged + watch.unreadable == 0);
    return new RaftServer(raft, setting.readLevel());
  }

  @Override
  public List<Check> checks() {
    return List.of(states, checks, calls, faults, restores);
  }

  @Override
  public boolean mayStop(String server, Throwable cause) {
    return faults.mayStop(server, cause);
  }

  /**
   * A member that is behind may yet be sent a snapshot with a configuration that knows no disks,
   * and would take the word of any.
   */
  @Override
  public boolean mayBeLost(String server) {
    return setting.checks().allKnowTheDiskOf(server, world::core);
  }

  @Override
  public void begin() {
    faults.begin();
    if (somebodyRestores) {
      restores.begin();
    }
  }

  @Override
  public void stop() {
    faults.stop();
    restores.stop();
  }

  /**
   * A member is cut off until no log goes back to where it was; when it is there again it is sent a
   * snapshot, and comes to where the others are.
   */
  @Override
  public void healed() {
    if (somebodyRestores) {
      restores.goesThrough();
    }
    String late = someoneComesLate ? whoCanBeSpared() : "";
    if (late.isEmpty()) {
      return;
    }
    world.note(late + " is cut off until it needs a snapshot");
    cutOff(late);
    long until = world.now() + LIVENESS_BOUND;
    long behind = setting.logs().lastIndex(late) + bounds.trailing();
    for (int taken = 0; taken < files.retain(); taken++) {
      behind = Math.max(behind, setting.logs().committed()) + 2;
      without(late, until, behind);
    }
    long before = world.reach().of("install finished");
    world.network().healAll();
    world.runUntil(
        world.now() + LIVENESS_BOUND,
        () -> setting.logs().handedOut(late) >= setting.logs().committed());
    if (world.reach().of("install finished") > before) {
      world.reach().count("came late and was sent a snapshot");
    }
  }

  /** The others go on, and take their snapshots. */
  private void without(String late, long until, long index) {
    if (!world.runUntil(until, () -> setting.logs().committed() >= index)) {
      throw new Violation(
          "Liveness", "without " + late + " no write goes through:" + world.describe());
    }
    calls.ofAllBut(late, setting.members());
    List<String> others = new ArrayList<>(setting.committed().members());
    others.remove(late);
    if (!world.runUntil(until, () -> calls.allTold(others))) {
      throw new Violation("Liveness", "a snapshot is not taken:" + world.describe());
    }
  }

  private String whoCanBeSpared() {
    if (MembershipChecks.voters(setting.committed().latest()).size() < 3) {
      return "";
    }
    List<String> followers = new ArrayList<>(setting.committed().members());
    followers.removeIf(this::leads);
    return followers.get(random.nextInt(followers.size()));
  }

  private boolean leads(String id) {
    RaftCore core = world.core(id);
    return core != null && core.role() == Role.LEADER;
  }

  private void cutOff(String id) {
    for (String peer : world.ids()) {
      world.network().cut(peer, id);
      world.network().cut(id, peer);
    }
  }

  @Override
  public void end() {
    Collection<String> members = setting.committed().members();
    if (!world.runUntil(world.now() + LIVENESS_BOUND, () -> calls.allTold(members))) {
      throw new Violation(
          "EverybodyIsTold", "a call for a snapshot is not answered:" + world.describe());
    }
    restores.end();
  }
}
