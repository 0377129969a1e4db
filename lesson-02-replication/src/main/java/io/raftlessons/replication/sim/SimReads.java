package io.raftlessons.replication.sim;

import io.raftlessons.replication.RaftException;
import io.raftlessons.sim.SimRandom;
import io.raftlessons.sim.SimWorld;
import io.raftlessons.sim.Violation;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads at the servers of a simulation from its start to its end, and checks what each read sees:
 * everything that any server knew to be committed when the read began. What had been acknowledged
 * by then is a part of that.
 */
final class SimReads {
  private static final long MILLI = 1_000_000;

  private final SimWorld world;
  private final SimRandom random;
  private final LogChecks logs;
  private final Map<String, SimServer> servers;
  private final Map<String, CountingMachine> machines;
  private final Supplier<String> target;
  private boolean active = true;

  /**
   * @param servers those that run, as they are at any time, and so the machines
   * @param target at whom to read now
   */
  SimReads(
      SimWorld world,
      SimRandom random,
      LogChecks logs,
      Map<String, SimServer> servers,
      Map<String, CountingMachine> machines,
      Supplier<String> target) {
    this.world = world;
    this.random = random;
    this.logs = logs;
    this.servers = servers;
    this.machines = machines;
    this.target = target;
  }

  /** One read, or a burst, and then again after a while. */
  void readOn() {
    if (!active) {
      return;
    }
    String server = target.get();
    int burst = random.chance(0.1) ? random.nextInt(10) : 1;
    for (int i = 0; i < burst; i++) {
      read(server);
    }
    world.after(random.between(MILLI, 80 * MILLI), this::readOn);
  }

  void stop() {
    active = false;
  }

  long confirmed() {
    return world.reach().of("read confirmed");
  }

  private void read(String server) {
    SimServer called = servers.get(server);
    CountingMachine machine = machines.get(server);
    if (called == null || machine == null) {
      return;
    }
    boolean early = logs.leadsWithoutCommit(server);
    boolean entries = random.chance(0.3);
    if (!world.operation()) {
      return;
    }
    if (entries) {
      check(server, early, "entries", logs.committed(), called.readIndex());
    } else {
      check(server, early, "commands", logs.committedCommands(), called.read(machine::count));
    }
  }

  private void check(
      String server, boolean early, String what, long atLeast, CompletableFuture<Long> read) {
    read.whenComplete(
        (seen, failure) -> {
          if (failure != null) {
            failed(failure);
          } else if (seen < atLeast) {
            world.violated(
                new Violation(
                    "LinearizableRead",
                    String.format(
                        "a read at %s saw %d %s, %d were committed when it began",
                        server, seen, what, atLeast)));
          } else {
            world.reach().count("read confirmed");
            if (early) {
              world.reach().count("read waited for the first commit of the term");
            }
          }
        });
  }

  private void failed(@Nullable Throwable failure) {
    if (failure instanceof RaftException refused) {
      world.reach().count("read failed: " + refused.getClass().getSimpleName());
    } else {
      world.violated(new Violation("OnlyRaftExceptions", String.valueOf(failure)));
    }
  }
}
