package io.raftlessons.membership.sim;

import io.raftlessons.membership.Change;
import io.raftlessons.membership.ChangeResult;
import io.raftlessons.sim.SimRandom;
import io.raftlessons.sim.SimWorld;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Asks for changes of the configuration and for transfers all the time, of any server and about any
 * server, whether that makes sense or not.
 */
final class Operator {
  private static final long MILLI = 1_000_000;

  private final SimWorld world;
  private final SimRandom random;
  private final Map<String, SimMember> nodes;
  private final Supplier<String> target;
  private final LostDisks disks;
  private final Answers answers;
  private final CommittedConfigurations committed;
  private boolean active = true;
  private long addresses;

  /**
   * @param nodes the servers that run, as they are at any time
   * @param target whom to ask now
   */
  Operator(
      SimWorld world,
      SimRandom random,
      Map<String, SimMember> nodes,
      Supplier<String> target,
      LostDisks disks,
      Answers answers,
      CommittedConfigurations committed) {
    this.world = world;
    this.random = random;
    this.nodes = nodes;
    this.target = target;
    this.disks = disks;
    this.answers = answers;
    this.committed = committed;
  }

  /** One call, seldom a burst, and then again after a while. */
  void operateOn() {
    if (!active) {
      return;
    }
    String server = target.get();
    int burst = random.chance(0.03) ? random.nextInt(100) : 1;
    for (int i = 0; i < burst; i++) {
      act(server);
    }
    world.after(random.between(5 * MILLI, 200 * MILLI), this::operateOn);
  }

  void stop() {
    active = false;
  }

  private void act(String server) {
    boolean transfer = random.chance(0.15);
    String id = random.chance(0.15) ? server : any();
    String to = random.chance(0.5) ? "" : id;
    Change change = change(id);
    int which = random.nextInt(10);
    long off = random.between(-2, 2);
    long timeout = random.chance(0.3) ? 0 : random.between(MILLI, 3_000 * MILLI);
    SimMember node = nodes.get(server);
    if (!world.operation() || node == null || disks.forbids(change)) {
      return;
    }
    if (transfer) {
      transfer(server, node, to);
      return;
    }
    long latest = node.getConfiguration().latestIndex();
    long prevIndex = which < 5 ? 0 : Math.max(0, which < 8 ? latest : latest + off);
    change(server, node, change, prevIndex, timeout);
  }

  private String any() {
    return world.ids().get(random.nextInt(world.ids().size()));
  }

  /** Mostly with an address that no other call has: so it can be told where it got to. */
  private Change change(String id) {
    String address = random.chance(0.3) ? id : id + ":" + ++addresses;
    int dice = random.nextInt(20);
    if (dice < 10) {
      return new Change.AddVoter(id, address);
    }
    if (dice < 13) {
      return new Change.AddNonvoter(id, address);
    }
    return dice < 15 ? new Change.DemoteVoter(id) : new Change.RemoveServer(id);
  }

  CompletableFuture<ChangeResult> change(
      String server, SimMember node, Change change, long prevIndex, long timeoutNanos) {
    CompletableFuture<ChangeResult> answer = make(node, change, prevIndex, timeoutNanos);
    answers.expect(server, change, prevIndex, timeoutNanos, answer);
    return answer;
  }

  private static CompletableFuture<ChangeResult> make(
      SimMember node, Change change, long prevIndex, long timeoutNanos) {
    Duration timeout = Duration.ofNanos(timeoutNanos);
    if (change instanceof Change.AddVoter add) {
      return node.addVoter(add.id(), add.address(), prevIndex, timeout);
    }
    if (change instanceof Change.AddNonvoter add) {
      return node.addNonvoter(add.id(), add.address(), prevIndex, timeout);
    }
    if (change instanceof Change.DemoteVoter demote) {
      return node.demoteVoter(demote.id(), prevIndex, timeout);
    }
    if (change instanceof Change.RemoveServer remove) {
      return node.removeServer(remove.id(), prevIndex, timeout);
    }
    throw new IllegalArgumentException("not asked for by callers: " + change.describe());
  }

  CompletableFuture<?> transfer(String server, SimMember node, String to) {
    CompletableFuture<?> answer =
        to.isEmpty() ? node.leadershipTransfer() : node.leadershipTransferToServer(to);
    answers.expectTransfer(server, answer);
    return answer;
  }

  /** A change that can be made: of a nonvoter if that is possible. */
  Change harmless(String leader) {
    for (String id : world.ids()) {
      if (!committed.isMember(id)) {
        return new Change.AddNonvoter(id, id + ":" + ++addresses);
      }
    }
    for (var server : committed.latest().getServersList()) {
      if (!MembershipChecks.voters(committed.latest()).contains(server.getId())) {
        return new Change.RemoveServer(server.getId());
      }
    }
    for (String id : world.ids()) {
      if (!id.equals(leader)) {
        return new Change.DemoteVoter(id);
      }
    }
    return new Change.AddVoter(leader, leader + ":" + ++addresses);
  }
}
