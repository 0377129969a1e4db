package io.raftlessons.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.cluster.config.ConfigException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RaftPartsTest {
  @Test
  void aPartThatIsNotOnTheClassPathIsToldByName() {
    Map.of(
            1, "io.raftlessons.election.MyElection",
            2, "io.raftlessons.replication.MyReplication",
            3, "io.raftlessons.membership.MyReadLevels",
            4, "io.raftlessons.snapshots.MySnapshots")
        .forEach(
            (lesson, part) ->
                assertThatThrownBy(() -> RaftParts.of(List.of(lesson)))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(part));
  }

  @Test
  void theReferenceNeedsNothing() {
    assertThat(RaftParts.of(List.of()).election()).isNotNull();
  }
}
