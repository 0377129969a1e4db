package io.raftlessons.replication;

import static io.raftlessons.replication.ReplicationFixture.appendEntries;
import static io.raftlessons.replication.ReplicationFixture.entry;
import static io.raftlessons.replication.ReplicationFixture.log;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.core.HandRunHost;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.StepObserver;
import io.raftlessons.runtime.InmemStableStore;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** From what is on disk to a server, and what it tells of itself. */
class ReplicationNodeStartTest {
  @Test
  void aLogFromAnotherTimeThanTheHardStateIsRefused() {
    InmemLogStore store = new InmemLogStore();
    store.write(1, log(1, 5));
    assertThatThrownBy(
            () -> new NodeFixture(3, ReplicationConfig.defaults(), StepObserver.NONE, 4, store))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("the log has an entry of term 5 but the hard state says term 4")
        .hasMessageContaining("Restore both from the same backup");
  }

  /** The machine begins anew at every start, so it gets the whole log, from disk if need be. */
  @Test
  void aRestartedServerAppliesItsLogFromTheBeginning() throws IOException {
    InmemLogStore store = new InmemLogStore();
    store.write(1, log(1, 1, 1, 1, 1));
    NodeFixture f =
        new NodeFixture(
                1,
                new ReplicationConfig(100, 1, 100, 100, 100, 1, 100),
                StepObserver.NONE,
                1,
                store)
            .lead();
    f.host.settle();
    assertThat(f.machine.applied).containsExactly("1:1", "2:1", "3:1", "4:1", "5:1");
    assertThat(f.node.indexes()).isEqualTo(new Replica.Indexes(6, 2, 6, 6));
  }

  @Test
  void statsHaveHashiCorpsKeys() throws IOException {
    NodeFixture f = new NodeFixture(3).leadSettled();
    f.apply("a");
    f.host.settle();
    assertThat(f.node.stats())
        .containsExactly(
            Map.entry("applied_index", "1"),
            Map.entry("commit_index", "1"),
            Map.entry("fsm_pending", "0"),
            Map.entry("last_contact", "0"),
            Map.entry("last_log_index", "2"),
            Map.entry("last_log_term", "1"),
            Map.entry("leader", "s1"),
            Map.entry("num_peers", "2"),
            Map.entry("read_rounds", "0"),
            Map.entry("reads_confirmed", "0"),
            Map.entry("state", "LEADER"),
            Map.entry("term", "1"));
  }

  /** One entry replaced by one entry: the index is the same, the term is not. */
  @Test
  void theIndexesFollowTheLogWhenOnlyTheLastTermChanges() throws IOException {
    InmemLogStore store = new InmemLogStore();
    store.write(1, log(1, 1));
    NodeFixture f = new NodeFixture(3, ReplicationConfig.defaults(), StepObserver.NONE, 1, store);
    f.host.deliver(appendEntries("s2", 3, 1, 1, 0, List.of(entry(2, 3))));
    assertThat(f.node.indexes()).isEqualTo(new Replica.Indexes(2, 3, 0, 0));
  }

  @Test
  void aServerThatIsNoVoterIsRefused() {
    assertThatThrownBy(
            () ->
                ReplicationNode.start(
                    ReplicationNode.Setup.reference(RaftConfig.defaults("s9"), List.of("s1", "s2")),
                    new InmemStableStore(),
                    new InmemLogStore(),
                    new NodeFixture.CapitalsMachine(),
                    new HandRunHost(new SplittableRandom(1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("s9 is not among the voters");
  }
}
