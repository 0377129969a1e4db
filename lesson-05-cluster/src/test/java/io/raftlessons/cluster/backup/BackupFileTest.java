package io.raftlessons.cluster.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.cluster.config.ConfigException;
import io.raftlessons.cluster.node.ClusterIdentity;
import io.raftlessons.membership.Configurations;
import io.raftlessons.snapshots.MetaJson;
import io.raftlessons.snapshots.SnapshotChecksum;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupFileTest {
  private static final ClusterIdentity CLUSTER = ClusterIdentity.create("a-cluster");

  @TempDir Path directory;

  private final byte[] content = content(300);

  private static byte[] content(int size) {
    byte[] content = new byte[size];
    new Random(1).nextBytes(content);
    return content;
  }

  private static SnapshotMeta meta(byte[] content) {
    SnapshotChecksum checksum = new SnapshotChecksum();
    checksum.update(ByteBuffer.wrap(content));
    return SnapshotMeta.newBuilder()
        .setId("3-120-1764")
        .setIndex(120)
        .setTerm(3)
        .setTime(1764)
        .setConfiguration(Configurations.ofVoters(List.of("node-1", "node-2")))
        .setConfigurationIndex(7)
        .setSize(content.length)
        .setChecksum(checksum.value())
        .build();
  }

  private Path file() {
    return directory.resolve("backup.zip");
  }

  private void write(SnapshotMeta meta, byte[] content) throws IOException {
    try (BackupWriter writer = new BackupWriter(file(), CLUSTER, MetaJson.encode(meta))) {
      int half = content.length / 2;
      writer.write(ByteBuffer.wrap(content, 0, half));
      writer.write(ByteBuffer.wrap(content, half, content.length - half));
      writer.finish();
    }
  }

  @Test
  void whatWasWrittenIsRead() throws IOException {
    byte[] large = content(1 << 20);
    write(meta(large), large);
    try (BackupFile backup = BackupFile.open(file())) {
      assertThat(backup.cluster()).isEqualTo(CLUSTER);
      assertThat(backup.meta()).isEqualTo(meta(large));
      for (int again = 0; again < 2; again++) {
        assertThat(backup.stream().readAllBytes()).isEqualTo(large);
      }
    }
    assertThat(Files.list(directory)).containsExactly(file());
  }

  @Test
  void noFileIsOverwritten() throws IOException {
    Files.writeString(file(), "precious");
    assertThatThrownBy(() -> write(meta(content), content))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(Files.readString(file())).isEqualTo("precious");
    assertThat(Files.list(directory)).containsExactly(file());
  }

  @Test
  void aFileThatCameMeanwhileIsNotOverwritten() throws IOException {
    byte[] json = MetaJson.encode(meta(content));
    try (BackupWriter writer = new BackupWriter(file(), CLUSTER, json)) {
      writer.write(ByteBuffer.wrap(content));
      Files.writeString(file(), "precious");
      assertThatThrownBy(writer::finish).isInstanceOf(FileAlreadyExistsException.class);
    }
    assertThat(Files.readString(file())).isEqualTo("precious");
    assertThat(Files.list(directory)).containsExactly(file());
  }

  /** A node that ends in the middle, or sends something else. */
  @Test
  void whatIsNotTheSnapshotLeavesNothing() throws IOException {
    byte[] shorter = Arrays.copyOf(content, 200);
    byte[] longer = Arrays.copyOf(content, 301);
    byte[] other = content.clone();
    other[17] ^= 1;
    for (byte[] sent : List.of(shorter, longer, other)) {
      assertThatThrownBy(() -> write(meta(content), sent))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("snapshot 3-120-1764 has 300");
      assertThat(Files.list(directory)).isEmpty();
    }
  }

  @Test
  void noDamageIsTakenForABackup() throws IOException {
    write(meta(content), content);
    byte[] whole = Files.readAllBytes(file());
    int refused = 0;
    for (int at = 0; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) 0x55;
      refused += isRefused(damaged) ? 1 : 0;
      assertThat(isRefused(Arrays.copyOf(whole, at))).as("cut at %d", at).isTrue();
    }
    // the rest are times, flags and other things that a ZIP file says and nobody needs
    assertThat(refused).isGreaterThan(whole.length / 2);
  }

  /** If it is not refused, it says what was written. */
  private boolean isRefused(byte[] bytes) throws IOException {
    Files.write(file(), bytes);
    try (BackupFile backup = BackupFile.open(file())) {
      assertThat(backup.cluster()).isEqualTo(CLUSTER);
      assertThat(backup.meta()).isEqualTo(meta(content));
      assertThat(backup.stream().readAllBytes()).isEqualTo(content);
      return false;
    } catch (IOException | ConfigException e) {
      assertThat(e).hasMessageContaining("backup.zip");
      return true;
    }
  }
}
