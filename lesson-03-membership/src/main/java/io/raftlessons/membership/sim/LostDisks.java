package io.raftlessons.membership.sim;

import io.raftlessons.core.RaftCore;
import io.raftlessons.core.Role;
import io.raftlessons.membership.Change;
import io.raftlessons.membership.Configurations;
import io.raftlessons.sim.SimRandom;
import io.raftlessons.sim.SimWorld;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Server;
import io.raftlessons.wire.Server.Suffrage;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * Servers that come back with an empty disk. Removed ones may at any time. A member may, in some
 * runs, where the guard of the disks is said to work: every configuration that may count anywhere
 * names its disk. It must be refused then. One member at a time, and only where the others have a
 * quorum without it; until it is removed nothing else is changed.
 */
public final class LostDisks {
  private static final long MILLI = 1_000_000;

  private final SimWorld world;
  private final SimRandom random;
  private final MembershipChecks checks;
  private final CommittedConfigurations committed;
  private final BooleanSupplier quiet;
  private final boolean ofMembers;
  private final Predicate<String> further;
  private final Set<String> bad = new TreeSet<>();
  private String victim = "";
  private boolean active = true;

  /**
   * @param quiet whether no change is under way that somebody waits for
   * @param ofMembers whether members lose their disks too
   * @param further whether a member can be done without, as far as a later lesson has to say
   */
  LostDisks(
      SimWorld world,
      SimRandom random,
      MembershipChecks checks,
      CommittedConfigurations committed,
      BooleanSupplier quiet,
      boolean ofMembers,
      Predicate<String> further) {
    this.world = world;
    this.random = random;
    this.checks = checks;
    this.committed = committed;
    this.quiet = quiet;
    this.ofMembers = ofMembers;
    this.further = further;
  }

  boolean mayStop(String server, Throwable cause) {
    String why = String.valueOf(cause.getMessage());
    boolean refused = bad.contains(server) && why.contains("refuses the disk of");
    if (refused) {
      world.reach().count("disk refused");
    }
    return refused;
  }

  /** A look at one server, and then again after a while. */
  void loseOn() {
    if (!active) {
      return;
    }
    String id = world.ids().get(random.nextInt(world.ids().size()));
    long pause = random.between(10 * MILLI, 400 * MILLI);
    boolean wanted = random.chance(0.5);
    goOn();
    if (wanted && mayBeEmptied(id)) {
      if (world.fault("the disk of " + id + ", which does not belong any more, is emptied")) {
        world.reach().count("fault: disk of a removed server emptied");
        empty(id, pause, false);
      }
    } else if (wanted && ofMembers && mayBeLost(id)) {
      if (world.fault("the disk of " + id + ", a member, is emptied")) {
        world.reach().count("fault: disk of a member emptied");
        lost(id);
        empty(id, pause, true);
      }
    }
    world.after(random.between(50 * MILLI, 500 * MILLI), this::loseOn);
  }

  void stop() {
    active = false;
  }

  private void empty(String id, long pause, boolean member) {
    world.crash(id);
    checks.emptied(id, member);
    world.emptyDisk(id);
    world.after(pause, () -> world.start(id));
  }

  /** From now on this server must be refused, and removed. */
  public void lost(String id) {
    victim = id;
    bad.add(id);
  }

  /** Its disk was worth something after all. */
  public void found(String id) {
    if (victim.equals(id)) {
      victim = "";
    }
    bad.remove(id);
  }

  /** Whether this server must be removed. */
  public boolean isLost(String id) {
    return bad.contains(id);
  }

  /** Who must be removed, because its disk is not the one that it joined with; "" if nobody. */
  String victim() {
    return victim;
  }

  /** Once a victim is removed its disk is emptied, and it may be added again. */
  void goOn() {
    if (!victim.isEmpty() && mayBeEmptied(victim)) {
      bad.remove(victim);
      empty(victim, 0, false);
      victim = "";
    }
  }

  /** Whether this change would leave a group that needs the victim. */
  boolean forbids(Change change) {
    return !victim.isEmpty() && !(change.equals(new Change.RemoveServer(victim)));
  }

  private boolean mayBeEmptied(String id) {
    return committed.latest().getServersCount() > 0
        && !committed.isMember(id)
        && !isKnownToALeader(id)
        && isForgotten(id);
  }

  private boolean isKnownToALeader(String id) {
    for (String other : world.ids()) {
      RaftCore core = world.core(other);
      if (core != null && core.role() == Role.LEADER && checks.belongs(other, id)) {
        return true;
      }
    }
    return false;
  }

  /** No configuration counts on this server, or it names the disk: another one will not do. */
  private boolean isForgotten(String id) {
    for (Configuration configuration : checks.mayCountWithout(id, world::core)) {
      Server server = Configurations.find(configuration, id);
      if (server != null && server.getSuffrage() == Suffrage.VOTER && server.getStorage() == 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether this member can be done without, and is sure to be found out. */
  public boolean mayBeLost(String id) {
    if (!victim.isEmpty()
        || !committed.isMember(id)
        || !quiet.getAsBoolean()
        || !further.test(id)) {
      return false;
    }
    for (Configuration configuration : checks.mayCount(world::core)) {
      Server server = Configurations.find(configuration, id);
      boolean few = MembershipChecks.voters(configuration).size() < 3;
      if (server != null && (server.getStorage() == 0 || few)) {
        return false;
      }
    }
    return true;
  }
}
