package io.raftlessons.membership.script;

import static java.util.Objects.requireNonNull;

import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.StepObserver;
import io.raftlessons.election.ElectionParts;
import io.raftlessons.membership.ChangeResult;
import io.raftlessons.membership.Configurations;
import io.raftlessons.membership.MembershipException;
import io.raftlessons.membership.MembershipNode;
import io.raftlessons.membership.MembershipParts;
import io.raftlessons.membership.ReadOptions;
import io.raftlessons.replication.Applied;
import io.raftlessons.replication.InmemLogStore;
import io.raftlessons.replication.ReplicationParts;
import io.raftlessons.replication.script.LogServer;
import io.raftlessons.replication.sim.LogChecks;
import io.raftlessons.runtime.Host;
import io.raftlessons.runtime.InmemStableStore;
import io.raftlessons.script.Server;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.HardState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lesson 3's server. If it is one of the first voters, it is bootstrapped when it starts for the
 * first time, with a configuration that has all their disks: so no leader has to record them.
 */
final class MembershipServer extends LogServer {
  private final InmemStableStore stable = new InmemStableStore();
  private final long ahead;
  private InmemLogStore store = new InmemLogStore();
  private List<Entry> configuration = List.of();
  private @Nullable MembershipNode node;

  private MembershipServer(Consumer<String> told, LogChecks checks, long ahead) {
    super(told, checks);
    this.ahead = ahead;
  }

  /** For this lesson's scripts. */
  static Server.Factory factory() {
    return factory(0);
  }

  /** For scripts that know of no configuration: see {@link Renumbered}. */
  static Server.Factory renumbered() {
    return factory(Renumbered.AHEAD);
  }

  private static Server.Factory factory(long ahead) {
    LogChecks checks = newChecks();
    return told -> new MembershipServer(told, checks, ahead);
  }

  @Override
  public void start(RaftConfig config, Collection<String> voters, Host host, StepObserver observer)
      throws IOException {
    boolean isNew = !MembershipNode.hasExistingState(stable, store);
    if (isNew && voters.contains(config.localId())) {
      Configuration first = withDisks(voters);
      long disk = requireNonNull(Configurations.find(first, config.localId())).getStorage();
      stable.save(HardState.newBuilder().setStorage(disk).build());
      MembershipNode.bootstrapCluster(stable, store, first);
      configuration = store.read(1, 1);
    }
    MembershipNode.Setup setup =
        new MembershipNode.Setup(
            config,
            bounds(),
            ElectionParts.ELECTION,
            ReplicationParts.REPLICATION,
            MembershipParts.READS,
            ReadOptions.DEFAULTS,
            MembershipParts.MEMBERSHIP,
            checked(config.localId(), store, observer));
    node = MembershipNode.start(setup, stable, store, newMachine(), host);
  }

  private static Configuration withDisks(Collection<String> voters) {
    Configuration.Builder all = Configurations.ofVoters(voters).toBuilder();
    for (int i = 0; i < all.getServersCount(); i++) {
      all.getServersBuilder(i).setStorage(i + 1L);
    }
    return all.build();
  }

  @Override
  public void storeTerm(long currentTerm) {
    stable.save(
        stable.load().toBuilder().setCurrentTerm(currentTerm + ahead).clearVotedFor().build());
  }

  /** Behind the first configuration. */
  @Override
  protected void storeLog(List<Long> terms) {
    List<Entry> entries = new ArrayList<>(configuration);
    entries.addAll(commands(2, terms.stream().map(term -> term + ahead).toList()));
    store = new InmemLogStore();
    store.write(1, entries);
    storeTerm(terms.get(terms.size() - 1));
  }

  @Override
  protected long shown(long index) {
    return index - ahead;
  }

  @Override
  protected CompletableFuture<Applied> apply(byte[] command) {
    return running().apply(command);
  }

  @Override
  protected CompletableFuture<String> ask(Supplier<String> query) {
    return running().read(query);
  }

  private MembershipNode running() {
    return requireNonNull(node);
  }

  void addVoter(String id) {
    answer("add " + id, running().addVoter(id, id, 0, Duration.ZERO));
  }

  void remove(String id) {
    answer("remove " + id, running().removeServer(id, 0, Duration.ZERO));
  }

  void transfer(String id) {
    running()
        .leadershipTransferToServer(id)
        .whenComplete(
            (done, failure) ->
                tellOperator("transfer to " + id, failure == null ? "done" : outcome(failure)));
  }

  private void answer(String change, CompletableFuture<ChangeResult> result) {
    result.whenComplete(
        (done, failure) ->
            tellOperator(change, done != null ? "done at " + done.index() : outcome(failure)));
  }

  private void tellOperator(String wish, String outcome) {
    tell("tells the operator who wants to " + wish + ": " + outcome);
  }

  private static String outcome(@Nullable Throwable failure) {
    if (failure instanceof MembershipException known) {
      return known.reason() + ", reached " + known.reached();
    }
    return failure == null ? "nothing" : failure.getClass().getSimpleName();
  }
}
