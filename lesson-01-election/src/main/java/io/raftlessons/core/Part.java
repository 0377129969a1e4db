package io.raftlessons.core;

import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import java.util.Set;

/**
 * One lesson's share of the protocol. The core calls it on the raft loop, one method at a time, and
 * hands it the {@link Step} it works in.
 */
public interface Part extends RoleListener {
  /** The message kinds that are this part's alone. */
  Set<BodyCase> handles();

  /**
   * Whether a message may be looked at. One that any part does not admit is dropped before the term
   * rule: it changes nothing but what this method itself does.
   */
  default boolean admits(Step step, Envelope message) {
    return true;
  }

  /**
   * A message that passed the term rule: it is of the current term, or a pre-vote. The core has
   * already adopted a higher term and noted who leads and who was heard.
   */
  void onMessage(Step step, Envelope message);

  /**
   * The term rule says no: answer with this kind's negative reply, echo included, and change
   * nothing.
   */
  default void refuse(Step step, Envelope request) {
    throw new IllegalStateException(
        getClass().getSimpleName() + " has no refusal for " + request.getBodyCase());
  }

  /** Time has passed; {@link #wakeAt} may be reached or not. */
  default void onTime(Step step) {}

  /**
   * The input and its events are done. Called until no part queues an event, so it must do nothing
   * when there is nothing to do. What is derived from state alone is sent and decided here, once
   * per step.
   */
  default void endOfStep(Step step) {}

  /**
   * The absolute time of this part's next {@link #onTime}; {@code Long.MAX_VALUE} for none. Only
   * time itself may move it on: a deadline that every input pushes ahead never comes.
   */
  default long wakeAt(Step step) {
    return Long.MAX_VALUE;
  }

  /** Appends this part's state as canonical text: equal states give equal text. */
  default void describe(StringBuilder text) {}
}
