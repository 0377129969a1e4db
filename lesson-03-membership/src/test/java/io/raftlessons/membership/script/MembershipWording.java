package io.raftlessons.membership.script;

import io.raftlessons.core.Effect;
import io.raftlessons.replication.script.ReplicationWording;
import io.raftlessons.script.Wording;
import io.raftlessons.wire.Envelope;
import java.util.Optional;

/** Lesson 3's words: who belongs to the group, and who is to lead it. */
final class MembershipWording implements Wording {
  private final Wording replication = new ReplicationWording();

  @Override
  public String message(Envelope message) {
    return switch (message.getBodyCase()) {
      case TIMEOUT_NOW -> "TimeoutNow term=" + message.getTerm();
      case REQUEST_VOTE ->
          replication.message(message)
              + (message.getRequestVote().getLeadershipTransfer() ? " for a transfer" : "");
      default -> replication.message(message);
    };
  }

  @Override
  public Optional<String> effect(Effect effect) {
    return replication.effect(effect);
  }

  @Override
  public Optional<String> field(String name, String value) {
    return replication.field(name, value);
  }
}
