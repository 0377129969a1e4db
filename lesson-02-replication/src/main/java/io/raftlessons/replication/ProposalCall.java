package io.raftlessons.replication;

import com.google.protobuf.ByteString;
import io.raftlessons.core.Step;
import io.raftlessons.wire.Entry;
import java.util.concurrent.CompletableFuture;

/** The caller of a proposal: from the call until it is appended, or refused. */
final class ProposalCall implements CallQueue.Call {
  final CompletableFuture<Applied> future = new CompletableFuture<>();
  private final Replication replication;
  private final PendingFutures pending;
  private final Entry.Type type;
  private final ByteString data;

  /**
   * @param pending takes the caller over when the entry is appended
   */
  ProposalCall(Replication replication, PendingFutures pending, Entry.Type type, ByteString data) {
    this.replication = replication;
    this.pending = pending;
    this.type = type;
    this.data = data;
  }

  @Override
  public int bytes() {
    return data.size();
  }

  @Override
  public void make(Step step) {
    Proposal answer = replication.propose(step, type, data);
    if (answer instanceof Proposal.Accepted accepted) {
      pending.add(accepted.index(), accepted.term(), future);
    } else if (answer instanceof Proposal.Refused refused) {
      fail(RaftException.of(refused));
    }
  }

  @Override
  public void fail(RaftException why) {
    pending.fail(future, why);
  }
}
