package io.raftlessons.replication;

import java.io.IOException;

/** Gives a machine the state of a snapshot. */
public interface MachineRestore {
  void into(StateMachine machine) throws IOException;
}
