package io.raftlessons.replication;

import io.raftlessons.wire.Entry;
import org.jspecify.annotations.Nullable;

/**
 * The state machine's state at one place of the log.
 *
 * @param at the last entry that was applied
 * @param configuration the last one up to there; null if there was none
 * @param state stays as it is while later entries are applied
 */
public record MachineView(
    LogStart at, @Nullable Entry configuration, StateMachine.Snapshot state) {}
