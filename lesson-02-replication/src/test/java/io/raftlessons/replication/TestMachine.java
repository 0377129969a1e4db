package io.raftlessons.replication;

import java.io.InputStream;

/** A machine without snapshots: no test of replication takes one. */
abstract class TestMachine implements StateMachine {
  @Override
  public Snapshot snapshot() {
    throw new UnsupportedOperationException("no snapshots");
  }

  @Override
  public void restore(InputStream snapshot) {
    throw new UnsupportedOperationException("no snapshots");
  }
}
