package io.raftlessons.replication;

import io.raftlessons.core.Gate;
import io.raftlessons.core.Role;
import io.raftlessons.core.Step;
import io.raftlessons.replication.Proposal.Reason;
import io.raftlessons.replication.Proposal.Refused;
import java.util.Optional;

/**
 * Says which proposals a leader does not take: all that waits for followers or a disk is bounded.
 */
final class Admission {
  private final ReplicationConfig bounds;
  private final RaftLog log;
  private final Gate gate;

  Admission(ReplicationConfig bounds, RaftLog log, Gate gate) {
    this.bounds = bounds;
    this.log = log;
    this.gate = gate;
  }

  /**
   * @param bytes of the proposal
   * @param uncommittedBytes of what this leader has appended
   * @return why not; empty if it is taken
   */
  Optional<Refused> refuse(Step step, int bytes, long uncommittedBytes) {
    if (step.role() != Role.LEADER) {
      return refused(step, Reason.NOT_LEADER, "not the leader");
    }
    if (bytes > bounds.maxEntryBytes()) {
      return refused(
          step,
          Reason.TOO_LARGE,
          "a command of " + bytes + " bytes; at most " + bounds.maxEntryBytes() + " are taken");
    }
    if (uncommittedBytes > 0 && uncommittedBytes + bytes > bounds.maxUncommittedBytes()) {
      return refused(step, Reason.BUSY, uncommittedBytes + " bytes are not committed yet");
    }
    if (log.unpersistedBytes() > bounds.maxUncommittedBytes()) {
      return refused(
          step,
          Reason.BUSY,
          log.unpersistedBytes() + " bytes are not on the leader's own disk yet");
    }
    return gate.proposalRefused(step)
        .flatMap(closed -> refused(step, reason(closed.why()), closed.text()));
  }

  private static Reason reason(Gate.Why why) {
    return switch (why) {
      case BUSY -> Reason.BUSY;
      case TRANSFERRING -> Reason.TRANSFERRING;
      case RESTORING -> Reason.RESTORING;
    };
  }

  private static Optional<Refused> refused(Step step, Reason reason, String why) {
    return Optional.of(new Refused(reason, why, step.leader()));
  }
}
