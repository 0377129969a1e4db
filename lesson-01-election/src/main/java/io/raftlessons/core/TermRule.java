package io.raftlessons.core;

import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;

/**
 * The term rule (Figure 2, Rules for Servers) as one table: the kind of a message and its term
 * against ours decide what happens before any part sees it. So no part compares terms.
 */
public final class TermRule {
  private TermRule() {}

  /** What to do with a message. */
  public enum Verdict {
    /** Its term becomes ours, we become follower, then the part handles it. */
    ADOPT,
    /** As ADOPT, but while a leader was heard recently: ANSWER (thesis 4.2.3). */
    ADOPT_UNLESS_STICKY,
    /** The part handles it. */
    PASS,
    /** The part refuses it; the refusal carries our term. */
    ANSWER,
    /** Dropped. */
    IGNORE
  }

  private record Row(Verdict higher, Verdict equal, Verdict lower) {}

  /** The table. A kind without a row is not a Raft message. */
  public static Verdict of(Envelope message, long currentTerm) {
    Row row = row(message);
    if (message.getTerm() > currentTerm) {
      return row.higher();
    }
    return message.getTerm() == currentTerm ? row.equal() : row.lower();
  }

  private static Row row(Envelope message) {
    return switch (message.getBodyCase()) {
      // A pre-vote asks about a term that nobody is in yet: it is never adopted. Not even at an
      // equal term may it be ignored: its sender is a term behind and must hear so.
      case PRE_VOTE -> new Row(Verdict.PASS, Verdict.ANSWER, Verdict.ANSWER);
      // A grant carries the term asked for, above ours while the question still stands. A refusal
      // carries the refuser's own term.
      case PRE_VOTE_REPLY ->
          message.getPreVoteReply().getGranted()
              ? new Row(Verdict.PASS, Verdict.IGNORE, Verdict.IGNORE)
              : new Row(Verdict.ADOPT, Verdict.PASS, Verdict.IGNORE);
      case REQUEST_VOTE ->
          message.getRequestVote().getLeadershipTransfer()
              ? new Row(Verdict.ADOPT, Verdict.PASS, Verdict.ANSWER)
              : new Row(Verdict.ADOPT_UNLESS_STICKY, Verdict.PASS, Verdict.ANSWER);
      case APPEND_ENTRIES, INSTALL_SNAPSHOT -> new Row(Verdict.ADOPT, Verdict.PASS, Verdict.ANSWER);
      case REQUEST_VOTE_REPLY,
          APPEND_ENTRIES_REPLY,
          INSTALL_SNAPSHOT_REPLY,
          READ_INDEX,
          READ_INDEX_REPLY ->
          new Row(Verdict.ADOPT, Verdict.PASS, Verdict.IGNORE);
      // Of another term it is a late message of a leader that is gone.
      case TIMEOUT_NOW, STORAGE_REFUSED -> new Row(Verdict.IGNORE, Verdict.PASS, Verdict.IGNORE);
      case FORWARD, FORWARD_REPLY, BODY_NOT_SET ->
          throw new IllegalArgumentException("no term rule for " + message.getBodyCase());
    };
  }

  /** Only the leader of its term sends this: who receives it has heard the leader. */
  public static boolean fromLeader(BodyCase kind) {
    return kind == BodyCase.APPEND_ENTRIES || kind == BodyCase.INSTALL_SNAPSHOT;
  }

  /** Only a follower of the receiving leader sends this in the leader's term. */
  public static boolean fromFollower(BodyCase kind) {
    return kind == BodyCase.APPEND_ENTRIES_REPLY
        || kind == BodyCase.INSTALL_SNAPSHOT_REPLY
        || kind == BodyCase.READ_INDEX;
  }
}
