package io.raftlessons.membership.sim;

import io.raftlessons.core.RaftCore;
import io.raftlessons.core.Role;
import io.raftlessons.membership.Change;
import io.raftlessons.membership.ChangeResult;
import io.raftlessons.membership.Configurations;
import io.raftlessons.membership.MembershipEffect.Reached;
import io.raftlessons.membership.MembershipException;
import io.raftlessons.replication.RaftException;
import io.raftlessons.sim.Check;
import io.raftlessons.sim.SimWorld;
import io.raftlessons.sim.Violation;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Server;
import io.raftlessons.wire.Server.Suffrage;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What callers of membership are told must be true: a change that is done is committed where they
 * are told, one that failed has come as far as they are told. And everybody is told something.
 */
final class Answers implements Check {
  /** A call that waits for its answer, and by when there must be one. */
  private record Open(String server, String what, long until) {}

  private static final long MILLI = 1_000_000;

  /** Beyond the timeout: for pauses, clocks that drift, and disks that are slow. */
  private static final long GRACE = 3_000 * MILLI;

  private final SimWorld world;
  private final MembershipChecks checks;
  private final CommittedConfigurations committed;
  private final List<Open> open = new ArrayList<>();
  private final Set<String> neverLogged = new TreeSet<>();

  Answers(SimWorld world, MembershipChecks checks, CommittedConfigurations committed) {
    this.world = world;
    this.checks = checks;
    this.committed = committed;
  }

  /**
   * @param timeoutNanos 0: as long as it takes
   */
  void expect(
      String server,
      Change change,
      long prevIndex,
      long timeoutNanos,
      CompletableFuture<ChangeResult> answer) {
    long until = timeoutNanos == 0 ? Long.MAX_VALUE : world.now() + timeoutNanos + GRACE;
    Open call = new Open(server, change.describe(), until);
    open.add(call);
    answer.whenComplete(
        (result, failure) ->
            told(
                call,
                () -> {
                  if (result != null) {
                    done(change, prevIndex, result);
                  } else {
                    failed(server, change, failure);
                  }
                }));
  }

  /** The answer's check; what it throws would only fail a future that nobody looks at. */
  private void told(Open call, Runnable check) {
    open.removeIf(other -> other == call);
    try {
      check.run();
    } catch (Violation broken) {
      world.violated(broken);
    }
  }

  private void done(Change change, long prevIndex, ChangeResult result) {
    Configuration there = committed.at(result.index());
    require(result.configuration().equals(there), change, "is not committed there", result);
    Server server = Configurations.find(result.configuration(), change.id());
    require(has(change, server), change, "has not led to it", result);
    world.reach().count(result.logged() ? "change done" : "change done: nothing to change");
    if (prevIndex == 0) {
      return;
    }
    require(committed.at(prevIndex) != null, change, "began at " + prevIndex, result);
    long first = result.logged() ? committed.after(prevIndex) : prevIndex;
    boolean staged = change instanceof Change.AddVoter;
    require(
        staged ? first <= result.index() : first == result.index(),
        change,
        "was not the first after " + prevIndex,
        result);
    world.reach().count("change done: compared and set");
  }

  private static boolean has(Change change, @Nullable Server server) {
    if (change instanceof Change.AddVoter add) {
      return server != null
          && server.getSuffrage() == Suffrage.VOTER
          && server.getAddress().equals(add.address());
    }
    if (change instanceof Change.AddNonvoter add) {
      return server != null && server.getAddress().equals(add.address());
    }
    return change instanceof Change.DemoteVoter
        ? server == null || server.getSuffrage() == Suffrage.NONVOTER
        : server == null;
  }

  private static void require(boolean holds, Change change, String what, Object answer) {
    if (!holds) {
      throw new Violation("TrueAnswers", change.describe() + " " + what + ": " + answer);
    }
  }

  private void failed(String server, Change change, @Nullable Throwable failure) {
    if (failure instanceof MembershipException known) {
      world.reach().count("change failed: " + known.reason());
      world.reach().count("change failed, reached: " + known.reached());
      if (known.reached() == Reached.NONVOTER) {
        world.reach().count("promotion refused: " + known.reason());
      }
      reached(server, change, known);
    } else if (failure instanceof RaftException.Shutdown) {
      world.reach().count("change failed: Shutdown");
    } else if (failure instanceof RaftException refused) {
      world.reach().count("change failed: " + refused.getClass().getSimpleName());
      nothing(change);
    } else {
      throw new Violation("OnlyRaftExceptions", String.valueOf(failure));
    }
  }

  private void reached(String server, Change change, MembershipException failed) {
    long index = failed.index();
    List<Configuration> there = checks.written(server, index);
    switch (failed.reached()) {
      case NOTHING -> {
        require(index == 0, change, "has an index", failed);
        nothing(change);
      }
      case LOGGED ->
          require(
              there.stream().anyMatch(c -> seems(change, Configurations.find(c, change.id()))),
              change,
              "is not in the log",
              failed);
      case NONVOTER -> {
        Configuration joined = committed.at(index);
        Server now = joined == null ? null : Configurations.find(joined, change.id());
        require(seems(change, now), change, "does not belong", failed);
      }
      case PROMOTION_LOGGED ->
          require(
              there.stream().anyMatch(c -> has(change, Configurations.find(c, change.id()))),
              change,
              "is not in the log",
              failed);
    }
  }

  /** Whether the first entry of the change has led to this. */
  private static boolean seems(Change change, @Nullable Server server) {
    return change instanceof Change.AddVoter add
        ? server != null && server.getAddress().equals(add.address())
        : has(change, server);
  }

  private void nothing(Change change) {
    if (change instanceof Change.AddVoter add && !add.address().equals(add.id())) {
      neverLogged.add(add.address());
    } else if (change instanceof Change.AddNonvoter add && !add.address().equals(add.id())) {
      neverLogged.add(add.address());
    }
  }

  void expectTransfer(String server, CompletableFuture<?> answer) {
    Open call = new Open(server, "transfer", world.now() + GRACE);
    open.add(call);
    RaftCore before = world.core(server);
    long term = before == null || before.role() != Role.LEADER ? -1 : before.currentTerm();
    answer.whenComplete(
        (result, failure) ->
            told(
                call,
                () -> {
                  if (failure instanceof MembershipException known) {
                    world.reach().count("transfer failed: " + known.reason());
                  } else if (failure instanceof RaftException refused) {
                    world.reach().count("transfer failed: " + refused.getClass().getSimpleName());
                  } else if (failure != null) {
                    throw new Violation("OnlyRaftExceptions", String.valueOf(failure));
                  } else {
                    transferred(server, term);
                  }
                }));
  }

  private void transferred(String server, long term) {
    world.reach().count("transfer done");
    RaftCore now = world.core(server);
    if (now != null && now.role() == Role.LEADER && now.currentTerm() == term) {
      throw new Violation("TrueAnswers", server + " has handed over and still leads " + term);
    }
  }

  @Override
  public void crashed(String server) {
    open.removeIf(call -> call.server().equals(server));
  }

  boolean allTold() {
    return open.isEmpty();
  }

  /**
   * At the end: whose time is over was told, and what was told to be nothing never was anything.
   */
  void check() {
    for (Open call : open) {
      if (call.until() < world.now()) {
        throw new Violation("EverybodyIsTold", call + " is not answered at " + world.now());
      }
    }
    for (String address : neverLogged) {
      if (checks.everWritten(address)) {
        throw new Violation(
            "TrueAnswers", "nothing was said to be logged, and " + address + " is in a log");
      }
    }
  }
}
