package io.raftlessons.replication.kill9;

import io.raftlessons.runtime.StableStore;
import io.raftlessons.wire.HardState;
import java.io.IOException;

/** A hard state; a record is a term with its vote, and a later one replaces it. */
final class StableSubject implements Subject {
  private final StableStore store;

  StableSubject(StableStore store) {
    this.store = store;
  }

  private static HardState state(long term) {
    return HardState.newBuilder()
        .setCurrentTerm(term)
        .setVotedFor("server-" + term * 0x9e3779b97f4a7c15L)
        .build();
  }

  @Override
  public void append(long from, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      store.save(state(from + i));
    }
  }

  @Override
  public long check() throws IOException {
    HardState found = store.load();
    long term = found.getCurrentTerm();
    if (term != 0 && !found.equals(state(term))) {
      throw new IOException("term " + term + " has the vote " + found.getVotedFor());
    }
    return term;
  }

  @Override
  public void close() throws IOException {
    store.close();
  }
}
