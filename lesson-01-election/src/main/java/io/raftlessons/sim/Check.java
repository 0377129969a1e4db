package io.raftlessons.sim;

import io.raftlessons.core.Effects;
import io.raftlessons.core.RaftCore;
import io.raftlessons.wire.Envelope;

/**
 * Watches a run from outside and throws a {@link Violation} when a rule is broken. It sees every
 * step of every server, every message as it leaves, and every crash and start.
 */
public interface Check {
  /**
   * A core made a step.
   *
   * @param server the server's id
   * @param input the message, or a text that names the input
   */
  default void stepped(String server, RaftCore core, Object input, Effects effects) {}

  /** A message left its sender. It may never arrive. */
  default void sent(Envelope envelope) {}

  /** A server lost its memory, and of its disk what was not synced. */
  default void crashed(String server) {}

  /**
   * A server that is down got another disk: an empty one, or its own as it was earlier. What it has
   * promised is forgotten, and whoever counts on that is to find out.
   */
  default void diskReplaced(String server) {}

  /** The run is over and all that the scenario waits for has come. */
  default void atEnd() {}
}
