package io.raftlessons.membership;

import io.raftlessons.wire.AppendEntriesReply;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import io.raftlessons.wire.Server;
import io.raftlessons.wire.Server.Suffrage;
import io.raftlessons.wire.ServerOrBuilder;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * Finds out that a server's disk is not the one that its promises are on: a new one under the old
 * id, or the old one set back to an earlier state. Such a server would vote twice in a term and
 * lack what it has acknowledged (§5.1 takes stable storage for granted).
 *
 * <p>A server tells with every message which disk it is on and how often it was started on it. The
 * disk is compared with the one in the configuration. A voter of a bootstrap gets it there by a
 * leader that has heard it, a nonvoter with its vote; before, only a leader that it has answered
 * holds it to its disk, and only for its term.
 *
 * <p>A disk that was set back is found by a server that remembers a later life of it, or, leading,
 * acknowledgements that it lacks now. It must be the one that hears it. That is the leader;
 * followers hear each other only in elections, so a new leader may remember an earlier life than
 * the last. The memory is not durable either. What is not found counts.
 */
final class StorageGuard {
  /**
   * The newest life of a server that was heard of.
   *
   * @param answered whether it has answered this server as the leader of this term
   * @param match the highest index that it has acknowledged in this term
   * @param matchedInLife the life in which it did
   */
  private record Known(long storage, long life, boolean answered, long match, long matchedInLife) {
    Known heard(Envelope message, boolean ofThisTerm) {
      boolean answers = answered || isAnswer(message, ofThisTerm);
      return ofThisTerm
              && message.getAppendEntriesReply().getSuccess()
              && endOfWhatWasAsked(message) > match
          ? new Known(
              storage, message.getLife(), answers, endOfWhatWasAsked(message), message.getLife())
          : new Known(storage, message.getLife(), answers, match, matchedInLife);
    }

    boolean lacksWhatItAcknowledged(Envelope message, boolean ofThisTerm) {
      return ofThisTerm
          && message.hasAppendEntriesReply()
          && !message.getAppendEntriesReply().getSuccess()
          && message.getAppendEntriesReply().getLastIndex() < match
          && message.getLife() > matchedInLife;
    }
  }

  private final Map<String, Known> known = new TreeMap<>();

  /** Where in the log each member joined; 0 for those who did before this term. */
  private final Map<String, Long> joinedInThisTerm = new TreeMap<>();

  /**
   * Looks at a message of a member, and remembers who is behind it.
   *
   * @param recorded the sender as the newest configuration has it
   * @param ofThisTerm whether the message is of the current term
   * @return why it does not count; empty if it does
   */
  Optional<String> refuse(Envelope message, Server recorded, boolean ofThisTerm) {
    Known before = known.get(message.getFrom());
    long expected = recorded.getStorage();
    if (expected == 0 && before != null && before.answered()) {
      expected = before.storage(); // on which the leader believes to be what was acknowledged
    }
    if (expected != 0 && expected != message.getStorage()) {
      // A request is answered by the rules: it may have joined anew, and we do not know it yet.
      return isPromise(message.getBodyCase())
          ? Optional.of(
              "it joined the group with another disk: what that one has promised, this one does"
                  + " not know")
          : Optional.empty();
    }
    if (before == null || before.storage() != message.getStorage()) {
      before = new Known(message.getStorage(), message.getLife(), false, 0, 0);
    }
    if (!Life.follows(message.getLife(), before.life())) {
      return Optional.of(
          "its disk was set back: this is its start number "
              + Life.count(message.getLife())
              + ", and another number "
              + Life.count(before.life())
              + " was heard of");
    }
    if (before.lacksWhatItAcknowledged(message, ofThisTerm)) {
      return Optional.of(
          "its disk was set back: its log ends at "
              + message.getAppendEntriesReply().getLastIndex()
              + ", and it had acknowledged "
              + before.match());
    }
    known.put(message.getFrom(), before.heard(message, ofThisTerm));
    return Optional.empty();
  }

  /**
   * Whether a message may answer what was sent before the member joined, when it was a member once
   * before: then the disk that answered may be gone. The first question to a member ends where it
   * joined, or behind.
   */
  boolean mayBeOfFormerMember(Envelope message, Server recorded, boolean ofThisTerm) {
    Known now = known.get(message.getFrom());
    return isAnswer(message, ofThisTerm)
        && recorded.getStorage() == 0
        && (now == null || !now.answered())
        && endOfWhatWasAsked(message) < joinedInThisTerm.getOrDefault(message.getFrom(), 0L);
  }

  private static boolean isAnswer(Envelope message, boolean ofThisTerm) {
    return ofThisTerm && message.hasAppendEntriesReply();
  }

  private static long endOfWhatWasAsked(Envelope message) {
    AppendEntriesReply reply = message.getAppendEntriesReply();
    return reply.getPrevLogIndex() + reply.getCount();
  }

  private static boolean isPromise(BodyCase kind) {
    return kind == BodyCase.REQUEST_VOTE_REPLY
        || kind == BodyCase.APPEND_ENTRIES_REPLY
        || kind == BodyCase.INSTALL_SNAPSHOT_REPLY;
  }

  /** Acknowledgements to a leader of another term say nothing about this one. */
  void newTerm(SortedSet<String> members) {
    known.replaceAll((id, now) -> new Known(now.storage(), now.life(), false, 0, 0));
    members.forEach(id -> joinedInThisTerm.put(id, 0L));
  }

  /**
   * Forgets servers that do not belong any more.
   *
   * @param index of the configuration
   */
  void membersAre(SortedSet<String> members, long index) {
    known.keySet().retainAll(members);
    joinedInThisTerm.keySet().retainAll(members);
    members.forEach(id -> joinedInThisTerm.putIfAbsent(id, index));
  }

  /** The disk that a member was heard from; 0 if it was not heard, or tells none. */
  long storageOf(String id) {
    Known now = known.get(id);
    return now == null ? 0 : now.storage();
  }

  /**
   * How many voters there are whose disk is not recorded. A nonvoter has promised nothing that
   * counts; its disk is recorded when it gets its vote.
   */
  static long disksLacking(Configuration configuration) {
    return configuration.getServersList().stream().filter(StorageGuard::lacksDisk).count();
  }

  /** How many of these are known by now, the own one among them. */
  long disksToRecord(Configuration configuration, String self) {
    return configuration.getServersList().stream()
        .filter(StorageGuard::lacksDisk)
        .map(Server::getId)
        .filter(id -> id.equals(self) || storageOf(id) != 0)
        .count();
  }

  private static boolean lacksDisk(ServerOrBuilder server) {
    return server.getStorage() == 0 && server.getSuffrage() == Suffrage.VOTER;
  }

  /** The configuration with the disks that it lacks, as far as they are known by now. */
  Configuration withDisks(Configuration configuration, String self, long ownStorage) {
    Configuration.Builder filled = configuration.toBuilder();
    for (Server.Builder server : filled.getServersBuilderList()) {
      if (lacksDisk(server)) {
        server.setStorage(server.getId().equals(self) ? ownStorage : storageOf(server.getId()));
      }
    }
    return filled.build();
  }
}
