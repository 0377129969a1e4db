package io.raftlessons.cluster.launcher;

import io.raftlessons.cluster.config.ClusterConfig;
import io.raftlessons.cluster.config.Settings;
import io.raftlessons.cluster.node.ClusterIdentity;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The data directory of a cluster as the launcher sees it: {@code cluster.json}, a lock, the
 * control file, logs, and a directory for each node.
 */
final class ClusterDirectory {
  private static final String LOCK = "launcher.lock";
  private static final String LOGS = "logs";
  private static final String UNFINISHED = "restore.tmp";
  private static final String S3 = "s3";
  private static final String MINE = "mine";

  private final Path root;

  ClusterDirectory(Path root) {
    this.root = root;
  }

  Path root() {
    return root;
  }

  Path controlFile() {
    return root.resolve("control");
  }

  /** Where the logs lie. */
  Path logs() {
    return root.resolve(LOGS);
  }

  /** What the nodes print, each in its own file. */
  Path log(int node) {
    return logs().resolve(ClusterConfig.nodeName(node) + ".log");
  }

  /** A student's parts, compiled. */
  Path studentClasses() {
    return root.resolve(MINE);
  }

  /** What a launcher in the background prints. */
  Path launcherOutput() {
    return logs().resolve("launcher.out");
  }

  /** Makes the directory if it is not there, and tries to write in it. */
  void create() {
    if (Files.exists(root) && !Files.isDirectory(root)) {
      throw new CommandException(root + " is not a directory; give another one with --data");
    }
    try {
      Files.createDirectories(root.resolve(LOGS));
      Path probe = Files.createTempFile(root, "probe", null);
      Files.delete(probe);
    } catch (IOException e) {
      throw new CommandException("cannot write in the data directory " + root + ": " + e, e);
    }
  }

  /** Whether there is a cluster here, running or not. */
  boolean hasCluster() {
    return Files.exists(root.resolve(ClusterIdentity.FILE));
  }

  /** Whether a launcher ever ran an S3 store here. */
  boolean hasS3Store() {
    return Files.isDirectory(root.resolve(S3));
  }

  /** Under the lock: the identity of the cluster, made at the first call. */
  ClusterIdentity identity(String name) {
    try {
      if (!hasCluster()) {
        refuseForeignFiles();
        write(root.resolve(ClusterIdentity.FILE), ClusterIdentity.create(name).json());
      }
      ClusterIdentity identity = ClusterIdentity.read(root);
      if (!identity.name().equals(name)) {
        throw new CommandException(
            "%s belongs to cluster '%s', not '%s': set %s, or give another directory with --data"
                .formatted(root, identity.name(), name, Settings.CLUSTER_NAME.flag()));
      }
      return identity;
    } catch (IOException e) {
      throw new CommandException("cannot read or write the cluster's identity: " + e, e);
    }
  }

  /** Makes the data of nodes. */
  interface NodeMaker {
    /**
     * @param unfinished the directory in which theirs are to be
     * @return the index that they begin with
     */
    long makeIn(Path unfinished) throws IOException;
  }

  /**
   * Under the lock, where there is no cluster: it is there when all of its nodes are.
   *
   * @return the index that it begins with
   * @throws IOException if it cannot be done; there is no cluster then
   */
  long restore(ClusterIdentity identity, NodeMaker maker) throws IOException {
    refuseForeignFiles();
    Path unfinished = root.resolve(UNFINISHED);
    deleteTree(unfinished);
    Files.createDirectories(unfinished);
    long index = maker.makeIn(unfinished);
    try (Stream<Path> made = Files.list(unfinished)) {
      for (Path node : made.sorted().toList()) {
        Files.move(node, root.resolve(node.getFileName()), StandardCopyOption.ATOMIC_MOVE);
      }
    }
    Files.delete(unfinished);
    write(root.resolve(ClusterIdentity.FILE), identity.json());
    return index;
  }

  /** Under the lock: the first nodes have their first configuration. */
  void bootstrapped(ClusterIdentity identity) {
    try {
      write(root.resolve(ClusterIdentity.FILE), identity.afterBootstrap().json());
    } catch (IOException e) {
      throw new CommandException("cannot write the cluster's identity: " + e, e);
    }
  }

  /**
   * Under the lock.
   *
   * @throws io.raftlessons.cluster.config.ConfigException if the identity is damaged or of another
   *     format
   */
  void requireOwn() throws IOException {
    ClusterIdentity.read(root);
  }

  /** A directory that holds something else is not turned into a cluster's by a slip of the pen. */
  private void refuseForeignFiles() throws IOException {
    List<String> foreign = foreignFiles();
    if (!foreign.isEmpty()) {
      throw new CommandException(
          "%s is not a cluster's directory: it has no %s, but it has '%s'; give another one with --data"
              .formatted(root, ClusterIdentity.FILE, foreign.get(0)));
    }
  }

  private List<String> foreignFiles() throws IOException {
    List<String> ours = new ArrayList<>(ownNames());
    ours.add(ClusterIdentity.FILE);
    try (Stream<Path> files = Files.list(root)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !ours.contains(name))
          .sorted()
          .toList();
    }
  }

  private List<String> ownNames() {
    List<String> names =
        new ArrayList<>(
            List.of(LOCK, LOGS, UNFINISHED, S3, MINE, controlFile().getFileName() + ""));
    for (int node = 1; node <= Settings.MAX_NODES; node++) {
      names.add(ClusterConfig.nodeName(node));
    }
    return names;
  }

  /** The numbers of the nodes that have a directory here. */
  List<Integer> nodes() {
    return IntStream.rangeClosed(1, Settings.MAX_NODES)
        .filter(node -> Files.exists(node(node)))
        .boxed()
        .toList();
  }

  private Path node(int node) {
    return root.resolve(ClusterConfig.nodeName(node));
  }

  /** Under the lock, while the node does not run. */
  void deleteNode(int node) {
    try {
      deleteTree(node(node));
    } catch (IOException e) {
      throw new CommandException("cannot delete " + node(node) + ": " + e, e);
    }
  }

  /**
   * Taken by whoever starts nodes here or deletes the data. It ends with the process at the latest.
   */
  Closeable lock() {
    try {
      FileChannel channel =
          FileChannel.open(root.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock == null) {
        channel.close();
        throw new CommandException("a cluster is already running in " + root);
      }
      return channel;
    } catch (IOException e) {
      throw new CommandException("cannot lock the data directory " + root + ": " + e, e);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // held by this very process
    }
  }

  /**
   * Under the lock: deletes what the cluster wrote, and the directory if that leaves it empty.
   *
   * @return the names of files that are not the cluster's and were left
   */
  List<String> wipe() throws IOException {
    for (String name : ownNames()) {
      deleteTree(root.resolve(name));
    }
    // last, so that a wipe that was cut short can be repeated
    Files.deleteIfExists(root.resolve(ClusterIdentity.FILE));
    List<String> left = foreignFiles();
    if (left.isEmpty()) {
      Files.delete(root);
    }
    return left;
  }

  static void deleteTree(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static void write(Path file, String content) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel directory = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
      directory.force(true);
    }
  }
}
