package io.raftlessons.replication;

/** Why a call of the Raft API did not succeed. The subclass says what the caller may conclude. */
public abstract class RaftException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RaftException(String message) {
    super(message);
  }

  static TooLarge tooLarge(int bytes, int most) {
    return new TooLarge("a command of " + bytes + " bytes; at most " + most + " are taken");
  }

  /** This server does not lead. Nothing was appended: safe to try again at the leader. */
  public static final class NotLeader extends RaftException {
    private static final long serialVersionUID = 1L;

    private final String leader;

    NotLeader(String leader) {
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

    LeadershipLost(String message) {
      super(message);
    }
  }

  /** There is too much to do. Nothing was appended: try again later. */
  public static final class Busy extends RaftException {
    private static final long serialVersionUID = 1L;

    Busy(String message) {
      super(message);
    }
  }

  /** The command is larger than the bound. Nothing was appended. */
  public static final class TooLarge extends RaftException {
    private static final long serialVersionUID = 1L;

    TooLarge(String message) {
      super(message);
    }
  }

  /** The server was shut down, or stopped by itself. What was appended has an unknown outcome. */
  public static final class Shutdown extends RaftException {
    private static final long serialVersionUID = 1L;

    Shutdown(String message) {
      super(message);
    }
  }
}
