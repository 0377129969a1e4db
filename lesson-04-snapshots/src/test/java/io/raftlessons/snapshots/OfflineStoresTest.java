package io.raftlessons.snapshots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.membership.ConfigurationStatus;
import io.raftlessons.membership.Configurations;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is done to the stores of a server that does not run, with a snapshot or without. */
class OfflineStoresTest {
  private static final Configuration ONE = Configurations.ofVoters(List.of("s1"));

  private static boolean hasState(HandRunRafts.Stores stores) throws IOException {
    return Raft.hasExistingState(stores.stable, stores.log, stores.snapshots);
  }

  private static ConfigurationStatus configuration(HandRunRafts.Stores stores) throws IOException {
    return Raft.getConfiguration(stores.stable, stores.log, stores.snapshots);
  }

  private static void bootstrap(HandRunRafts.Stores stores) throws IOException {
    Raft.bootstrapCluster(stores.stable, stores.log, stores.snapshots, ONE);
  }

  @Test
  void aServerIsBootstrappedOnce() throws IOException {
    HandRunRafts.Stores stores = new HandRunRafts.Stores();
    assertThat(hasState(stores)).isFalse();
    assertThat(configuration(stores).latestIndex()).isZero();
    bootstrap(stores);
    assertThat(hasState(stores)).isTrue();
    assertThat(configuration(stores).latestIndex()).isEqualTo(1);
    assertThat(configuration(stores).committedIndex()).as("who knows").isZero();
    assertThatThrownBy(() -> bootstrap(stores)).isInstanceOf(IllegalStateException.class);
  }

  /** All that is left of a server may be its snapshot. */
  @Test
  void aSnapshotIsAState() throws IOException {
    HandRunRafts group = HandRunRafts.running(1);
    group.write(1, 20);
    SnapshotMeta meta = group.await(group.leader().snapshot());
    HandRunRafts.Stores left = new HandRunRafts.Stores();
    left.snapshots = group.stores("s1").snapshots;
    assertThat(hasState(left)).isTrue();
    assertThatThrownBy(() -> bootstrap(left)).isInstanceOf(IllegalStateException.class);
    assertThat(left.log.lastIndex()).isZero();
    assertThat(configuration(left).committedIndex()).isEqualTo(meta.getConfigurationIndex());
    assertThat(configuration(left).committed()).isEqualTo(meta.getConfiguration());
  }

  @Test
  void theConfigurationIsReadFromSnapshotAndLog() throws IOException {
    HandRunRafts group = HandRunRafts.running(3);
    group.write(1, 20);
    Raft leader = group.leader();
    group.await(leader.snapshot());
    group.await(leader.addNonvoter("s4", "s4", 0, Duration.ZERO));
    ConfigurationStatus running = leader.getConfiguration();
    group.run(100);
    ConfigurationStatus stored = configuration(group.stores(leader.id()));
    assertThat(stored.latest()).isEqualTo(running.latest());
    assertThat(stored.latestIndex()).isEqualTo(running.latestIndex());
    assertThat(stored.committedIndex()).isLessThan(running.latestIndex());
  }

  /** Two of three are gone, and the log of the third is empty: all is in its snapshot. */
  @Test
  void aGroupIsRecoveredFromASnapshotAlone() throws IOException {
    HandRunRafts group = HandRunRafts.running(3);
    group.write(1, 20);
    Raft leader = group.leader();
    SnapshotMeta meta = group.await(leader.snapshot());
    group.run(100);
    String left = leader.id();
    String text = group.text(left);
    List.copyOf(group.rafts.keySet()).forEach(group::kill);
    HandRunRafts.Stores stores = group.stores(left);
    assertThat(stores.log.lastIndex()).isZero();
    Raft.recoverCluster(
        stores.stable, stores.log, stores.snapshots, Configurations.ofVoters(List.of(left)));
    assertThat(stores.log.firstIndex()).isEqualTo(meta.getIndex() + 1);
    group.start(left);
    group.run(2_000);
    assertThat(group.leader().id()).isEqualTo(left);
    assertThat(group.text(left)).isEqualTo(text);
    group.write(21, 22);
    assertThat(group.text(left)).isEqualTo(text + "command 21\ncommand 22\n");
  }

  @Test
  void aGroupIsRecoveredFromASnapshotAndTheLogBehindIt() throws IOException {
    HandRunRafts group = HandRunRafts.running(3);
    group.write(1, 20);
    Raft leader = group.leader();
    group.await(leader.snapshot());
    group.write(21, 25);
    String left = leader.id();
    String text = group.text(left);
    List.copyOf(group.rafts.keySet()).forEach(group::kill);
    HandRunRafts.Stores stores = group.stores(left);
    long last = stores.log.lastIndex();
    Raft.recoverCluster(
        stores.stable, stores.log, stores.snapshots, Configurations.ofVoters(List.of(left)));
    assertThat(stores.log.lastIndex()).isEqualTo(last + 1);
    group.start(left);
    group.run(2_000);
    assertThat(group.leader().id()).isEqualTo(left);
    assertThat(group.text(left)).isEqualTo(text);
  }

  @Test
  void thereMustBeSomethingToRecover() {
    HandRunRafts.Stores empty = new HandRunRafts.Stores();
    assertThatThrownBy(() -> Raft.recoverCluster(empty.stable, empty.log, empty.snapshots, ONE))
        .isInstanceOf(IllegalStateException.class);
  }
}
