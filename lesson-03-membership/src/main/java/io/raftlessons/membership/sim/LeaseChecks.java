package io.raftlessons.membership.sim;

import io.raftlessons.core.Effects;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.RaftCore;
import io.raftlessons.membership.ReadLevels;
import io.raftlessons.sim.Check;
import io.raftlessons.sim.SimWorld;
import io.raftlessons.sim.Violation;
import io.raftlessons.wire.Envelope;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A read is answered by lease only while nobody else can be elected (thesis 6.4.1): of the voters a
 * majority has heard this leader so lately that none of them votes for another, and none was told
 * to campaign. It looks at the time of the world, which no server knows.
 */
final class LeaseChecks implements Check {
  private record Heard(long term, long at) {}

  private final SimWorld world;
  private final MembershipChecks configurations;
  private final double slowestClock;
  private final Map<String, ReadLevels> levels = new TreeMap<>();
  private final Map<String, Long> byLease = new TreeMap<>();

  /** By server and leader, when it heard that one last. */
  private final Map<String, Map<String, Heard>> heard = new TreeMap<>();

  /** By leader, the newest term in which it told somebody to campaign. */
  private final Map<String, Long> handedOver = new TreeMap<>();

  /**
   * @param configurations is shown every step before this is
   * @param slowestClock by how much longer than it should a server waits at most, by its own clock:
   *     0.001 for a thousandth
   */
  LeaseChecks(SimWorld world, MembershipChecks configurations, double slowestClock) {
    this.world = world;
    this.configurations = configurations;
    this.slowestClock = slowestClock;
  }

  /** What this makes is watched. */
  ReadLevels.Factory watched(ReadLevels.Factory reads) {
    return (config, options, stored, replication, electorate, transfer) -> {
      ReadLevels made = reads.create(config, options, stored, replication, electorate, transfer);
      levels.put(config.localId(), made);
      byLease.put(config.localId(), made.served().byLease());
      return made;
    };
  }

  @Override
  public void stepped(String id, RaftCore core, Object input, Effects effects) {
    if (input instanceof Envelope message
        && (message.hasAppendEntries() || message.hasInstallSnapshot())) {
      heard
          .computeIfAbsent(id, i -> new TreeMap<>())
          .put(message.getFrom(), new Heard(message.getTerm(), world.now()));
    }
    ReadLevels reads = levels.get(id);
    if (reads != null) {
      long now = reads.served().byLease();
      if (now > byLease.getOrDefault(id, 0L)) {
        world.reach().count("read by lease");
        leaseHolds(id, core.currentTerm());
      }
      byLease.put(id, now);
    }
  }

  private void leaseHolds(String id, long term) {
    Set<String> voters = configurations.voters(id);
    long silent = voters.stream().filter(v -> v.equals(id) || keepsStill(v, id, term)).count();
    if (silent <= voters.size() / 2) {
      throw new Violation(
          "LeaseHolds",
          String.format(
              "%s answers by its lease of term %d: %d of the voters %s have heard it lately",
              id, term, silent, voters));
    }
    if (handedOver.getOrDefault(id, 0L) == term) {
      throw new Violation(
          "LeaseHolds",
          id + " answers by its lease of term " + term + ": it has told somebody to campaign");
    }
  }

  private boolean keepsStill(String voter, String leader, long term) {
    Map<String, Heard> byLeader = heard.get(voter);
    Heard last = byLeader == null ? null : byLeader.get(leader);
    long timeout = RaftConfig.defaults(voter).electionTimeoutNanos();
    return last != null
        && last.term() == term
        && world.now() - last.at() < timeout * (1 + slowestClock);
  }

  @Override
  public void sent(Envelope message) {
    if (message.hasTimeoutNow()) {
      handedOver.put(message.getFrom(), message.getTerm());
    }
  }

  @Override
  public void crashed(String id) {
    levels.remove(id);
  }
}
