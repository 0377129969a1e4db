package io.raftlessons.snapshots;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.core.Role;
import io.raftlessons.replication.Applied;
import io.raftlessons.wire.Envelope.BodyCase;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The calls of the facade that are not of a lesson before, and what it says of itself. */
class RaftApiTest {
  /** As HashiCorp's Stats() has them, but for the versions. */
  private static final List<String> HASHICORPS_KEYS =
      List.of(
          "state",
          "term",
          "last_log_index",
          "last_log_term",
          "commit_index",
          "applied_index",
          "fsm_pending",
          "last_snapshot_index",
          "last_snapshot_term",
          "latest_configuration_index",
          "latest_configuration",
          "num_peers",
          "last_contact");

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void theStatsAreHashiCorpsAndTrue() throws IOException {
    HandRunRafts group = HandRunRafts.running(3);
    group.write(1, 20);
    Raft leader = group.leader();
    assertThat(leader.stats()).containsKeys(HASHICORPS_KEYS.toArray(String[]::new));
    assertThat(leader.stats()).containsEntry("last_snapshot_index", "0");
    SnapshotMeta meta = group.await(leader.snapshot());
    group.run(100);
    Map<String, String> stats = leader.stats();
    assertThat(stats)
        .containsEntry("state", Role.LEADER.toString())
        .containsEntry("last_snapshot_index", Long.toString(meta.getIndex()))
        .containsEntry("last_snapshot_term", Long.toString(meta.getTerm()))
        .containsEntry("fsm_pending", "0")
        .containsEntry("num_peers", "2")
        .containsEntry("last_contact", "0")
        .containsEntry(
            "latest_configuration_index", Long.toString(leader.getConfiguration().latestIndex()));
    assertThat(leader.getConfiguration().latestIndex()).isPositive();
    assertThat(stats.keySet()).noneMatch(key -> key.startsWith("protocol_version"));
  }

  @Test
  void lastContactGrowsWhileTheLeaderIsSilent() throws IOException {
    HandRunRafts group = HandRunRafts.running(3);
    assertThat(group.leader().lastContact()).contains(Duration.ZERO);
    Raft follower = group.raft(group.follower());
    assertThat(follower.lastContact().orElseThrow()).isLessThanOrEqualTo(Duration.ofMillis(52));
    group.cutOff.add(follower.id());
    group.run(500);
    assertThat(follower.lastContact().orElseThrow())
        .isBetween(Duration.ofMillis(500), Duration.ofMillis(552));
    assertThat(follower.stats().get("last_contact")).matches("5[0-9]{2}ms");
    assertThat(group.start("s9").lastContact()).isEmpty();
    group.run(10);
    assertThat(group.raft("s9").stats()).containsEntry("last_contact", "never");
  }

  /** It was itself the leader until now. */
  @Test
  void whoLedItselfHasHadContact() throws IOException {
    HandRunRafts group = HandRunRafts.running(3);
    group.run(5_000);
    Raft leader = group.leader();
    group.cutOff.add(leader.id());
    while (leader.state() == Role.LEADER) {
      group.run(1);
    }
    assertThat(leader.lastContact().orElseThrow()).isLessThanOrEqualTo(Duration.ofMillis(2));
  }

  @Test
  void theProgressOfASnapshotIsSeen() throws IOException {
    HandRunRafts group = HandRunRafts.running(3);
    String behind = group.follower();
    group.kill(behind);
    group.write(1, 50);
    Raft leader = group.leader();
    SnapshotMeta meta = group.await(leader.snapshot());
    group.start(behind);
    while (group.chunks < 5) {
      group.run(1);
    }
    group.lost = message -> message.getBodyCase() == BodyCase.INSTALL_SNAPSHOT_REPLY;
    group.run(3);
    assertThat(leader.snapshotsSending().keySet()).isEqualTo(Set.of(behind));
    Snapshots.Sending sending = requireNonNull(leader.snapshotsSending().get(behind));
    assertThat(sending.meta()).isEqualTo(meta);
    assertThat(sending.offset()).isBetween(4L * 16, 5L * 16);
    assertThat(leader.stats())
        .containsEntry("snapshot_sending_" + behind, sending.offset() + "/" + meta.getSize());
    group.lost = message -> false;
    group.run(2_000);
    assertThat(leader.snapshotsSending()).isEmpty();
    assertThat(leader.stats()).doesNotContainKey("snapshot_sending_" + behind);
  }

  @Test
  void aRunningServerTakesOtherSettings() throws IOException {
    HandRunRafts group = HandRunRafts.running(1);
    group.write(1, 20);
    Raft raft = group.leader();
    assertThat(raft.reloadableConfig())
        .isEqualTo(new ReloadableConfig(0, Duration.ofHours(1), 1_000_000));
    ReloadableConfig often = new ReloadableConfig(3, Duration.ofSeconds(1), 10);
    raft.reloadConfig(often);
    assertThat(raft.reloadableConfig()).isEqualTo(often);
    group.run(3_000);
    HandRunRafts.Stores stores = group.stores(raft.id());
    assertThat(stores.snapshots.list()).as("not after hours").hasSize(1);
    assertThat(stores.log.firstIndex()).isEqualTo(stores.snapshots.list().get(0).getIndex() - 2);
    raft.reloadConfig(new ReloadableConfig(3, Duration.ofHours(1), 1));
    group.write(21, 60);
    group.run(10_000);
    assertThat(stores.snapshots.list()).as("the old pace is over").hasSize(1);
  }

  @Test
  void settingsThatCannotBeDoNotComeToTheServer() {
    assertThatThrownBy(() -> new ReloadableConfig(-1, Duration.ofHours(1), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("trailing is -1, and must be at least 0");
    assertThatThrownBy(() -> new ReloadableConfig(0, Duration.ZERO, 1))
        .hasMessageContaining("interval is PT0S");
    assertThatThrownBy(() -> new ReloadableConfig(0, Duration.ofHours(1), 0))
        .hasMessageContaining("threshold is 0");
  }

  @Test
  void callsThatWaitForAPlaceAreAppliedLikeOthers() throws IOException {
    HandRunRafts group = HandRunRafts.running(3);
    Raft leader = group.leader();
    Applied applied = group.await(leader.apply(bytes("a"), Duration.ofSeconds(1)));
    Applied next = group.await(leader.applyLog(bytes("b"), bytes("x"), Duration.ZERO));
    Applied barrier = group.await(leader.barrier(Duration.ofSeconds(1)));
    assertThat(next.index()).isEqualTo(applied.index() + 1);
    assertThat(barrier.index()).isEqualTo(next.index() + 1);
    assertThat(group.text(leader.id())).isEqualTo("a\nb\n");
  }

  @Test
  void aLeaderThatIsShutDownGracefullyHandsOver() throws IOException {
    HandRunRafts group = HandRunRafts.running(3);
    Raft leader = group.leader();
    group.await(leader.shutdownGracefully());
    group.kill(leader.id());
    group.run(10);
    assertThat(group.rafts.values()).as("no timeout has passed").anyMatch(this::leads);
    assertThat(group.await(leader.shutdown())).as("once more").isNull();
  }

  private boolean leads(Raft raft) {
    return raft.state() == Role.LEADER;
  }
}
