package io.raftlessons.snapshots;

import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Server;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;

/** Metas and contents for tests of stores. */
public final class TestSnapshots {
  private TestSnapshots() {}

  /** What a snapshot is begun with that is taken here. */
  public static SnapshotMeta meta(long index) {
    return SnapshotMeta.newBuilder()
        .setIndex(index)
        .setTerm(3)
        .setTime(1_764_000_000_000L + index)
        .setConfiguration(
            Configuration.newBuilder()
                .addServers(server("a", Server.Suffrage.VOTER))
                .addServers(server("b", Server.Suffrage.NONVOTER)))
        .setConfigurationIndex(index - 1)
        .build();
  }

  private static Server server(String id, Server.Suffrage suffrage) {
    return Server.newBuilder()
        .setId(id)
        .setAddress(id + ":5122")
        .setSuffrage(suffrage)
        .setStorage(-id.hashCode())
        .build();
  }

  /** What comes from another server with this content. */
  public static SnapshotMeta received(String id, long index, byte[] content) {
    SnapshotChecksum checksum = new SnapshotChecksum();
    checksum.update(ByteBuffer.wrap(content));
    return meta(index).toBuilder()
        .setId(id)
        .setSize(content.length)
        .setChecksum(checksum.value())
        .build();
  }

  public static byte[] content(int length, long seed) {
    byte[] content = new byte[length];
    new Random(seed).nextBytes(content);
    return content;
  }

  public static SnapshotMeta publish(SnapshotStore store, SnapshotMeta meta, byte[] content)
      throws IOException {
    try (SnapshotSink sink = store.create(meta)) {
      sink.write(content);
      return sink.publish();
    }
  }

  public static byte[] read(SnapshotStore store, String id) throws IOException {
    try (SnapshotSource source = store.open(id)) {
      return source.stream().readAllBytes();
    }
  }
}
