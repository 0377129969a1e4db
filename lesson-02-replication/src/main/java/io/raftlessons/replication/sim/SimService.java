package io.raftlessons.replication.sim;

import io.raftlessons.core.RaftCore;
import io.raftlessons.core.Role;
import io.raftlessons.replication.Applied;
import io.raftlessons.replication.RaftException;
import io.raftlessons.replication.keyvalue.KeyValueCommands;
import io.raftlessons.replication.keyvalue.wire.Reply;
import io.raftlessons.replication.keyvalue.wire.Request;
import io.raftlessons.sim.SimRandom;
import io.raftlessons.sim.SimWorld;
import io.raftlessons.sim.Violation;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A group of {@link CountingMachine}s and its clients, who call all the time. Every acknowledged
 * command must be in the log once, where its client was told, and behind all that were acknowledged
 * before it was proposed, and reads past the log must see all of them. When all has healed a
 * command must go through and every member must have the same log and the same machine; then
 * everything is read, and what the clients saw from first to last must be linearizable.
 */
public final class SimService implements Clients.Group {
  private static final long MILLI = 1_000_000;
  private static final long LIVENESS_BOUND = 20_000 * MILLI;

  private final SimWorld world;
  private final SimRandom random;
  private final LogChecks logs;
  private final Clients clients;
  private final SimReads reading;
  private final Map<String, SimServer> servers = new TreeMap<>();
  private final Map<String, CountingMachine> machines = new TreeMap<>();
  private long proposed;
  private boolean writing = true;
  private long lastAcknowledged;

  /**
   * @param random shared with the scenario
   */
  public SimService(SimWorld world, SimRandom random, LogChecks logs) {
    this.world = world;
    this.random = random;
    this.logs = logs;
    clients = new Clients(world, random.split(), this);
    reading = new SimReads(world, random.split(), logs, servers, machines, this::target);
  }

  /** From now on this is how to reach a server. */
  public void started(String id, SimServer server, CountingMachine machine) {
    servers.put(id, server);
    machines.put(id, machine);
    machine.onApplied(clients::applied);
  }

  /** A server cannot be reached any more. */
  public void crashed(String id) {
    servers.remove(id);
    machines.remove(id);
  }

  /** Clients begin to call. */
  public void begin() {
    world.after(0, this::writeOn);
    world.after(0, reading::readOn);
  }

  /**
   * A write goes through and a read is confirmed.
   *
   * @param healed when the last fault was over
   */
  public void goesOn(long healed) {
    long before = acknowledged();
    if (!world.runUntil(healed + LIVENESS_BOUND, () -> acknowledged() > before)) {
      throw new Violation(
          "Liveness", "no write goes through, all faults healed:" + world.describe());
    }
    long read = reading.confirmed();
    if (!world.runUntil(healed + LIVENESS_BOUND, () -> reading.confirmed() > read)) {
      throw new Violation(
          "Liveness", "no read is confirmed, all faults healed:" + world.describe());
    }
  }

  /** Clients make no more calls. */
  public void end() {
    reading.stop();
    writing = false;
    clients.stop();
  }

  /**
   * All members come to have the same.
   *
   * @param members as they are at any time
   */
  public void comesToTheSame(long healed, Supplier<? extends Collection<String>> members) {
    if (!world.runUntil(healed + LIVENESS_BOUND, () -> allTheSame(members.get()))) {
      throw new Violation("Liveness", "servers stay behind, all faults healed:" + world.describe());
    }
    statesAreTheSame(members.get());
  }

  /** Everything is read, and one machine could have answered all that the clients were told. */
  public void wasLinearizable() {
    clients.readEverything();
    if (!world.runUntil(world.now() + LIVENESS_BOUND, clients::hasReadEverything)) {
      throw new Violation("Liveness", "a read is not answered:" + world.describe());
    }
    HistoryCheck.check(clients.history(), clients::completion, world.reach());
  }

  private long acknowledged() {
    return world.reach().of("write acknowledged");
  }

  /** One call, or a burst, and then again after a while. */
  private void writeOn() {
    if (!writing) {
      return;
    }
    int burst = random.chance(0.1) ? random.nextInt(40) : 1;
    String target = target();
    for (int i = 0; i < burst; i++) {
      clients.act(target);
    }
    world.after(random.between(MILLI / 2, 40 * MILLI), this::writeOn);
  }

  /** Clients make each call once: see {@link #replaced}. */
  public void callOnce() {
    clients.callOnce();
  }

  /**
   * An operator asks for another state, of an earlier time perhaps. Calls must be made {@link
   * #callOnce}.
   *
   * @param state as of {@link CountingMachine#state}
   */
  public Replacement replaced(byte[] state) {
    CountingMachine machine = CountingMachine.of(state);
    return clients.replacement(key -> machine.query(KeyValueCommands.get(key)).getText());
  }

  /** Clients make many calls at once at one server. */
  public void burst(String server, int calls) {
    for (int i = 0; i < calls; i++) {
      clients.act(server);
    }
  }

  /** Mostly a leader, as a client would find it; sometimes anybody. */
  @Override
  public String target() {
    String any = world.ids().get(random.nextInt(world.ids().size()));
    if (random.chance(0.1)) {
      return any;
    }
    for (String id : world.ids()) {
      RaftCore core = world.core(id);
      if (core != null && core.role() == Role.LEADER && random.chance(0.7)) {
        return id;
      }
    }
    return any;
  }

  @Override
  public long propose(String server, byte[] command, Clients.Answer answer) {
    SimServer called = servers.get(server);
    if (called == null) {
      return 0;
    }
    long after = lastAcknowledged;
    byte[] numbered =
        ByteBuffer.allocate(CountingMachine.NUMBER_BYTES + command.length)
            .putLong(++proposed)
            .put(command)
            .array();
    long number = proposed;
    called
        .apply(numbered)
        .whenComplete(
            (applied, failure) -> {
              try {
                checkAnswer(server, numbered, after, applied, failure);
                answer.answered(applied, failure);
              } catch (Violation broken) {
                // Thrown on, it would only fail a future that nobody looks at.
                world.violated(broken);
              } catch (RuntimeException e) {
                world.violated(new Violation("AnswersMakeSense", applied + ": " + e));
              }
            });
    return number;
  }

  @Override
  public void query(String server, Request query, Consumer<@Nullable Reply> answer) {
    SimServer called = servers.get(server);
    CountingMachine machine = machines.get(server);
    if (called == null || machine == null) {
      return;
    }
    called
        .read(() -> machine.query(query))
        .whenComplete(
            (reply, failure) -> {
              if (failure == null || failure instanceof RaftException) {
                answer.accept(reply);
              } else {
                world.violated(new Violation("OnlyRaftExceptions", String.valueOf(failure)));
              }
            });
  }

  private void checkAnswer(
      String server,
      byte[] command,
      long after,
      @Nullable Applied applied,
      @Nullable Throwable failure) {
    if (failure instanceof RaftException refused) {
      world.reach().count("write failed: " + refused.getClass().getSimpleName());
    } else if (failure != null) {
      throw new Violation("OnlyRaftExceptions", String.valueOf(failure));
    } else if (applied != null) {
      world.reach().count("write acknowledged");
      lastAcknowledged = Math.max(lastAcknowledged, applied.index());
      if (applied.index() <= after) {
        throw new Violation(
            "RealTimeOrder",
            "a write got index " + applied.index() + " after " + after + " was acknowledged");
      }
      logs.acknowledged(applied.index(), command, server);
    }
  }

  private boolean allTheSame(Collection<String> members) {
    byte[] first = null;
    for (String id : members) {
      CountingMachine machine = machines.get(id);
      if (machine == null || logs.handedOut(id) < logs.committed()) {
        return false;
      }
      if (first == null) {
        first = machine.past();
      }
      if (!Arrays.equals(machine.past(), first)) {
        return false;
      }
    }
    return true;
  }

  private void statesAreTheSame(Collection<String> members) {
    byte[] first = null;
    for (String id : members) {
      CountingMachine machine = machines.get(id);
      byte[] state = machine == null ? new byte[0] : machine.state();
      if (first == null) {
        first = state;
      }
      if (!Arrays.equals(state, first)) {
        throw new Violation("SameState", id + " applied the same and came to another state");
      }
    }
  }
}
