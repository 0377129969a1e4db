package io.raftlessons.core;

import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.HardState;

/**
 * Something the core wants done in the world outside. Lessons add their own records; an effect that
 * no handler is registered for stops the server.
 */
public interface Effect {
  /** A write to one store. Writes to one store keep their order. */
  interface Write extends Effect {}

  /** May leave before anything is on disk (a leader's AppendEntries). */
  record SendNow(Envelope envelope) implements Effect {}

  /** Promises something: leaves when every write before it is durable. */
  record SendAfterSync(Envelope envelope) implements Effect {}

  /**
   * At most one in a step, and before all other effects: hard state goes to disk before the log.
   */
  record SaveHardState(HardState state) implements Write {}

  /**
   * Role, term or known leader is different from before the step. {@code leader} is "" if unknown.
   */
  record RoleChanged(Role role, long term, String leader) implements Effect {}
}
