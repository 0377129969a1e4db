package io.raftlessons.membership.sim;

import io.raftlessons.sim.Violation;
import io.raftlessons.wire.AppendEntriesReply;
import io.raftlessons.wire.Envelope;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What servers have said to leaders and candidates, and what that is worth: a server whose disk was
 * emptied does not know what it has promised, and as long as it is a member nothing that it says
 * counts.
 */
final class Promises {
  /** By server and term, what it has acknowledged to that term's leader. */
  private final Map<String, Map<Long, Long>> acknowledged = new TreeMap<>();

  /** By server and term, who has its vote: two, if its disk was emptied between. */
  private final Map<String, Map<Long, Set<String>>> votes = new TreeMap<>();

  private final Set<String> worthless = new TreeSet<>();

  /** A message left its sender. */
  void sent(Envelope message) {
    String from = message.getFrom();
    if (message.getAppendEntriesReply().getSuccess()) {
      acknowledged(from, message.getTerm(), match(message.getAppendEntriesReply()));
    } else if (message.getRequestVoteReply().getGranted() && !worthless.contains(from)) {
      votes
          .computeIfAbsent(from, i -> new TreeMap<>())
          .computeIfAbsent(message.getTerm(), i -> new TreeSet<>())
          .add(message.getTo());
    }
  }

  /** Up to where a follower's log is that of the leader, and on disk. */
  static long match(AppendEntriesReply success) {
    return success.getPrevLogIndex() + success.getCount();
  }

  void acknowledged(String by, long term, long index) {
    if (!worthless.contains(by)) {
      acknowledged.computeIfAbsent(by, i -> new TreeMap<>()).merge(term, index, Math::max);
    }
  }

  private boolean hasAcknowledged(String by, long term, long index) {
    Map<Long, Long> terms = acknowledged.get(by);
    return terms != null && terms.getOrDefault(term, 0L) >= index;
  }

  private boolean hasVoted(String by, long term, String candidate) {
    Map<Long, Set<String>> terms = votes.get(by);
    return terms != null && terms.containsKey(term) && terms.get(term).contains(candidate);
  }

  /**
   * A leader commits.
   *
   * @throws Violation if fewer than a majority of these voters have acknowledged that
   */
  void letCommit(String leader, Set<String> voters, long index, long term) {
    long have = count(voters, v -> v.equals(leader) || hasAcknowledged(v, term, index));
    if (have <= voters.size() / 2) {
      throw new Violation(
          "OnlyVotersCommit",
          String.format(
              "%s commits up to %d in term %d: %d of the voters %s have that",
              leader, index, term, have, voters));
    }
  }

  /**
   * A candidate becomes leader.
   *
   * @throws Violation if fewer than a majority of these voters have voted for it
   */
  void letLead(String candidate, Set<String> voters, long term) {
    long have = count(voters, v -> v.equals(candidate) || hasVoted(v, term, candidate));
    if (have <= voters.size() / 2) {
      throw new Violation(
          "OnlyVotersElect",
          String.format(
              "%s leads term %d: %d of the voters %s chose it", candidate, term, have, voters));
    }
  }

  private static long count(Set<String> voters, Predicate<String> which) {
    return voters.stream().filter(which).count();
  }

  /** A member's disk was emptied: until it has left the group nobody may count on what it says. */
  void worthNothing(String member) {
    worthless.add(member);
  }

  /** The disk of a server that had left was emptied; it may join anew. */
  void joinsAnew(String server) {
    worthless.remove(server);
    acknowledged.remove(server);
  }
}
