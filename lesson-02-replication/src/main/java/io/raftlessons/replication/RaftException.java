package io.raftlessons.replication;

/**
 * Why a call of the Raft API did not succeed. The subclass says what the caller may conclude; a
 * later lesson's calls have subclasses of their own.
 */
public abstract class RaftException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  protected RaftException(String message) {
    super(message);
  }

  /** What the caller of a refused proposal is told. */
  public static RaftException of(Proposal.Refused refused) {
    return switch (refused.reason()) {
      case NOT_LEADER -> new NotLeader(refused.leader());
      case BUSY -> new Busy(refused.why());
      case TRANSFERRING -> new TransferInProgress(refused.why());
      case RESTORING -> new AbortedByRestore(refused.why());
      case TOO_LARGE -> new TooLarge(refused.why());
    };
  }

  static TooLarge tooLarge(int bytes, int most) {
    return new TooLarge("a command of " + bytes + " bytes; at most " + most + " are taken");
  }

  /** This server does not lead. Nothing was appended: safe to try again at the leader. */
  public static final class NotLeader extends RaftException {
    private static final long serialVersionUID = 1L;

    private final String leader;

    /**
     * @param leader the leader's id, "" if unknown
     */
    public NotLeader(String leader) {
      super(leader.isEmpty() ? "not the leader, and none is known" : "the leader is " + leader);
      this.leader = leader;
    }

    /** The leader's id, "" if unknown. */
    public String leader() {
      return leader;
    }
  }

  /**
   * Leadership ended before the entry was committed: <b>its outcome is unknown.</b> Or before the
   * read was confirmed: then nothing has happened, and it may be tried again elsewhere.
   */
  public static final class LeadershipLost extends RaftException {
    private static final long serialVersionUID = 1L;

    public LeadershipLost(String message) {
      super(message);
    }
  }

  /** There is too much to do. Nothing was appended: try again later. */
  public static final class Busy extends RaftException {
    private static final long serialVersionUID = 1L;

    public Busy(String message) {
      super(message);
    }
  }

  /**
   * There was too much to do for as long as the caller wanted to wait for a place. Nothing was
   * appended: try again later.
   */
  public static final class EnqueueTimeout extends RaftException {
    private static final long serialVersionUID = 1L;

    public EnqueueTimeout(String message) {
      super(message);
    }
  }

  /**
   * The leader is handing over to another server. Nothing was appended: try again shortly, at the
   * new leader, or here if the transfer is given up.
   */
  public static final class TransferInProgress extends RaftException {
    private static final long serialVersionUID = 1L;

    public TransferInProgress(String message) {
      super(message);
    }
  }

  /**
   * The leader restores a snapshot of its user, which will replace all that is written before it
   * has ended. Nothing was appended: try again then.
   */
  public static final class AbortedByRestore extends RaftException {
    private static final long serialVersionUID = 1L;

    public AbortedByRestore(String message) {
      super(message);
    }
  }

  /** The command is larger than the bound. Nothing was appended. */
  public static final class TooLarge extends RaftException {
    private static final long serialVersionUID = 1L;

    public TooLarge(String message) {
      super(message);
    }
  }

  /** The server was shut down, or stopped by itself. What was appended has an unknown outcome. */
  public static final class Shutdown extends RaftException {
    private static final long serialVersionUID = 1L;

    public Shutdown(String message) {
      super(message);
    }
  }
}
