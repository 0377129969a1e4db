package io.raftlessons.snapshots;

import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.RaftCore;
import io.raftlessons.core.Role;
import io.raftlessons.core.StepObserver;
import io.raftlessons.course.trace.Fields;
import io.raftlessons.course.trace.LessonTraces;
import io.raftlessons.course.trace.Recording;
import io.raftlessons.course.trace.RunRecorder;
import io.raftlessons.membership.Configurations;
import io.raftlessons.membership.MembershipNode;
import io.raftlessons.replication.SegmentedLogStore;
import io.raftlessons.runtime.FileStableStore;
import io.raftlessons.sim.Scenario;
import io.raftlessons.sim.SimHost;
import io.raftlessons.sim.SimWorld;
import io.raftlessons.snapshots.sim.SnapshotScenario;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/** Lesson 4's. */
public final class SnapshotTraces implements LessonTraces {
  private static final String CONFLICT = "snapshot-over-conflicting-log";

  @Override
  public String lesson() {
    return "lesson-04-snapshots";
  }

  @Override
  public Scenario simulation() {
    return new SnapshotScenario(SnapshotParts.all());
  }

  @Override
  public String simulationTest() {
    return "SnapshotSimulationTest";
  }

  @Override
  public Shown scenario(String name) {
    if (!name.equals(CONFLICT)) {
      throw new IllegalArgumentException("no scenario " + name);
    }
    return new Shown(
        "A snapshot takes the place of a log that conflicts with it", new Group().play());
  }

  /** Three servers in a world without faults but those that are told. */
  private static final class Group {
    private static final long SECOND = 1_000_000_000L;
    private static final List<String> IDS = List.of("n1", "n2", "n3");

    private final SimWorld world = new SimWorld(1, IDS, this::start, List.of());
    private final RunRecorder recorder = RunRecorder.of(world);
    private final Map<String, Raft> rafts = new TreeMap<>();

    private void start(SimHost host, StepObserver observer) throws IOException {
      FileStableStore stable = new FileStableStore(host.disk(), "");
      SegmentedLogStore log =
          SegmentedLogStore.open(
              host.disk(),
              host.loop("preallocation"),
              new SegmentedLogStore.Options("log", 4096, 4096, 16_384));
      FileSnapshotStore snapshots =
          FileSnapshotStore.open(
              host.disk(), host::wallClockMillis, FileSnapshotStore.Options.defaults(""));
      MembershipNode.bootstrapCluster(stable, log, Configurations.ofVoters(IDS));
      SnapshotConfig bounds = new SnapshotConfig(1_000_000, Duration.ofHours(1), 0, 4096, 1L << 40);
      Raft.Setup ours = Raft.Setup.reference(RaftConfig.defaults(host.id()), bounds);
      Raft.Setup watched =
          new Raft.Setup(
              ours.config(),
              ours.bounds(),
              bounds,
              ours.election(),
              ours.replication(),
              ours.reads(),
              ours.readOptions(),
              ours.membership(),
              ours.snapshots(),
              observer);
      rafts.put(
          host.id(), Raft.create(watched, new HandRunRafts.Lines(), log, stable, snapshots, host));
    }

    Recording play() {
      say("Three servers elect one of them, and two commands are committed.");
      IDS.forEach(world::start);
      until(() -> !leader("").isEmpty());
      String old = leader("");
      propose(old, "a");
      propose(old, "b");
      until(() -> IDS.stream().allMatch(id -> applied(id) >= 4));

      say(
          old
              + " is cut off and goes on for a while. What it takes now is in its log only: no"
              + " majority has it.");
      cutOff(old);
      propose(old, "lost1");
      propose(old, "lost2");
      propose(old, "lost3");

      say(
          "The others elect one of themselves, which writes other commands in the same places of"
              + " the log.");
      until(() -> !leader(old).isEmpty());
      String fresh = leader(old);
      propose(fresh, "c");
      propose(fresh, "d");
      until(() -> applied(fresh) >= 7);

      say(
          fresh
              + " takes a snapshot of all that is applied, and cuts its log: the entries that "
              + old
              + " would need are gone.");
      recorder.called(fresh, "take", List.of("snapshot"));
      var unused = raft(fresh).snapshot();
      until(() -> core(fresh).describe().contains("snapshot=7"));

      say(
          "The cuts heal. "
              + old
              + " is sent the snapshot. Its own entries conflict with what the snapshot covers, so"
              + " all of them go (Figure 13, rule 7), and its machine starts from the snapshot.");
      world.note("cuts heal");
      world.network().healAll();
      until(() -> applied(old) >= 7 && core(old).currentTerm() == core(fresh).currentTerm());
      propose(fresh, "e");
      until(() -> IDS.stream().allMatch(id -> applied(id) >= 8));
      return recorder.recording(List.of());
    }

    private void say(String text) {
      recorder.say(List.of(text));
    }

    private void until(BooleanSupplier condition) {
      if (!world.runUntil(world.now() + 5 * SECOND, condition)) {
        throw new IllegalStateException("it does not come to that:" + world.describe());
      }
    }

    /** Who leads, but {@code not}; "" if nobody does. */
    private String leader(String not) {
      return IDS.stream()
          .filter(id -> !id.equals(not) && world.core(id) != null && core(id).role() == Role.LEADER)
          .findFirst()
          .orElse("");
    }

    private RaftCore core(String id) {
      return Objects.requireNonNull(world.core(id));
    }

    private Raft raft(String id) {
      return Objects.requireNonNull(rafts.get(id));
    }

    private long applied(String id) {
      RaftCore core = world.core(id);
      return core == null
          ? 0
          : Long.parseLong(Fields.of(core.describe()).getOrDefault("lastApplied", "0"));
    }

    private void cutOff(String id) {
      world.note("isolate " + id + " in out");
      for (String other : IDS) {
        world.network().cut(id, other);
        world.network().cut(other, id);
      }
    }

    private void propose(String id, String command) {
      recorder.called(id, "propose", List.of(command));
      raft(id)
          .apply(command.getBytes(StandardCharsets.UTF_8))
          .whenComplete(
              (applied, failure) ->
                  recorder.told(
                      id,
                      "tells the client of "
                          + command
                          + ": "
                          + (failure == null
                              ? "applied at " + applied.index()
                              : failure.getClass().getSimpleName())));
      world.runUntil(world.now() + SECOND / 500);
    }
  }
}
