package io.raftlessons.sim;

import io.raftlessons.core.Effect.RoleChanged;
import io.raftlessons.core.Effects;
import io.raftlessons.core.RaftCore;
import io.raftlessons.core.Role;
import io.raftlessons.wire.Envelope;
import java.util.Map;
import java.util.TreeMap;

/**
 * What no election may do, checked at every step: two leaders in a term (Figure 3), two votes in a
 * term, a term that goes back, a promise that a crash took back.
 */
public final class ElectionChecks implements Check {
  private final Reach reach;
  private final Map<Long, String> leaderOf = new TreeMap<>();
  private final Map<Long, Integer> candidatesOf = new TreeMap<>();

  /** By server: the vote it gave to the outside in the newest term it voted in. */
  private final Map<String, Vote> voteSent = new TreeMap<>();

  /** By server: the highest term it promised something in. */
  private final Map<String, Long> termPromised = new TreeMap<>();

  private final Map<String, Long> termSeen = new TreeMap<>();

  private record Vote(long term, String candidate) {}

  public ElectionChecks(Reach reach) {
    this.reach = reach;
  }

  @Override
  public void stepped(String server, RaftCore core, Object input, Effects effects) {
    long term = core.currentTerm();
    Long before = termSeen.put(server, term);
    if (before != null && term < before) {
      throw new Violation("MonotonicTerm", server + " went from term " + before + " to " + term);
    }
    if (before == null && term < termPromised.getOrDefault(server, 0L)) {
      throw new Violation(
          "DurableBeforePromised",
          server
              + " restarted in term "
              + term
              + " but promised something in term "
              + termPromised.get(server));
    }
    for (var effect : effects.list()) {
      if (effect instanceof RoleChanged change) {
        roleChanged(server, change);
      }
    }
  }

  private void roleChanged(String server, RoleChanged change) {
    if (change.role() == Role.LEADER) {
      String other = leaderOf.putIfAbsent(change.term(), server);
      if (other == null) {
        reach.count("election won");
      } else if (!other.equals(server)) {
        throw new Violation(
            "ElectionSafety",
            "term " + change.term() + " has two leaders: " + other + " and " + server);
      }
    } else if (change.role() == Role.CANDIDATE && change.leader().isEmpty()) {
      if (candidatesOf.merge(change.term(), 1, Integer::sum) == 2) {
        reach.count("two candidates in a term");
      }
    } else if (change.role() == Role.FOLLOWER && server.equals(leaderOf.get(change.term()))) {
      reach.count("leader stepped down in its own term");
    }
  }

  @Override
  public void sent(Envelope message) {
    switch (message.getBodyCase()) {
      case REQUEST_VOTE -> voted(message.getFrom(), message.getTerm(), message.getFrom());
      case REQUEST_VOTE_REPLY -> {
        if (message.getRequestVoteReply().getGranted()) {
          reach.count("vote granted");
          voted(message.getFrom(), message.getTerm(), message.getTo());
        } else {
          reach.count("vote refused");
        }
      }
      case APPEND_ENTRIES_REPLY -> {
        if (message.getAppendEntriesReply().getSuccess()) {
          termPromised.merge(message.getFrom(), message.getTerm(), Math::max);
        }
      }
      case APPEND_ENTRIES -> {
        String leader = leaderOf.get(message.getTerm());
        if (!message.getFrom().equals(leader)) {
          throw new Violation(
              "OnlyLeadersAppend",
              message.getFrom()
                  + " sent AppendEntries of term "
                  + message.getTerm()
                  + ", whose leader is "
                  + leader);
        }
      }
      default -> {}
    }
  }

  private void voted(String server, long term, String candidate) {
    Vote before = voteSent.get(server);
    if (before != null && term < before.term()) {
      throw new Violation(
          "OneVotePerTerm",
          server + " voted in term " + term + " after it had voted in term " + before.term());
    }
    if (before != null && term == before.term() && !before.candidate().equals(candidate)) {
      throw new Violation(
          "OneVotePerTerm",
          server
              + " voted for "
              + before.candidate()
              + " and for "
              + candidate
              + " in term "
              + term);
    }
    voteSent.put(server, new Vote(term, candidate));
    termPromised.merge(server, term, Math::max);
  }

  @Override
  public void crashed(String server) {
    termSeen.remove(server);
  }

  @Override
  public void diskReplaced(String server) {
    voteSent.remove(server);
    termPromised.remove(server);
  }

  /** What it remembers that can make a later step a violation. */
  void describe(StringBuilder text) {
    text.append(leaderOf).append(voteSent).append(termPromised);
  }

  /** How many elections were won, which is also the number of terms with a leader. */
  public int elections() {
    return leaderOf.size();
  }
}
