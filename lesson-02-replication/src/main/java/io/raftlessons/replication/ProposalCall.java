package io.raftlessons.replication;

import com.google.protobuf.ByteString;
import io.raftlessons.core.Step;
import io.raftlessons.wire.Entry;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The caller of a proposal: from the call until it is appended, or refused. */
final class ProposalCall implements CallQueue.Call {
  final CompletableFuture<Applied> future = new CompletableFuture<>();
  private final Replication replication;
  private final PendingFutures pending;
  private final WaitingRoom room;
  private final Entry.Type type;
  private final ByteString data;
  private final ByteString extensions;
  private final Optional<Long> deadline;

  /**
   * @param pending takes the caller over when the entry is appended
   * @param room and {@code deadline}: where the caller waits for a place, and until when, by the
   *     raft loop's clock; it does not if the latter is empty
   */
  ProposalCall(
      Replication replication,
      PendingFutures pending,
      WaitingRoom room,
      Entry.Type type,
      ByteString data,
      ByteString extensions,
      Optional<Long> deadline) {
    this.replication = replication;
    this.pending = pending;
    this.room = room;
    this.type = type;
    this.data = data;
    this.extensions = extensions;
    this.deadline = deadline;
  }

  @Override
  public int bytes() {
    return data.size() + extensions.size();
  }

  @Override
  public void make(Step step) {
    if (!room.isEmpty() && deadline.isEmpty()) {
      fail(new RaftException.Busy("others wait for a place already"));
    } else if (!room.isEmpty() || !isDone(step)) {
      room.enter(this, deadline.orElseThrow());
    }
  }

  /**
   * Tries to get a place.
   *
   * @return false if there is none, and the caller waits for one
   */
  boolean isDone(Step step) {
    if (deadline.isPresent() && step.now() >= deadline.get()) {
      timeOut();
      return true;
    }
    Proposal answer = replication.propose(step, type, data, extensions);
    if (answer instanceof Proposal.Accepted accepted) {
      pending.add(accepted.index(), accepted.term(), future);
    } else if (answer instanceof Proposal.Refused refused) {
      if (refused.reason() == Proposal.Reason.BUSY && deadline.isPresent()) {
        return false;
      }
      fail(RaftException.of(refused));
    }
    return true;
  }

  void timeOut() {
    fail(new RaftException.EnqueueTimeout("there was no place in time: nothing was appended"));
  }

  @Override
  public void fail(RaftException why) {
    pending.fail(future, why);
  }
}
