package io.raftlessons.snapshots.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.snapshots.Raft;
import io.raftlessons.snapshots.SnapshotChecksum;
import io.raftlessons.wire.SnapshotMeta;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A restore on servers with threads and files, and a start from what it left there. */
@Timeout(300)
class RestoreOnFilesTest {
  private static final int WORDS = 50_000;

  @TempDir Path directory;

  @Test
  void whatWasRestoredIsThereAfterARestart() throws IOException {
    byte[] state = Words.bytes("restored words\n".repeat(WORDS));
    SnapshotChecksum checksum = new SnapshotChecksum();
    checksum.update(ByteBuffer.wrap(state));
    SnapshotMeta meta =
        SnapshotMeta.newBuilder()
            .setIndex(100_000)
            .setSize(state.length)
            .setChecksum(checksum.value())
            .build();
    try (Group group = new Group(directory)) {
      group.start("s1", "s2", "s3");
      group.bootstrap("s1", "s2", "s3");
      Raft leader = group.leader();
      long index =
          Group.get(leader.restore(meta, new ByteArrayInputStream(state), Group.LONG)).index();
      assertThat(index).isEqualTo(100_001);
      assertThat(words(group, leader)).isEqualTo(WORDS);
    }
    try (Group group = new Group(directory)) {
      group.start("s1", "s2", "s3");
      Raft leader = group.leader();
      assertThat(words(group, leader)).isEqualTo(WORDS);
      assertThat(Group.get(leader.barrier()).index()).isGreaterThan(100_001);
    }
  }

  private static int words(Group group, Raft leader) {
    return Group.get(leader.read(group.server(leader.id()).words()::list)).size();
  }
}
