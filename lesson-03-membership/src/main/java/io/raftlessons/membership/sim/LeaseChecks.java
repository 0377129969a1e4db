package io.raftlessons.membership.sim;

import io.raftlessons.core.Effects;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.RaftCore;
import io.raftlessons.membership.ReadLevels;
import io.raftlessons.sim.Check;
import io.raftlessons.sim.Reach;
import io.raftlessons.sim.Violation;
import io.raftlessons.wire.Envelope;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * A read is answered by lease only while nobody else can be elected (thesis 6.4.1): of the voters a
 * majority has heard this leader so lately that none of them votes for another, and none was told
 * to campaign. It looks at the time of the world, which no server knows. A voter that restarts
 * counts as one that remembers.
 */
final class LeaseChecks implements Check {
  private record Heard(long term, long at) {}

  private final Reach reach;
  private final LongSupplier now;
  private final Function<String, Set<String>> voters;
  private final double fastestClock;
  private final Map<String, ReadLevels> levels = new TreeMap<>();
  private final Map<String, Long> byLease = new TreeMap<>();

  /** By server and leader, when it heard that one last. */
  private final Map<String, Map<String, Heard>> heard = new TreeMap<>();

  /** By leader, the newest term in which it told somebody to campaign. */
  private final Map<String, Long> handedOver = new TreeMap<>();

  /**
   * @param now the time of the world, in nanoseconds
   * @param voters who votes, as a server sees it
   * @param fastestClock by how much a clock may be too fast: 0.001 for a thousandth
   */
  LeaseChecks(
      Reach reach, LongSupplier now, Function<String, Set<String>> voters, double fastestClock) {
    this.reach = reach;
    this.now = now;
    this.voters = voters;
    this.fastestClock = fastestClock;
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
    if (input instanceof Envelope message) {
      received(message, core.currentTerm());
    }
    ReadLevels reads = levels.get(id);
    if (reads != null) {
      long served = reads.served().byLease();
      if (served > byLease.getOrDefault(id, 0L)) {
        reach.count("read by lease");
        letRead(id, core.currentTerm());
      }
      byLease.put(id, served);
    }
  }

  /**
   * A server has dealt with a message.
   *
   * @param term of the server, after that
   */
  void received(Envelope message, long term) {
    boolean ofALeader = message.hasAppendEntries() || message.hasInstallSnapshot();
    if (ofALeader && message.getTerm() == term) {
      heard
          .computeIfAbsent(message.getTo(), i -> new TreeMap<>())
          .put(message.getFrom(), new Heard(term, now.getAsLong()));
    }
  }

  /**
   * A leader has answered by its lease.
   *
   * @throws Violation if another one may have been elected
   */
  void letRead(String leader, long term) {
    Set<String> all = voters.apply(leader);
    long still = all.stream().filter(v -> v.equals(leader) || keepsStill(v, leader, term)).count();
    if (still <= all.size() / 2) {
      throw new Violation(
          "LeaseHolds",
          String.format(
              "%s answers by its lease of term %d: %d of the voters %s have heard it lately",
              leader, term, still, all));
    }
    if (handedOver.getOrDefault(leader, 0L) == term) {
      throw new Violation(
          "LeaseHolds",
          leader + " answers by its lease of term " + term + ": it has told somebody to campaign");
    }
  }

  private boolean keepsStill(String voter, String leader, long term) {
    Map<String, Heard> byLeader = heard.get(voter);
    Heard last = byLeader == null ? null : byLeader.get(leader);
    long timeout = RaftConfig.defaults(voter).electionTimeoutNanos();
    return last != null
        && last.term() == term
        && now.getAsLong() - last.at() < timeout / (1 + fastestClock);
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
