package io.raftlessons.snapshots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.core.CoreFixture;
import io.raftlessons.membership.Configurations;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SnapshotBootstrapTest {
  private static final Configuration FIRST = Configurations.ofVoters(CoreFixture.servers(3));

  /** A snapshot of a group of s1, s2, s3, and the group. */
  private final HandRunRafts old;

  private final SnapshotMeta meta;

  SnapshotBootstrapTest() throws IOException {
    old = HandRunRafts.running(3);
    old.write(1, 20);
    meta = old.await(old.leader().snapshot());
  }

  private SnapshotSource source() throws IOException {
    return old.stores(old.leader().id()).snapshots.open(meta.getId());
  }

  private void bootstrap(HandRunRafts.Stores stores, Configuration first) throws IOException {
    try (SnapshotSource source = source()) {
      SnapshotMeta begun =
          SnapshotBootstrap.bootstrap(stores.stable, stores.log, stores.snapshots, first, source);
      assertThat(stores.snapshots.list()).containsExactly(begun);
    }
  }

  @Test
  void aNewGroupGoesOnWhereTheOldOneWas() throws IOException {
    String text = old.text(old.leader().id());
    HandRunRafts group = HandRunRafts.empty();
    for (String id : CoreFixture.servers(3)) {
      bootstrap(group.stores(id), old.leader().getConfiguration().latest());
      group.start(id);
    }
    group.run(1_000);
    assertThat(group.text("s2")).isEqualTo(text);
    assertThat(group.leader().status().term()).isGreaterThan(meta.getTerm());
    assertThat(group.leader().getConfiguration().latest().getServersList())
        .extracting(server -> server.getId())
        .containsExactlyElementsOf(CoreFixture.servers(3));
    group.write(21, 25);
    group.run(200);
    for (String id : CoreFixture.servers(3)) {
      assertThat(group.text(id)).isEqualTo(group.text("s1")).startsWith(text).endsWith("25\n");
    }
  }

  /** Every voter's disk is recorded anew: the old ones, in the configuration, are none of these. */
  @Test
  void theDisksAreNew() throws IOException {
    HandRunRafts group = HandRunRafts.empty();
    for (String id : CoreFixture.servers(3)) {
      bootstrap(group.stores(id), old.leader().getConfiguration().latest());
      group.start(id);
    }
    group.run(1_000);
    group.write(21, 21);
    for (int i = 0; i < 3; i++) {
      assertThat(group.leader().getConfiguration().latest().getServers(i).getStorage())
          .isNotZero()
          .isNotEqualTo(old.leader().getConfiguration().latest().getServers(i).getStorage());
    }
  }

  @Test
  void aServerThatHasAStateIsLeftAlone() throws IOException {
    for (String id : List.of(old.leader().id(), old.follower())) {
      assertThatThrownBy(() -> bootstrap(old.stores(id), FIRST))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("has a state already");
    }
    HandRunRafts.Stores once = new HandRunRafts.Stores();
    bootstrap(once, FIRST);
    assertThatThrownBy(() -> bootstrap(once, FIRST)).hasMessageContaining("has a state already");
  }

  @Test
  void aWrongConfigurationIsNamed() {
    HandRunRafts.Stores stores = new HandRunRafts.Stores();
    assertThatThrownBy(() -> bootstrap(stores, Configuration.getDefaultInstance()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least one voter");
  }
}
