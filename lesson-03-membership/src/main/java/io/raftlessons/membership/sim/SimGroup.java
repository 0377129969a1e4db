package io.raftlessons.membership.sim;

import io.raftlessons.core.StepObserver;
import io.raftlessons.membership.ReadLevel;
import io.raftlessons.membership.ReadLevels;
import io.raftlessons.membership.ReadOptions;
import io.raftlessons.replication.ReplicationConfig;
import io.raftlessons.replication.sim.CountingMachine;
import io.raftlessons.replication.sim.LogChecks;
import io.raftlessons.replication.sim.SimService;
import io.raftlessons.replication.sim.SimStores;
import io.raftlessons.sim.Check;
import io.raftlessons.sim.SimHost;
import io.raftlessons.sim.SimWorld;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The servers of a run, of lesson 3 or a later one, and what that lesson adds to the run. */
public interface SimGroup {
  /**
   * The run.
   *
   * @param disks whose disk may be lost, and is
   * @param members the servers that run, as they are at any time
   * @param readLevel how clients read
   * @param leases looks at what is read by lease
   */
  record Setting(
      SimWorld world,
      LogChecks logs,
      MembershipChecks checks,
      CommittedConfigurations committed,
      LostDisks disks,
      SimService service,
      Map<String, SimMember> members,
      ReplicationConfig bounds,
      ReadOptions readOptions,
      ReadLevel readLevel,
      LeaseChecks leases) {
    /** A server's read levels are to be made by this. */
    public ReadLevels.Factory watched(ReadLevels.Factory reads) {
      return leases.watched(reads);
    }

    /**
     * Tells the checks what a server starts with.
     *
     * @param snapshot where the snapshot ends that covers the beginning of its log; 0 if none does
     */
    public void starts(SimHost host, SimStores.Opened stores, long snapshot) throws IOException {
      logs.restarted(host.id(), stores.log(), snapshot);
      checks.restarted(host.id(), stores.log(), snapshot);
    }
  }

  /** Makes one for each run. */
  interface Factory {
    SimGroup create(Setting setting);
  }

  /** Starts a server, and says so: {@link Setting#starts}. */
  SimMember start(
      SimHost host, SimStores.Opened stores, CountingMachine machine, StepObserver observer)
      throws IOException;

  /** What is checked besides. */
  default List<Check> checks() {
    return List.of();
  }

  /** Whether a server may stop by itself for this. */
  default boolean mayStop(String server, Throwable cause) {
    return false;
  }

  /** Whether a member's disk may be lost, as far as lesson 3 does not know. */
  default boolean mayBeLost(String server) {
    return true;
  }

  /** Faults begin. */
  default void begin() {}

  /** No more faults from now on. */
  default void stop() {}

  /** All has healed, and clients write; whatever else must work now is tried. */
  default void healed() {}

  /** Clients have stopped, and all members are the same. */
  default void end() {}
}
