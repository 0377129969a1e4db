package io.raftlessons.cluster.backup;

import io.raftlessons.cluster.node.ClusterIdentity;
import io.raftlessons.snapshots.SnapshotChecksum;
import io.raftlessons.snapshots.SnapshotSource;
import io.raftlessons.wire.SnapshotMeta;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** A backup that {@link BackupWriter} wrote, all of which was verified. Not thread-safe. */
public final class BackupFile implements SnapshotSource {
  /** Of the small files in it; a longer one is damage, and no reason to allocate. */
  private static final int MAX_TEXT_BYTES = 1 << 20;

  private static final int BUFFER_BYTES = 64 << 10;

  private final Path file;
  private final ZipFile zip;
  private final ClusterIdentity cluster;
  private final SnapshotMeta meta;

  /**
   * Opens a backup, and reads all of it once.
   *
   * @throws IOException if it cannot be read, is no backup, or is damaged; the message says which
   */
  public static BackupFile open(Path file) throws IOException {
    ZipFile zip;
    try {
      zip = new ZipFile(file.toFile());
    } catch (NoSuchFileException e) {
      throw new IOException("there is no file " + file, e);
    } catch (ZipException | EOFException e) {
      throw new IOException(file + " is no backup, or damaged: " + e.getMessage(), e);
    }
    try {
      BackupFile backup = new BackupFile(file, zip);
      backup.verify();
      return backup;
    } catch (ZipException | EOFException e) {
      zip.close();
      throw new IOException(file + " is damaged: " + e.getMessage(), e);
    } catch (IOException | RuntimeException e) {
      zip.close();
      throw e;
    }
  }

  private BackupFile(Path file, ZipFile zip) throws IOException {
    this.file = file;
    this.zip = zip;
    cluster = ClusterIdentity.parse(file + ": " + ClusterIdentity.FILE, text(ClusterIdentity.FILE));
    meta = BackupWriter.parse(file + ": " + BackupWriter.META, text(BackupWriter.META));
  }

  private byte[] text(String name) throws IOException {
    ZipEntry entry = entry(name);
    try (InputStream in = zip.getInputStream(entry)) {
      byte[] bytes = in.readNBytes(MAX_TEXT_BYTES + 1);
      CRC32 crc = new CRC32(); // a ZipFile does not look at it
      crc.update(bytes);
      if (bytes.length > MAX_TEXT_BYTES || crc.getValue() != entry.getCrc()) {
        throw new ZipException("its " + name + " is not what was written");
      }
      return bytes;
    }
  }

  private ZipEntry entry(String name) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw new IOException(file + " is no backup: there is no " + name + " in it");
    }
    return entry;
  }

  private void verify() throws IOException {
    SnapshotChecksum checksum = new SnapshotChecksum();
    long size = 0;
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = stream()) {
      for (int n = in.read(buffer); n >= 0 && size <= meta.getSize(); n = in.read(buffer)) {
        checksum.update(ByteBuffer.wrap(buffer, 0, n));
        size += n;
      }
    }
    if (size != meta.getSize() || checksum.value() != meta.getChecksum()) {
      throw new IOException(file + " is damaged: its content is not that of the snapshot");
    }
  }

  /** The cluster that it is a backup of. */
  public ClusterIdentity cluster() {
    return cluster;
  }

  /** The last index of the log that is in it. */
  public long index() {
    return meta.getIndex();
  }

  @Override
  public SnapshotMeta meta() {
    return meta;
  }

  @Override
  public InputStream stream() throws IOException {
    return zip.getInputStream(entry(BackupWriter.STATE));
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
