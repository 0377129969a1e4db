package io.raftlessons.runtime;

import io.raftlessons.wire.HardState;

/**
 * Keeps the hard state in memory: for tests and demonstrations. A server that restarts on a new one
 * has forgotten its vote, so it may vote twice in a term.
 */
public final class InmemStableStore implements StableStore {
  private HardState state = HardState.getDefaultInstance();

  @Override
  public HardState load() {
    return state;
  }

  @Override
  public void save(HardState newState) {
    state = newState;
  }

  @Override
  public void close() {}
}
