package io.raftlessons.core;

import io.raftlessons.wire.Envelope;
import java.util.function.Consumer;

/**
 * One input being worked on: the only way a part sees the core and changes it. Never keep it.
 *
 * <p>Times are nanoseconds of the raft loop.
 */
public interface Step {
  long now();

  /** This server's id. */
  String self();

  Role role();

  long currentTerm();

  /** Who got this term's vote; "" if nobody. */
  String votedFor();

  /** The leader of this term as far as known; "" if unknown. */
  String leader();

  /**
   * When a leader was last heard; the start of this server at first. Adopting a term does not clear
   * it: it is a fact about the past, and stickiness rests on it.
   */
  long leaderHeardAt();

  /**
   * Whether a leader was heard within the minimum election timeout. True on a leader. A restarted
   * server answers as if it had just heard one, for it may have before (§6, thesis 4.2.3).
   */
  boolean leaderHeardRecently();

  /** When this leader last heard the follower; the start of the term if not at all since. */
  long heardAt(String follower);

  /** Steps down, or stops campaigning, without a change of term. */
  void becomeFollower();

  /**
   * Goes on to a later term that no message brought: the one in the record of a bootstrap (lesson
   * 3). A follower, without a vote.
   */
  void enterTerm(long term);

  /** A new term with this server's own vote in it (§5.2). */
  void becomeCandidate();

  void becomeLeader();

  /** Gives this term's vote. The core refuses a second vote for somebody else. */
  void voteFor(String candidate);

  /**
   * This server's disk must not be used any more. When that is on the disk the server stops: a
   * later start would forget it. What it promises from now on never leaves.
   */
  void refuseDisk(String why);

  /** This server has joined the group at this place of the log: see {@code HardState.joined}. */
  void joined(long index);

  /** The leader is silent: {@link #leader} no longer names it. */
  void forgetLeader();

  /**
   * Sends without waiting for the disk, stamped with the current term.
   *
   * @param body an envelope with only its body set
   */
  void sendNow(String to, Envelope.Builder body);

  /** As {@link #sendNow(String, Envelope.Builder)} but with a term of the sender's choice. */
  void sendNow(String to, long term, Envelope.Builder body);

  /** Sends when everything this server has decided so far is durable. */
  void sendAfterSync(String to, Envelope.Builder body);

  void emit(Effect effect);

  /**
   * Queues an event for every part that implements {@code listener}. It is told after the running
   * method has returned, so nothing changes under its feet.
   */
  <L> void tell(Class<L> listener, Consumer<L> event);
}
