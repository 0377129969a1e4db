package io.raftlessons.core;

/**
 * Sees every step of a core, on its raft loop, after the step and before its effects are carried
 * out. The simulator checks and records through it. It must not change anything.
 */
public interface StepObserver {
  /**
   * @param input the message, or a short text that names the input
   */
  void stepped(RaftCore core, Object input, Effects effects);

  /** The server stopped by itself: a store failed, or the core found a contradiction. */
  default void failed(Throwable cause) {}

  /** Looks at nothing. */
  StepObserver NONE = (core, input, effects) -> {};
}
