package io.raftlessons.replication;

import io.raftlessons.core.Step;
import io.raftlessons.wire.Entry;
import java.util.List;

/** Told what happens to the log, after the fact. */
public interface LogListener {
  default void appended(Step step, List<Entry> entries) {}

  /** {@code from} and all after it are gone. */
  default void truncated(Step step, long from) {}

  default void committed(Step step, long commitIndex) {}

  /**
   * The leader says where in its log this server joined the group; told at every message of it, if
   * that was not at the start.
   */
  default void joinedAt(Step step, long index) {}
}
