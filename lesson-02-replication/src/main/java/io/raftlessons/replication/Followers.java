package io.raftlessons.replication;

import io.raftlessons.core.Electorate;
import io.raftlessons.core.Step;
import java.util.Collections;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whom a leader replicates to, and what it knows of each. Members come and go while it leads: who
 * is in the electorate is asked at the end of every step, so nobody has to tell it.
 */
final class Followers {
  private final RaftLog log;
  private final Electorate electorate;
  private final LogSender sender;
  private final TreeMap<String, Progress> progress = new TreeMap<>();

  /** Those who are no members any more, and what was the last entry of the log when they left. */
  private final Map<String, Long> leaving = new TreeMap<>();

  Followers(RaftLog log, Electorate electorate, LogSender sender) {
    this.log = log;
    this.electorate = electorate;
    this.sender = sender;
  }

  void clear() {
    progress.clear();
    leaving.clear();
  }

  /**
   * Takes up new members, and lets go of those that have left. They are kept until the entry that
   * removed them is committed, and told so: a server that does not know that it was removed
   * campaigns (thesis 4.2.3).
   */
  void update(Step step, long commitIndex) {
    SortedSet<String> members = electorate.members();
    for (String peer : members) {
      // One that comes back may have lost its log meanwhile, so it begins anew.
      boolean cameBack = leaving.remove(peer) != null;
      if (!peer.equals(step.self()) && (cameBack || !progress.containsKey(peer))) {
        progress.put(peer, new Progress(log.lastIndex() + 1));
      }
    }
    progress
        .entrySet()
        .removeIf(
            follower ->
                !members.contains(follower.getKey())
                    && hasLeft(step, follower.getKey(), follower.getValue(), commitIndex));
  }

  private boolean hasLeft(Step step, String peer, Progress follower, long commitIndex) {
    if (commitIndex < leaving.computeIfAbsent(peer, p -> log.lastIndex())) {
      return false;
    }
    leaving.remove(peer);
    sender.heartbeat(step, peer, follower, commitIndex);
    return true;
  }

  void heartbeat(Step step, long commitIndex) {
    progress.forEach((peer, follower) -> sender.heartbeat(step, peer, follower, commitIndex));
  }

  void sendWhatTheyLack(Step step, long commitIndex) {
    progress.forEach((peer, follower) -> sender.sendWhatItLacks(step, peer, follower, commitIndex));
  }

  /** What a follower says to have must be in the log: it may speak of a former one. */
  void snapshotEnded(String peer, long installed) {
    Progress follower = progress.get(peer);
    if (follower != null && installed <= log.lastIndex()) {
      follower.snapshotEnded(installed);
    }
  }

  @Nullable Progress get(String peer) {
    return progress.get(peer);
  }

  SortedSet<String> ids() {
    return Collections.unmodifiableSortedSet(progress.navigableKeySet());
  }

  void describe(StringBuilder text) {
    progress.forEach(
        (peer, follower) -> {
          text.append(' ').append(peer).append('=');
          follower.describe(text);
          if (leaving.containsKey(peer)) {
            text.append(" until ").append(leaving.get(peer));
          }
        });
  }
}
