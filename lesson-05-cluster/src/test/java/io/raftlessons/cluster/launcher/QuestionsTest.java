package io.raftlessons.cluster.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.cluster.config.ClusterConfig;
import io.raftlessons.cluster.config.ConfigLoader;
import io.raftlessons.cluster.launcher.Commands.Result;
import io.raftlessons.cluster.node.ClusterIdentity;
import io.raftlessons.cluster.node.StoppedNodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that ask before they destroy something. Only a clear yes is one. */
class QuestionsTest {
  private static final List<String> FIRST = List.of("node-1", "node-2", "node-3");

  @TempDir Path temporary;

  private Path data;
  private Commands cluster;
  private ClusterConfig config;
  private ClusterIdentity identity;

  /** The log of node-1 is whole, node-2 has an empty disk, and node-3 has none. */
  @BeforeEach
  void loseTheMajority() throws IOException {
    data = temporary.resolve("raft-data");
    cluster = new Commands(data);
    config = ConfigLoader.load(Map.of(), cluster.environment);
    ClusterDirectory directory = new ClusterDirectory(data);
    directory.create();
    identity = directory.identity("raft-lessons");
    StoppedNodes.bootstrap(config, identity, 1);
    Files.createDirectories(data.resolve("node-2"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "n\n", "no\n", "yes, but later\n", "j\n"})
  void withoutAYesNothingIsRecovered(String typed) throws IOException {
    Result result = cluster.answering(typed, "recover");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).isEqualTo("error: nothing was changed\n");
    assertThat(result.out())
        .contains("The voters were node-1, node-2, node-3", "it ends at index 1, term 1")
        .contains("node-1 will be the only member", "deleted is what is left of node-2")
        .endsWith("Go on? [y/N] ");
    assertThat(StoppedNodes.voters(config, identity, 1)).isEqualTo(FIRST);
    assertThat(data.resolve("node-2")).exists();
  }

  @ParameterizedTest
  @ValueSource(strings = {"y\n", "yes\n", " YES \n", "y"})
  void withAYesWhatIsLeftIsTheCluster(String typed) throws IOException {
    Result result = cluster.answering(typed, "recover");
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("Go on? [y/N] ").contains("node-1 is the cluster now");
    assertThat(StoppedNodes.voters(config, identity, 1)).containsExactly("node-1");
    assertThat(data.resolve("node-2")).doesNotExist();
  }

  @Test
  void whoSaysYesBeforeIsNotAsked() throws IOException {
    Result result = cluster.run("recover", "--yes");
    assertThat(result.code()).isZero();
    assertThat(result.out()).doesNotContain("[y/N]");
    assertThat(StoppedNodes.voters(config, identity, 1)).containsExactly("node-1");
  }

  @Test
  void whereAMajorityIsLeftNobodyIsAsked() throws IOException {
    StoppedNodes.bootstrap(config, identity, 2);
    Result result = cluster.answering("y\n", "recover");
    assertThat(result.err()).contains("2 of the 3 voters have their data here");
    assertThat(result.out()).doesNotContain("[y/N]");
    assertThat(StoppedNodes.voters(config, identity, 1)).isEqualTo(FIRST);
  }

  @Test
  void wipeAsksToo() {
    assertThat(cluster.answering("", "wipe").err()).isEqualTo("error: nothing was deleted\n");
    assertThat(data.resolve("node-1")).exists();
    assertThat(cluster.answering("y\n", "wipe").code()).isZero();
    assertThat(data).doesNotExist();
  }
}
