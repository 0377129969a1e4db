package io.raftlessons.runtime;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Files below a root directory of this machine.
 *
 * <p>On Windows a directory cannot be opened, so {@link #syncDirectory} does nothing there: NTFS
 * journals its directory changes, but nothing is promised. The supported systems are Linux and
 * macOS.
 *
 * <p>Thread-safe; a {@link Disk.File} is used by one thread at a time. Interrupting that thread
 * closes the file.
 */
public final class RealDisk implements Disk {
  private static final boolean DIRECTORIES_CAN_BE_SYNCED =
      !System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");

  private final Path root;

  /**
   * @param root created, durably, if it is missing
   */
  public RealDisk(Path root) throws IOException {
    this.root = root.toAbsolutePath().normalize();
    makeMissing(this.root);
  }

  /** The absolute path of the root. */
  public Path root() {
    return root;
  }

  @Override
  public File open(String name) throws IOException {
    return new RealFile(
        FileChannel.open(
            file(name),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE));
  }

  @Override
  public boolean exists(String name) {
    return Files.exists(file(name));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    DiskNames.renaming(from, to);
    if (Files.isDirectory(file(from)) && !from.equals(to) && Files.exists(file(to))) {
      // An empty directory would be replaced.
      throw new IOException(to + " is there already");
    }
    Files.move(
        file(from), file(to), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void delete(String name) throws IOException {
    Path path = file(name);
    if (Files.isDirectory(path)) {
      throw new IOException(name + " is a directory");
    }
    Files.deleteIfExists(path);
  }

  @Override
  public void deleteDirectory(String name) throws IOException {
    Path path = file(name);
    if (Files.exists(path) && !Files.isDirectory(path)) {
      throw new IOException(name + " is a file");
    }
    Files.deleteIfExists(path);
  }

  @Override
  public void createDirectories(String name) throws IOException {
    if (DiskNames.directory(name).isEmpty()) {
      return;
    }
    Path path = root;
    for (String component : name.split("/", -1)) {
      Path parent = path;
      path = path.resolve(component);
      Files.createDirectories(path);
      // Also if it was there: a process that made it may have died before it synced the parent.
      sync(parent);
    }
  }

  @Override
  public void syncDirectory(String name) throws IOException {
    sync(directory(name));
  }

  @Override
  public List<String> list(String directory) throws IOException {
    return list(directory, Files::isRegularFile);
  }

  @Override
  public List<String> listDirectories(String directory) throws IOException {
    return list(directory, Files::isDirectory);
  }

  private List<String> list(String directory, Predicate<Path> wanted) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory(directory))) {
      for (Path entry : entries) {
        if (wanted.test(entry)) {
          names.add(entry.getFileName().toString());
        }
      }
    }
    Collections.sort(names);
    return names;
  }

  /**
   * As {@link Disk#lock}. The lock is the operating system's, so it ends with the process however
   * that ends. The locked file must not be opened otherwise: on POSIX systems closing any channel
   * of it gives the lock up.
   */
  @Override
  public Closeable lock(String name) throws IOException {
    Path path = file(name);
    FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock;
    try {
      lock = tryLock(channel);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    if (lock == null) {
      channel.close();
      throw new IOException("directory " + path.getParent() + " is in use by another process");
    }
    return channel;
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Held by another part of this very process, which is as bad.
      return null;
    }
  }

  private Path file(String name) {
    return root.resolve(DiskNames.file(name));
  }

  private Path directory(String name) {
    return root.resolve(DiskNames.directory(name));
  }

  private static void makeMissing(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    Path parent = directory.getParent();
    if (parent != null) {
      makeMissing(parent);
    }
    Files.createDirectories(directory);
    if (parent != null) {
      sync(parent);
    }
  }

  private static void sync(Path directory) throws IOException {
    if (DIRECTORIES_CAN_BE_SYNCED) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  private static final class RealFile implements File {
    private final FileChannel channel;

    RealFile(FileChannel channel) {
      this.channel = channel;
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public int read(long position, ByteBuffer target) throws IOException {
      int total = 0;
      while (target.hasRemaining()) {
        int count = channel.read(target, position + total);
        if (count < 0) {
          break;
        }
        total += count;
      }
      return total;
    }

    @Override
    public void writeAt(long position, ByteBuffer source) throws IOException {
      long at = position;
      while (source.hasRemaining()) {
        at += channel.write(source, at);
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      if (size > channel.size()) {
        writeAt(size - 1, ByteBuffer.allocate(1));
      } else {
        channel.truncate(size);
      }
    }

    @Override
    public void sync() throws IOException {
      channel.force(false); // flushes a new size too, but not the times
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
