package io.raftlessons.core;

/** Told after the fact, in lesson order. A part implements what it needs. */
public interface RoleListener {
  /** Also told at every change of term, whatever the role was before. */
  default void becameFollower(Step step) {}

  default void becameCandidate(Step step) {}

  default void becameLeader(Step step) {}
}
