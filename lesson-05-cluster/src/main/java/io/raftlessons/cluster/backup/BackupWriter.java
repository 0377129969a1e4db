package io.raftlessons.cluster.backup;

import io.raftlessons.cluster.node.ClusterIdentity;
import io.raftlessons.runtime.UnknownFormatException;
import io.raftlessons.snapshots.MetaJson;
import io.raftlessons.snapshots.SnapshotChecksum;
import io.raftlessons.wire.SnapshotMeta;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a backup: a ZIP file with {@code cluster.json}, {@code meta.json} and {@code state.bin}.
 * It has its name only when it is whole and on the disk. Not thread-safe.
 */
public final class BackupWriter implements Closeable {
  static final String STATE = "state.bin";
  static final String META = "meta.json";

  private final Path file;
  private final Path temporary;
  private final SnapshotMeta meta;
  private final SnapshotChecksum checksum = new SnapshotChecksum();
  private final FileChannel channel;
  private final ZipOutputStream zip;
  private long written;

  /**
   * @param cluster whose backup it is
   * @param metaJson the snapshot's meta, as in {@link MetaJson}
   * @throws FileAlreadyExistsException if there is a file of that name
   * @throws IOException if the meta is damaged, or the file cannot be written
   */
  public BackupWriter(Path file, ClusterIdentity cluster, byte[] metaJson) throws IOException {
    this.file = file.toAbsolutePath();
    temporary = this.file.resolveSibling(this.file.getFileName() + ".tmp");
    meta = parse("the snapshot's " + META, metaJson);
    if (Files.exists(this.file)) {
      throw new FileAlreadyExistsException(this.file.toString());
    }
    channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    zip = new ZipOutputStream(Channels.newOutputStream(channel));
    zip.setLevel(Deflater.BEST_SPEED);
    put(ClusterIdentity.FILE, cluster.json().getBytes(StandardCharsets.UTF_8));
    put(META, metaJson);
    zip.putNextEntry(new ZipEntry(STATE));
  }

  static SnapshotMeta parse(String name, byte[] metaJson) throws IOException {
    try {
      return MetaJson.decode(name, metaJson);
    } catch (UnknownFormatException e) {
      throw e;
    } catch (MetaJson.BrokenException e) {
      throw new IOException(name + " is damaged: " + e.getMessage(), e);
    }
  }

  private void put(String name, byte[] content) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(content);
    zip.closeEntry();
  }

  /** The snapshot that is being written. */
  public SnapshotMeta meta() {
    return meta;
  }

  /** The next bytes of the snapshot's content. */
  public void write(ByteBuffer bytes) throws IOException {
    written += bytes.remaining();
    checksum.update(bytes.duplicate());
    OutputStream out = zip;
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    out.write(copy);
  }

  /**
   * Ends it and makes it durable.
   *
   * @throws IOException if what was written is not the snapshot: too short, too long, or damaged
   */
  public void finish() throws IOException {
    long sum = checksum.value();
    if (written != meta.getSize() || sum != meta.getChecksum()) {
      throw new IOException(
          "%d bytes with checksum %016x came; snapshot %s has %d with %016x"
              .formatted(written, sum, meta.getId(), meta.getSize(), meta.getChecksum()));
    }
    zip.closeEntry();
    zip.finish();
    channel.force(true);
    channel.close();
    Files.createLink(file, temporary); // unlike a rename it never takes the place of another file
    Files.delete(temporary);
    try (FileChannel directory = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  /** Without {@link #finish} nothing is left. */
  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(temporary);
  }
}
