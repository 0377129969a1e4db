package io.raftlessons.script;

import io.raftlessons.core.CoreFixture;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.StepObserver;
import io.raftlessons.election.ElectionNode;
import io.raftlessons.election.ElectionParts;
import io.raftlessons.runtime.Host;
import io.raftlessons.runtime.InmemStableStore;
import java.util.Collection;

/** Lesson 1's server. */
final class ElectionServer implements Server {
  private final InmemStableStore stable = new InmemStableStore();

  @Override
  public void start(
      RaftConfig config, Collection<String> voters, Host host, StepObserver observer) {
    ElectionNode.start(
        config, voters, stable.load(), stable, host, ElectionParts.ELECTION, observer);
  }

  @Override
  public void storeTerm(long currentTerm) {
    stable.save(CoreFixture.hardState(currentTerm, ""));
  }
}
