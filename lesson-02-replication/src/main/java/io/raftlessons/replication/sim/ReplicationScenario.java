package io.raftlessons.replication.sim;

import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.RaftCore;
import io.raftlessons.core.Role;
import io.raftlessons.core.StepObserver;
import io.raftlessons.election.Election;
import io.raftlessons.replication.Applied;
import io.raftlessons.replication.RaftException;
import io.raftlessons.replication.Reads;
import io.raftlessons.replication.Replication;
import io.raftlessons.replication.ReplicationConfig;
import io.raftlessons.replication.ReplicationNode;
import io.raftlessons.replication.SegmentedLogStore;
import io.raftlessons.replication.keyvalue.wire.Reply;
import io.raftlessons.replication.keyvalue.wire.Request;
import io.raftlessons.runtime.FileStableStore;
import io.raftlessons.sim.Check;
import io.raftlessons.sim.ElectionChecks;
import io.raftlessons.sim.Nemesis;
import io.raftlessons.sim.Scenario;
import io.raftlessons.sim.SimHost;
import io.raftlessons.sim.SimRandom;
import io.raftlessons.sim.SimWorld;
import io.raftlessons.sim.Violation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Lesson 2 in a world of faults: servers on file stores, clients that call all the time. Every
 * acknowledged command must be in the log once, where its client was told, and behind all that were
 * acknowledged before it was proposed, and reads past the log must see all of them. When all has
 * healed a command must go through and every server must have the same log and the same machine;
 * then everything is read, and what the clients saw from first to last must be linearizable.
 */
public final class ReplicationScenario implements Scenario {
  private static final long MILLI = 1_000_000;
  private static final long LIVENESS_BOUND = 20_000 * MILLI;

  private final Election.Factory election;
  private final Replication.Factory replication;
  private final Reads.Factory reads;

  /** Takes the reference parts, or a student's. */
  public ReplicationScenario(
      Election.Factory election, Replication.Factory replication, Reads.Factory reads) {
    this.election = election;
    this.replication = replication;
    this.reads = reads;
  }

  @Override
  public String name() {
    return "replication";
  }

  @Override
  public Run prepare(long seed) {
    return new ReplicationRun(seed);
  }

  private final class ReplicationRun implements Run, Check, Clients.Group {
    private final SimRandom random;
    private final SimWorld world;
    private final List<String> ids;
    private final ReplicationConfig bounds;
    private final SegmentedLogStore.Options logOptions;
    private final LogChecks logs;
    private final Clients clients;
    private final Map<String, ReplicationNode> nodes = new TreeMap<>();
    private final Map<String, CountingMachine> machines = new TreeMap<>();
    private long proposed;
    private final SimReads reading;
    private boolean writing = true;
    private long lastAcknowledged;

    ReplicationRun(long seed) {
      random = new SimRandom(~seed);
      int[] sizes = {3, 3, 3, 5, 5, 4, 2, 1};
      int size = sizes[random.nextInt(sizes.length)];
      ids = IntStream.rangeClosed(1, size).mapToObj(i -> "n" + i).toList();
      bounds = bounds();
      int segmentBytes = (int) random.between(512, 16_384);
      logOptions = new SegmentedLogStore.Options("log", segmentBytes, 4096, 16_384);
      List<Check> checks = new ArrayList<>();
      world = new SimWorld(seed, ids, this::start, checks);
      logs = new LogChecks(world.reach(), true);
      checks.add(new ElectionChecks(world.reach()));
      checks.add(logs);
      checks.add(this);
      clients = new Clients(world, random.split(), this);
      reading = new SimReads(world, random.split(), logs, nodes, machines, this::target);
    }

    /** Often so narrow that every bound is met. */
    private ReplicationConfig bounds() {
      if (random.chance(0.3)) {
        return ReplicationConfig.defaults();
      }
      return new ReplicationConfig(
          (int) random.between(64, 1024),
          (int) random.between(1, 4),
          (int) random.between(64, 2048),
          (int) random.between(256, 8192),
          4096,
          (int) random.between(128, 4096),
          (int) random.between(128, 4096));
    }

    private void start(SimHost host, StepObserver observer) throws IOException {
      FileStableStore stable = new FileStableStore(host.disk(), "");
      SegmentedLogStore log =
          SegmentedLogStore.open(host.disk(), host.loop("prealloc"), logOptions);
      if (log.recoveredTornBytes() > 0) {
        world.reach().count("torn tail cut");
      }
      logs.restarted(host.id(), log);
      CountingMachine machine = new CountingMachine();
      ReplicationNode.Setup setup =
          new ReplicationNode.Setup(
              RaftConfig.defaults(host.id()), bounds, ids, election, replication, reads, observer);
      nodes.put(host.id(), ReplicationNode.start(setup, stable, log, machine, host));
      machines.put(host.id(), machine);
    }

    @Override
    public void crashed(String id) {
      nodes.remove(id);
      machines.remove(id);
    }

    @Override
    public SimWorld world() {
      return world;
    }

    @Override
    public void play() {
      ids.forEach(world::start);
      world.after(0, this::writeOn);
      world.after(0, reading::readOn);
      Nemesis nemesis = new Nemesis(world);
      nemesis.start();
      world.runUntil(random.between(500, 6_000) * MILLI);
      world.runUntil(nemesis.stop());
      long healed = world.now();
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
      reading.stop();
      writing = false;
      clients.stop();
      if (!world.runUntil(healed + LIVENESS_BOUND, this::allTheSame)) {
        throw new Violation(
            "Liveness", "servers stay behind, all faults healed:" + world.describe());
      }
      statesAreTheSame();
      clients.readEverything();
      if (!world.runUntil(world.now() + LIVENESS_BOUND, clients::hasReadEverything)) {
        throw new Violation("Liveness", "a read is not answered:" + world.describe());
      }
      HistoryCheck.check(clients.history(), world.reach());
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

    /** Mostly a leader, as a client would find it; sometimes anybody. */
    @Override
    public String target() {
      String any = ids.get(random.nextInt(ids.size()));
      if (random.chance(0.1)) {
        return any;
      }
      for (String id : ids) {
        RaftCore core = world.core(id);
        if (core != null && core.role() == Role.LEADER && random.chance(0.7)) {
          return id;
        }
      }
      return any;
    }

    @Override
    public boolean propose(String server, byte[] command, Clients.Answer answer) {
      ReplicationNode node = nodes.get(server);
      if (node == null) {
        return false;
      }
      long after = lastAcknowledged;
      byte[] numbered =
          ByteBuffer.allocate(CountingMachine.NUMBER_BYTES + command.length)
              .putLong(++proposed)
              .put(command)
              .array();
      node.apply(numbered)
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
      return true;
    }

    @Override
    public void query(String server, Request query, Consumer<@Nullable Reply> answer) {
      ReplicationNode node = nodes.get(server);
      CountingMachine machine = machines.get(server);
      if (node == null || machine == null) {
        return;
      }
      node.read(() -> machine.query(query))
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

    private boolean allTheSame() {
      byte[] first = null;
      for (String id : ids) {
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

    private void statesAreTheSame() {
      byte[] first = machines.values().iterator().next().state();
      machines.forEach(
          (id, machine) -> {
            if (!Arrays.equals(machine.state(), first)) {
              throw new Violation("SameState", id + " applied the same and came to another state");
            }
          });
    }
  }
}
