package io.raftlessons.core;

import io.raftlessons.wire.AppendEntries;
import io.raftlessons.wire.AppendEntriesReply;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.InstallSnapshot;
import io.raftlessons.wire.SnapshotMeta;

/**
 * What a correct server can have sent, as far as a message alone tells. The rest is dropped before
 * the term rule: a message that makes no sense must not depose a leader either. The paper takes
 * correct servers for granted (§5.1); a bug or a damaged message is not one of its failures.
 */
final class WellFormed {
  /**
   * Terms and indexes begin at 0 and count up by one, so they never come near this, and neither
   * term + 1 nor index + count overflows.
   */
  static final long LARGEST = Long.MAX_VALUE / 2;

  private WellFormed() {}

  static boolean test(Envelope message) {
    long term = message.getTerm();
    // Nobody is called "": a vote for it would be none, and there would be a second one (§5.2).
    if (!isCount(term) || !isCount(message.getLife()) || message.getFrom().isEmpty()) {
      return false;
    }
    return switch (message.getBodyCase()) {
      case PRE_VOTE ->
          message.getPreVote().getRound() >= 0
              && lastEntry(
                  message.getPreVote().getLastLogIndex(),
                  message.getPreVote().getLastLogTerm(),
                  term);
      case PRE_VOTE_REPLY -> message.getPreVoteReply().getRound() >= 0;
      case REQUEST_VOTE ->
          lastEntry(
              message.getRequestVote().getLastLogIndex(),
              message.getRequestVote().getLastLogTerm(),
              term);
      case APPEND_ENTRIES -> append(message.getAppendEntries(), term);
      case APPEND_ENTRIES_REPLY -> reply(message.getAppendEntriesReply(), term);
      case READ_INDEX -> message.getReadIndex().getRequestId() >= 0;
      case READ_INDEX_REPLY ->
          message.getReadIndexReply().getRequestId() >= 0
              && isCount(message.getReadIndexReply().getReadIndex());
      case INSTALL_SNAPSHOT -> snapshot(message.getInstallSnapshot(), term);
      case INSTALL_SNAPSHOT_REPLY -> message.getInstallSnapshotReply().getOffset() >= 0;
      default -> true;
    };
  }

  /** What it covers is older than its leader, and its bytes are within it. */
  private static boolean snapshot(InstallSnapshot install, long term) {
    SnapshotMeta meta = install.getMeta();
    return !meta.getId().isEmpty()
        && meta.getIndex() > 0
        && isPlace(meta.getIndex(), meta.getTerm())
        && meta.getTerm() <= term
        && meta.getConfigurationIndex() >= 0
        && meta.getConfigurationIndex() <= meta.getIndex()
        && isCount(meta.getSize())
        && isCount(install.getReceiverJoined())
        && install.getOffset() >= 0
        && install.getOffset() <= meta.getSize() - install.getData().size();
  }

  /** The end of a log whose server asks for a term: nothing in it is of that term yet. */
  private static boolean lastEntry(long index, long entryTerm, long term) {
    return isPlace(index, entryTerm) && entryTerm < term;
  }

  /** The entries follow each other, and their terms rise up to the leader's own. */
  private static boolean append(AppendEntries append, long term) {
    long index = append.getPrevLogIndex();
    long entryTerm = append.getPrevLogTerm();
    if (term == 0
        || !isPlace(index, entryTerm)
        || !isCount(append.getLeaderCommit())
        || append.getReadRound() < 0
        || !isCount(append.getReceiverJoined())) {
      return false;
    }
    for (Entry entry : append.getEntriesList()) {
      index++;
      boolean follows = entry.getIndex() == index && entry.getTerm() >= Math.max(1, entryTerm);
      if (!follows || entry.getType() == Entry.Type.UNRECOGNIZED || entry.getTime() < 0) {
        return false;
      }
      entryTerm = entry.getTerm();
    }
    return isCount(index) && entryTerm <= term;
  }

  private static boolean reply(AppendEntriesReply reply, long term) {
    return isCount(reply.getPrevLogIndex())
        && isCount(reply.getCount())
        && reply.getReadRound() >= 0
        && isCount(reply.getHintIndex())
        && isCount(reply.getLastIndex())
        && reply.getHintTerm() >= 0
        && reply.getHintTerm() <= term;
  }

  /** Index 0, before the first entry, has term 0; every entry has a term of 1 at least. */
  private static boolean isPlace(long index, long term) {
    return isCount(index) && isCount(term) && (index == 0) == (term == 0);
  }

  private static boolean isCount(long value) {
    return value >= 0 && value <= LARGEST;
  }
}
