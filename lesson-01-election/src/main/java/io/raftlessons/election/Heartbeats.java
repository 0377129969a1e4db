package io.raftlessons.election;

import io.raftlessons.core.Electorate;
import io.raftlessons.core.Part;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.Role;
import io.raftlessons.core.Step;
import io.raftlessons.wire.AppendEntries;
import io.raftlessons.wire.AppendEntriesReply;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import java.util.EnumSet;
import java.util.Set;

/**
 * AppendEntries of servers without a log: a leader says that it is there, followers say that they
 * heard. Lesson 2's Replication takes its place.
 */
public final class Heartbeats implements Part {
  private final RaftConfig config;
  private final Electorate electorate;
  private long nextAt = Long.MAX_VALUE;

  public Heartbeats(RaftConfig config, Electorate electorate) {
    this.config = config;
    this.electorate = electorate;
  }

  @Override
  public Set<BodyCase> handles() {
    return EnumSet.of(BodyCase.APPEND_ENTRIES, BodyCase.APPEND_ENTRIES_REPLY);
  }

  @Override
  public void becameLeader(Step step) {
    sendAll(step);
  }

  @Override
  public void becameFollower(Step step) {
    nextAt = Long.MAX_VALUE;
  }

  @Override
  public void onTime(Step step) {
    if (step.role() == Role.LEADER && step.now() >= nextAt) {
      sendAll(step);
    }
  }

  @Override
  public long wakeAt(Step step) {
    return nextAt;
  }

  private void sendAll(Step step) {
    nextAt = step.now() + config.heartbeatNanos();
    for (String peer : electorate.members()) {
      if (!peer.equals(step.self())) {
        step.sendNow(
            peer, Envelope.newBuilder().setAppendEntries(AppendEntries.getDefaultInstance()));
      }
    }
  }

  @Override
  public void onMessage(Step step, Envelope message) {
    if (message.getBodyCase() == BodyCase.APPEND_ENTRIES) {
      reply(step, message.getFrom(), true);
    }
  }

  @Override
  public void refuse(Step step, Envelope request) {
    reply(step, request.getFrom(), false);
  }

  private static void reply(Step step, String to, boolean success) {
    step.sendAfterSync(
        to,
        Envelope.newBuilder()
            .setAppendEntriesReply(AppendEntriesReply.newBuilder().setSuccess(success)));
  }
}
