package io.raftlessons.membership.sim;

import io.raftlessons.wire.AppendEntriesReply;
import io.raftlessons.wire.Envelope;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What servers have said to leaders and candidates, and what that is worth: a server whose disk was
 * emptied does not know what it has promised, and as long as it is a member nothing that it says
 * counts.
 */
final class Promises {
  /** By server and term, what it has acknowledged to that term's leader. */
  private final Map<String, NavigableMap<Long, Long>> acknowledged = new TreeMap<>();

  /** By server and term, who has its vote. */
  private final Map<String, Map<Long, String>> votes = new TreeMap<>();

  private final Set<String> worthless = new TreeSet<>();

  /** A message left its sender. */
  void sent(Envelope message) {
    String from = message.getFrom();
    if (message.getAppendEntriesReply().getSuccess()) {
      acknowledged(from, message.getTerm(), match(message.getAppendEntriesReply()));
    } else if (message.getRequestVoteReply().getGranted() && !worthless.contains(from)) {
      votes.computeIfAbsent(from, i -> new TreeMap<>()).put(message.getTerm(), message.getTo());
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

  /** The highest index that a server has acknowledged in this term; 0 if none. */
  long acknowledged(String by, long term) {
    NavigableMap<Long, Long> terms = acknowledged.get(by);
    return terms == null ? 0 : terms.getOrDefault(term, 0L);
  }

  boolean votedFor(String by, long term, String candidate) {
    Map<Long, String> terms = votes.get(by);
    return terms != null && candidate.equals(terms.get(term));
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
