package io.raftlessons.runtime;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftlessons.wire.DirectoryIdentity;
import java.io.Closeable;
import java.io.IOException;

/**
 * A server's directory, held by this process and known to be this server's. Opened before any store
 * in it, closed after all of them.
 *
 * <p>The file {@code lock} is locked while it is open; the file {@code identity} says which server
 * of which cluster the directory belongs to and which format it has.
 */
public final class DataDirectory implements Closeable {
  /** The format of the directory as a whole: which files there are and how they fit. */
  public static final int FORMAT = 1;

  private static final int MAGIC = 0x52414644;
  private static final int VERSION = 1;
  private static final String LOCK = "lock";
  private static final String IDENTITY = "identity";
  private static final String HARD_STATE = "hard-state";

  private final Disk disk;
  private final String name;
  private final DirectoryIdentity identity;
  private final Closeable lock;

  private DataDirectory(Disk disk, String name, DirectoryIdentity identity, Closeable lock) {
    this.disk = disk;
    this.name = name;
    this.identity = identity;
    this.lock = lock;
  }

  /**
   * Takes the directory for this server; an empty one becomes this server's.
   *
   * @param directory made if it is missing; "" is the disk's root
   * @param cluster the fingerprint of the cluster
   * @param server the server's id
   * @throws IOException if another process uses it, if it belongs to another cluster or server, if
   *     it has a format that this program does not know, or if it is damaged; the message says
   *     which and what to do
   */
  public static DataDirectory open(Disk disk, String directory, long cluster, String server)
      throws IOException {
    disk.createDirectories(directory);
    Closeable lock = disk.lock(DiskNames.in(directory, LOCK));
    try {
      DirectoryIdentity identity =
          DirectoryIdentity.newBuilder()
              .setFormat(FORMAT)
              .setCluster(cluster)
              .setServer(server)
              .build();
      readOrWrite(disk, directory, identity);
      return new DataDirectory(disk, directory, identity, lock);
    } catch (IOException | RuntimeException e) {
      closeAfter(e, lock);
      throw e;
    }
  }

  private static void closeAfter(Exception failure, Closeable lock) {
    try {
      lock.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private static void readOrWrite(Disk disk, String directory, DirectoryIdentity wanted)
      throws IOException {
    CheckedFile file = new CheckedFile(disk, directory, IDENTITY, MAGIC, VERSION);
    file.recover();
    byte[] payload = file.read();
    if (payload != null) {
      refuseOther(file.name(), parse(file.name(), payload), wanted);
    } else if (disk.exists(DiskNames.in(directory, HARD_STATE))) {
      throw new IOException(
          "directory '"
              + directory
              + "' has a hard state but no identity, so it may be another server's. Restore the file "
              + file.name()
              + ", or start with an empty directory and add the server again");
    } else {
      file.write(wanted.toByteArray());
    }
  }

  private static DirectoryIdentity parse(String name, byte[] payload) throws IOException {
    try {
      return DirectoryIdentity.parseFrom(payload);
    } catch (InvalidProtocolBufferException e) {
      IOException damaged = CheckedFile.damaged(name, 0, "its content is not an identity");
      damaged.initCause(e);
      throw damaged;
    }
  }

  private static void refuseOther(String name, DirectoryIdentity found, DirectoryIdentity wanted)
      throws IOException {
    if (found.getFormat() != wanted.getFormat()) {
      throw new UnknownFormatException(name, found.getFormat(), wanted.getFormat());
    }
    if (found.getCluster() != wanted.getCluster()) {
      throw new IOException(
          String.format(
              "%s: the directory belongs to another cluster (fingerprint %016x, this is %016x)."
                  + " Use this cluster's directory, or an empty one",
              name, found.getCluster(), wanted.getCluster()));
    }
    if (!found.getServer().equals(wanted.getServer())) {
      throw new IOException(
          String.format(
              "%s: the directory belongs to another server (%s, this is %s)."
                  + " Use this server's directory, or an empty one",
              name, found.getServer(), wanted.getServer()));
    }
  }

  /** Where the directory is. */
  public Disk disk() {
    return disk;
  }

  /** The directory's name on its disk. */
  public String name() {
    return name;
  }

  public DirectoryIdentity identity() {
    return identity;
  }

  /** Gives the lock up. */
  @Override
  public void close() throws IOException {
    lock.close();
  }
}
