package io.raftlessons.snapshots.sim;

import io.raftlessons.membership.sim.SimMember;
import io.raftlessons.replication.RaftException;
import io.raftlessons.sim.Check;
import io.raftlessons.sim.SimWorld;
import io.raftlessons.sim.Violation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Calls for a snapshot: each is answered, unless its server crashes. */
final class SnapshotCalls implements Check {
  private record Open(String server) {}

  private final SimWorld world;
  private final List<Open> open = new ArrayList<>();

  SnapshotCalls(SimWorld world) {
    this.world = world;
  }

  void snapshot(String id, @Nullable SimMember member) {
    if (!(member instanceof RaftServer server)) {
      return;
    }
    Open call = new Open(id);
    open.add(call);
    server
        .raft()
        .snapshot()
        .whenComplete(
            (meta, failure) -> {
              open.removeIf(other -> other == call);
              told(failure);
            });
  }

  void ofAllBut(String other, Map<String, SimMember> members) {
    members.forEach(
        (id, member) -> {
          if (!id.equals(other)) {
            snapshot(id, member);
          }
        });
  }

  private void told(@Nullable Throwable failure) {
    if (failure == null) {
      world.reach().count("snapshot on demand");
    } else if (failure instanceof IllegalStateException
        || failure instanceof IOException
        || failure instanceof RaftException.Shutdown) {
      world.reach().count("snapshot refused: " + failure.getClass().getSimpleName());
    } else {
      world.violated(new Violation("OnlyKnownExceptions", String.valueOf(failure)));
    }
  }

  @Override
  public void crashed(String server) {
    open.removeIf(call -> call.server().equals(server));
  }

  /**
   * A server that waits for the rest of a restore has no view to give: who is no member, or is cut
   * off, may wait for ever.
   */
  boolean allTold(Collection<String> servers) {
    return open.stream().noneMatch(call -> servers.contains(call.server()));
  }
}
