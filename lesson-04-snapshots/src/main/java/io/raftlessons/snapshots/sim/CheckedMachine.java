package io.raftlessons.snapshots.sim;

import io.raftlessons.replication.StateMachine;
import io.raftlessons.replication.sim.CountingMachine;
import io.raftlessons.sim.Violation;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** The machine of a server, of which every state is compared with what was committed. */
record CheckedMachine(String server, CountingMachine machine, CommittedStates states)
    implements StateMachine {
  @Override
  public List<byte[]> apply(List<Command> batch) {
    states.demandPast(server, batch.get(0).index() - 1, machine);
    List<byte[]> results = machine.apply(batch);
    states.demandPast(server, batch.get(batch.size() - 1).index(), machine);
    return results;
  }

  @Override
  public Snapshot snapshot() {
    return machine.snapshot();
  }

  @Override
  public void restore(InputStream snapshot) throws IOException {
    long before = machine.count();
    machine.restore(snapshot);
    if (machine.count() < before) {
      throw new Violation(
          "StateNeverGoesBack",
          String.format(
              "%s had applied %d commands and restores a state of %d",
              server, before, machine.count()));
    }
    states.demandState(server, machine);
  }
}
