package io.raftlessons.replication.script;

import static java.util.Objects.requireNonNull;

import io.raftlessons.core.CoreFixture;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.StepObserver;
import io.raftlessons.election.ElectionParts;
import io.raftlessons.replication.Applied;
import io.raftlessons.replication.InmemLogStore;
import io.raftlessons.replication.ReplicationNode;
import io.raftlessons.replication.ReplicationParts;
import io.raftlessons.replication.sim.LogChecks;
import io.raftlessons.runtime.Host;
import io.raftlessons.runtime.InmemStableStore;
import io.raftlessons.script.Server;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Lesson 2's server. */
final class ReplicationServer extends LogServer {
  private InmemStableStore stable = new InmemStableStore();
  private InmemLogStore store = new InmemLogStore();
  private @Nullable ReplicationNode node;

  private ReplicationServer(Consumer<String> told, LogChecks checks) {
    super(told, checks);
  }

  static Server.Factory factory() {
    LogChecks checks = newChecks();
    return told -> new ReplicationServer(told, checks);
  }

  @Override
  public void start(RaftConfig config, Collection<String> voters, Host host, StepObserver observer)
      throws IOException {
    ReplicationNode.Setup setup =
        new ReplicationNode.Setup(
            config,
            bounds(),
            voters,
            ElectionParts.ELECTION,
            ReplicationParts.REPLICATION,
            ReplicationParts.READS,
            checked(config.localId(), store, observer));
    node = ReplicationNode.start(setup, stable, store, newMachine(), host);
  }

  @Override
  public void storeTerm(long currentTerm) {
    stable = new InmemStableStore();
    stable.save(CoreFixture.hardState(currentTerm, ""));
  }

  @Override
  protected void storeLog(List<Long> terms) {
    store = new InmemLogStore();
    store.write(1, commands(1, terms));
    storeTerm(terms.get(terms.size() - 1));
  }

  @Override
  protected CompletableFuture<Applied> apply(byte[] command) {
    return requireNonNull(node).apply(command);
  }

  @Override
  protected CompletableFuture<String> ask(Supplier<String> query) {
    return requireNonNull(node).read(query);
  }
}
