package io.raftlessons.snapshots.sim;

import io.raftlessons.core.RaftCore;
import io.raftlessons.core.Role;
import io.raftlessons.membership.sim.SimGroup;
import io.raftlessons.membership.sim.SimMember;
import io.raftlessons.replication.Applied;
import io.raftlessons.replication.RaftException;
import io.raftlessons.replication.sim.CountingMachine;
import io.raftlessons.replication.sim.Replacement;
import io.raftlessons.sim.Check;
import io.raftlessons.sim.SimRandom;
import io.raftlessons.sim.SimWorld;
import io.raftlessons.sim.Violation;
import io.raftlessons.snapshots.Raft;
import io.raftlessons.snapshots.RestoreException;
import io.raftlessons.snapshots.SnapshotChecksum;
import io.raftlessons.wire.SnapshotMeta;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An operator who brings back earlier states of the group: with each restore all machines come to
 * have it, or none. The count of commands goes on: it jumps to another thousand million with each
 * restore, so no state is like any other.
 */
final class UserRestores implements Check {
  private static final long MILLI = 1_000_000;
  private static final long COUNTS = 1_000_000_000L;
  private static final long LIVENESS_BOUND = 20_000 * MILLI;

  private enum Outcome {
    UNKNOWN,
    RESTORED,
    NOTHING
  }

  private static final class Call {
    final String server;
    final byte[] state;
    final Replacement replacement;
    Outcome outcome = Outcome.UNKNOWN;
    boolean ended;

    Call(String server, byte[] state, Replacement replacement) {
      this.server = server;
      this.state = state;
      this.replacement = replacement;
    }
  }

  /** What happens while the leader reads. */
  private record Mishap(int after, Runnable what) {}

  private final SimWorld world;
  private final SimRandom random;
  private final SimGroup.Setting setting;
  private final CommittedStates states;
  private final SnapshotCalls snapshots;
  private final List<Call> calls = new ArrayList<>();
  private @Nullable Call open;
  private boolean active;

  UserRestores(
      SimWorld world,
      SimRandom random,
      SimGroup.Setting setting,
      CommittedStates states,
      SnapshotCalls snapshots) {
    this.world = world;
    this.random = random;
    this.setting = setting;
    this.states = states;
    this.snapshots = snapshots;
  }

  void begin() {
    active = true;
    setting.service().callOnce();
    world.after(random.between(100 * MILLI, 800 * MILLI), this::restoreOn);
  }

  void stop() {
    active = false;
  }

  private void restoreOn() {
    if (!active) {
      return;
    }
    String server = setting.service().target();
    long index = random.between(0, states.last());
    long ahead = random.chance(0.3) ? random.between(0, 60) : -1;
    boolean broken = random.chance(0.15);
    long patience = random.between(1, random.chance(0.3) ? 30 : 3_000);
    Mishap mishap = mishap(server);
    if (open == null && world.operation()) {
      restore(server, index, ahead, broken, Duration.ofMillis(patience), mishap);
    }
    world.after(random.between(50 * MILLI, 700 * MILLI), this::restoreOn);
  }

  private Mishap mishap(String server) {
    int after = random.nextInt(3_000);
    long pause = random.between(0, 400 * MILLI);
    String asked = world.ids().get(random.nextInt(world.ids().size()));
    return switch (random.nextInt(4)) {
      case 0 -> new Mishap(after, () -> crash(server, pause));
      case 1 -> new Mishap(after, () -> cutOff(server, pause));
      case 2 -> new Mishap(after, () -> snapshotOf(asked));
      default -> new Mishap(after, () -> {});
    };
  }

  private void crash(String server, long pause) {
    if (active && world.fault("whoever restores for the operator crashes in the middle")) {
      world.reach().count("fault: crash of who restores for the operator");
      world.crash(server);
      world.after(pause, () -> world.start(server));
    }
  }

  private void cutOff(String server, long pause) {
    if (active && world.fault("whoever restores for the operator is cut off")) {
      world.reach().count("fault: who restores for the operator is cut off");
      for (String peer : world.ids()) {
        world.network().cut(peer, server);
        world.network().cut(server, peer);
      }
      world.after(pause, () -> world.network().healAll());
    }
  }

  private void snapshotOf(String server) {
    if (active && states.last() > 0 && states.isBetweenParts(states.last())) {
      world.reach().count("snapshot asked for between the parts of a restore");
      snapshots.snapshot(server, setting.members().get(server));
    }
  }

  private void restore(
      String server, long index, long ahead, boolean broken, Duration patience, Mishap mishap) {
    SimMember member = setting.members().get(server);
    if (!(member instanceof RaftServer called)) {
      return;
    }
    byte[] state = CountingMachine.counting(states.state(index), (calls.size() + 1) * COUNTS);
    SnapshotChecksum checksum = new SnapshotChecksum();
    checksum.update(ByteBuffer.wrap(state));
    SnapshotMeta meta =
        SnapshotMeta.newBuilder()
            .setIndex(ahead < 0 ? index : states.last() + ahead)
            .setSize(state.length)
            .setChecksum(broken ? ~checksum.value() : checksum.value())
            .build();
    Call call = new Call(server, state, setting.service().replaced(state));
    calls.add(call);
    open = call;
    Raft raft = called.raft();
    raft.restore(meta, stream(state, mishap), patience)
        .whenComplete(
            (applied, failure) -> {
              if (!call.ended) {
                end(call);
                told(call, applied, failure);
              }
            });
  }

  private InputStream stream(byte[] state, Mishap mishap) {
    return new InputStream() {
      private final InputStream all = new ByteArrayInputStream(state);
      private int count;

      @Override
      public int read() throws IOException {
        if (count++ == mishap.after()) {
          world.after(0, mishap.what());
        }
        return all.read();
      }
    };
  }

  private void end(Call call) {
    call.ended = true;
    open = null;
  }

  private void told(Call call, @Nullable Applied applied, @Nullable Throwable failure) {
    if (applied != null) {
      call.outcome = Outcome.RESTORED;
      call.replacement.done(world.now());
      world.reach().count("restore done");
      if (!Arrays.equals(states.replacement(applied.index()), call.state)) {
        world.violated(
            new Violation("RestoredIsThere", "nothing was restored at " + applied.index()));
      }
    } else if (failure instanceof RaftException known) {
      boolean unknown =
          known instanceof RaftException.LeadershipLost
              || known instanceof RaftException.Shutdown
              || known instanceof RestoreException restore && restore.outcomeUnknown();
      if (!unknown) {
        call.outcome = Outcome.NOTHING;
        call.replacement.failed(world.now());
      }
      world
          .reach()
          .count(
              "restore "
                  + (unknown ? "perhaps done: " : "failed: ")
                  + known.getClass().getSimpleName());
    } else {
      world.violated(new Violation("OnlyRaftExceptions", String.valueOf(failure)));
    }
  }

  @Override
  public void crashed(String server) {
    Call call = open;
    if (call != null && call.server.equals(server)) {
      end(call);
      world.reach().count("restore perhaps done: crash");
    }
  }

  /** All has healed: a restore goes through. */
  void goesThrough() {
    demand(() -> open == null, "a restore comes to no end");
    long until = world.now() + LIVENESS_BOUND;
    long before = world.reach().of("restore done");
    while (world.reach().of("restore done") == before) {
      String leader = leader();
      restore(leader, states.last(), -1, false, Duration.ofSeconds(5), new Mishap(-1, () -> {}));
      demand(() -> open == null, "a restore comes to no end");
      world.runUntil(world.now() + 20 * MILLI);
      if (world.now() >= until) {
        throw new Violation("Liveness", "no restore goes through:" + world.describe());
      }
    }
  }

  private void demand(BooleanSupplier comes, String otherwise) {
    if (!world.runUntil(world.now() + LIVENESS_BOUND, comes)) {
      throw new Violation("Liveness", otherwise + ":" + world.describe());
    }
  }

  private String leader() {
    for (String id : world.ids()) {
      RaftCore core = world.core(id);
      if (core != null && core.role() == Role.LEADER) {
        return id;
      }
    }
    return world.ids().get(0);
  }

  /** What was restored is what somebody asked for, and was not told that it had failed. */
  void end() {
    for (Call call : calls) {
      if (call.outcome == Outcome.UNKNOWN && !isThere(call.state)) {
        call.outcome = Outcome.NOTHING;
        call.replacement.failed(world.now());
      }
    }
    for (byte[] state : states.replacements()) {
      boolean asked =
          calls.stream()
              .anyMatch(c -> c.outcome != Outcome.NOTHING && Arrays.equals(c.state, state));
      if (!asked) {
        throw new Violation(
            "NothingIsNothing", "a state was restored that nobody asked for, or in vain");
      }
    }
  }

  private boolean isThere(byte[] state) {
    return states.replacements().stream().anyMatch(other -> Arrays.equals(other, state));
  }
}
