package io.raftlessons.membership;

import io.raftlessons.wire.AppendEntriesReply;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import io.raftlessons.wire.Server;
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
 * disk is compared with the one in the configuration; that is known only when the server has joined
 * or was heard by the first leader, and a disk is not guarded before. A disk that was set back is
 * found by whoever remembers a later life of it, or acknowledgements that it lacks now. That memory
 * is not durable: nobody may be left who remembers.
 */
final class StorageGuard {
  /**
   * The newest life of a server that was heard of.
   *
   * @param match the highest index that it has acknowledged to this leader, in this life or before
   */
  private record Known(long storage, long life, long match, long matchedInLife) {}

  private final Map<String, Known> known = new TreeMap<>();

  /**
   * Looks at a message of a member, and remembers who is behind it.
   *
   * @param recorded the sender as the newest configuration has it
   * @param ofThisTerm whether the message is of the current term
   * @return why it does not count; empty if it does
   */
  Optional<String> refuse(Envelope message, Server recorded, boolean ofThisTerm) {
    if (isPromise(message.getBodyCase()) && isAnotherDisk(message, recorded)) {
      return Optional.of(
          "it joined the group with another disk: what that one has promised, this one does not"
              + " know");
    }
    Known now = known.get(message.getFrom());
    if (now == null || now.storage() != message.getStorage()) {
      if (!isAnotherDisk(message, recorded)) {
        known.put(message.getFrom(), new Known(message.getStorage(), message.getLife(), 0, 0));
      }
      now = known.get(message.getFrom());
    }
    if (now == null || now.storage() != message.getStorage()) {
      return Optional.empty(); // a request of a server that will learn of its removal later
    }
    if (message.getLife() < now.life()) {
      return Optional.of(
          "its disk was set back: this is its start number "
              + message.getLife()
              + ", and number "
              + now.life()
              + " was heard of");
    }
    Known newest = new Known(now.storage(), message.getLife(), now.match(), now.matchedInLife());
    if (ofThisTerm && message.hasAppendEntriesReply()) {
      AppendEntriesReply reply = message.getAppendEntriesReply();
      if (reply.getSuccess()) {
        long match = reply.getPrevLogIndex() + reply.getCount();
        if (match > now.match()) {
          newest = new Known(now.storage(), message.getLife(), match, message.getLife());
        }
      } else if (message.getLife() > now.matchedInLife() && reply.getLastIndex() < now.match()) {
        return Optional.of(
            "its disk was set back: its log ends at "
                + reply.getLastIndex()
                + ", and it had acknowledged "
                + now.match());
      }
    }
    known.put(message.getFrom(), newest);
    return Optional.empty();
  }

  private static boolean isPromise(BodyCase kind) {
    return kind == BodyCase.REQUEST_VOTE_REPLY
        || kind == BodyCase.APPEND_ENTRIES_REPLY
        || kind == BodyCase.INSTALL_SNAPSHOT_REPLY;
  }

  private static boolean isAnotherDisk(Envelope message, Server recorded) {
    return recorded.getStorage() != 0 && recorded.getStorage() != message.getStorage();
  }

  /** Acknowledgements to a leader of another term say nothing about this one. */
  void newTerm() {
    known.replaceAll((id, now) -> new Known(now.storage(), now.life(), 0, 0));
  }

  /** Forgets servers that do not belong any more. */
  void keep(SortedSet<String> members) {
    known.keySet().retainAll(members);
  }

  /** The disk that a member was heard from; 0 if it was not heard, or tells none. */
  long storageOf(String id) {
    Known now = known.get(id);
    return now == null ? 0 : now.storage();
  }

  /** The configuration with the disks that are known by now and that it does not have yet. */
  Configuration withDisks(Configuration configuration, String self, long ownStorage) {
    Configuration.Builder filled = configuration.toBuilder();
    for (Server.Builder server : filled.getServersBuilderList()) {
      if (server.getStorage() == 0) {
        server.setStorage(server.getId().equals(self) ? ownStorage : storageOf(server.getId()));
      }
    }
    return filled.build();
  }
}
