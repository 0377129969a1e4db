package io.raftlessons.sim;

import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.RaftCore;
import io.raftlessons.core.Role;
import io.raftlessons.core.StepObserver;
import io.raftlessons.election.Election;
import io.raftlessons.election.ElectionNode;
import io.raftlessons.runtime.FileStableStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Lesson 1 in a world of faults: one to five servers that elect. When all has healed there must be
 * a leader that everybody knows, and it must stay.
 */
public final class ElectionScenario implements Scenario {
  private static final long MILLI = 1_000_000;

  /** Generous: pre-vote and vote need a few rounds when timeouts collide. */
  private static final long LIVENESS_BOUND = 10_000 * MILLI;

  /**
   * A leader that heard no quorum during a fault steps down up to three election timeouts later
   * (seed 1008493), and its followers' timers take up to two.
   */
  private static final long ECHO = 800 * MILLI;

  private static final long CALM = 1_500 * MILLI;

  private final Election.Factory factory;

  /**
   * @param factory {@code ReferenceElection::new}, or a student's
   */
  public ElectionScenario(Election.Factory factory) {
    this.factory = factory;
  }

  @Override
  public String name() {
    return "election";
  }

  @Override
  public Run prepare(long seed) {
    return new ElectionRun(seed);
  }

  /** The ids n1, n2, ... of a group. */
  static List<String> ids(int servers) {
    return IntStream.rangeClosed(1, servers).mapToObj(i -> "n" + i).toList();
  }

  private final class ElectionRun implements Run {
    private final SimRandom random;
    private final SimWorld world;
    private final List<String> ids;

    ElectionRun(long seed) {
      random = new SimRandom(~seed);
      ids = ids(servers());
      List<Check> checks = new ArrayList<>();
      world = new SimWorld(seed, ids, this::start, checks);
      checks.add(new ElectionChecks(world.reach()));
    }

    private int servers() {
      int[] sizes = {3, 3, 3, 5, 5, 4, 2, 1};
      return sizes[random.nextInt(sizes.length)];
    }

    private void start(SimHost host, StepObserver observer) throws IOException {
      RaftConfig config = RaftConfig.defaults(host.id());
      FileStableStore stable = new FileStableStore(host.disk(), "");
      ElectionNode.start(config, ids, stable.load(), stable, host, factory, observer);
    }

    @Override
    public SimWorld world() {
      return world;
    }

    @Override
    public void play() {
      ids.forEach(world::start);
      Nemesis nemesis = new Nemesis(world);
      nemesis.start();
      world.runUntil(random.between(500, 6_000) * MILLI);
      world.runUntil(nemesis.stop() + ECHO);
      if (!world.runUntil(world.now() + LIVENESS_BOUND, this::agreed)) {
        throw new Violation(
            "Liveness", "no leader that all know, all faults healed: " + world.describe());
      }
      long term = term();
      world.runUntil(world.now() + CALM);
      if (!agreed() || term() != term) {
        throw new Violation(
            "Stability",
            "the leader of term " + term + " was replaced without a fault: " + world.describe());
      }
    }

    private boolean agreed() {
      String leader = "";
      for (String id : ids) {
        RaftCore core = world.core(id);
        if (core == null || core.leader().isEmpty()) {
          return false;
        }
        if (leader.isEmpty()) {
          leader = core.leader();
        }
        if (!core.leader().equals(leader) || core.currentTerm() != term()) {
          return false;
        }
      }
      RaftCore core = world.core(leader);
      return core != null && core.role() == Role.LEADER;
    }

    private long term() {
      RaftCore core = world.core(ids.get(0));
      return core == null ? -1 : core.currentTerm();
    }
  }
}
